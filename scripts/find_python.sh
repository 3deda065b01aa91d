#!/usr/bin/env bash
# Print the path of the newest Python that this project supports.
#
#   scripts/find_python.sh [VERSION...]     default: 3.13 3.12 3.11 3.10 3.7
#
# Versions are tried in the order given. A candidate counts only if it runs, is that version of
# CPython with the usual interpreter lock, and has `venv` and `ensurepip`: a shim of a version
# manager may stand on the PATH and fail when it is called. Interpreters that version managers
# keep off the PATH are found too. Where there is none, one line on standard error says what was
# looked for and what was in the way; the exit status is then 1.

set -u

versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(3.13 3.12 3.11 3.10 3.7)

probe='
import sys, sysconfig
if sys.implementation.name != "cpython" or "%d.%d" % sys.version_info[:2] != sys.argv[1]:
    sys.exit("other")
if sysconfig.get_config_var("Py_GIL_DISABLED"):
    sys.exit("has no interpreter lock")
try:
    import ensurepip, venv
except ImportError as error:
    sys.exit("lacks " + error.name)
print("suitable " + sys.executable)
'
in_the_way=''

# Folders that may hold an interpreter of version $1, one a line, likeliest first.
candidate_folders() {
    local home=${HOME:-/nonexistent} version=$1 root
    printf '%s\n' "${PATH:-}" | tr ':' '\n'
    for root in "${PYENV_ROOT:-}" "$home/.pyenv" /opt/pyenv; do
        [ -n "$root" ] && newest_first "$root"/versions/"$version".*/bin
    done
    newest_first "${ASDF_DATA_DIR:-$home/.asdf}"/installs/python/"$version".*/bin
    newest_first "${MISE_DATA_DIR:-$home/.local/share/mise}"/installs/python/"$version".*/bin
    newest_first "${UV_PYTHON_INSTALL_DIR:-$home/.local/share/uv/python}"/cpython-"$version".*/bin
    for root in "${CONDA_PREFIX:-}" "$home"/{miniconda3,anaconda3,miniforge3,mambaforge,micromamba} \
        "$home"/.conda "${MAMBA_ROOT_PREFIX:-}" /opt/{conda,miniconda3,anaconda3,miniforge3}; do
        [ -n "$root" ] && printf '%s\n' "$root/bin" "$root"/envs/*/bin
    done
    newest_first /opt/python*"$version"*/bin /opt/python/*"$version"*/bin
    printf '%s\n' /usr/local/bin /usr/bin /opt/homebrew/bin /opt/local/bin \
        "/Library/Frameworks/Python.framework/Versions/$version/bin"
}

newest_first() {
    printf '%s\n' "$@" | sort -r -V
}

# Note why an interpreter of the right version cannot be used.
remember() {
    case "$in_the_way" in
        *"$1 "*) ;;
        *) in_the_way="$in_the_way${in_the_way:+; }$1 $2" ;;
    esac
}

# Print the interpreter behind the program $1 if it is a suitable Python of version $2. A shim
# that works leads to another file: that one is printed, as the shim's answer changes by folder.
suitable() {
    local answer
    answer=$("$1" -c "$probe" "$2" 2>&1 </dev/null | tail -n 1)
    case "$answer" in
        'suitable '*) printf '%s\n' "${answer#suitable }" && return 0 ;;
        other) ;;
        'lacks '* | 'has no '*) remember "$1" "$answer" ;;
        *) [ "${1##*/}" = "python$2" ] && remember "$1" 'does not run' ;;
    esac
    return 1
}

for version in "${versions[@]}"; do
    while IFS= read -r folder; do
        for name in "python$version" python3 python; do
            if [ -x "$folder/$name" ] && [ ! -d "$folder/$name" ] &&
                suitable "$folder/$name" "$version"; then
                exit 0
            fi
        done
    done < <(candidate_folders "$version")
done

{
    printf 'No suitable Python was found: CPython %s with venv and ensurepip is needed' \
        "$(printf '%s, ' "${versions[@]}" | sed -e 's/, $//' -e 's/\(.*\), /\1 or /')"
    [ -z "$in_the_way" ] || printf ' (%s)' "$in_the_way"
    printf '; install one (Debian: python3-venv) or name it: make PYTHON=/path/to/python ...\n'
} >&2
exit 1
