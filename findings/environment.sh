# Sourced by every finding: a temporary folder that is removed at exit, and what is needed in it.
#
#   python_with LOWEST HIGHEST PACKAGE==VERSION...   makes a virtual environment; sets RUN
#   node_with PACKAGE@VERSION...                     makes a folder with node_modules
#
# PYTHON chooses the interpreter (default: python3). One that does not fit ends the script with
# one line and status 2, so that 1 keeps one meaning: the behaviour has changed.

set -euo pipefail
FINDINGS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 2
}

python_with() {
    local lowest=$1 highest=$2 python=${PYTHON:-python3} version
    shift 2
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2> /dev/null) ||
        fail "$python does not run; set PYTHON to a Python from $lowest to $highest"
    printf '%s\n' "$lowest" "$version" "$highest" | sort -V -C ||
        fail "needs a Python from $lowest to $highest, $python is $version; set PYTHON"
    "$python" -m venv venv
    RUN=$FOLDER/venv/bin/python
    "$RUN" -m pip install --quiet --disable-pip-version-check --no-compile --prefer-binary "$@" ||
        fail "could not install $*"
}

node_with() {
    command -v npm > /dev/null || fail "needs Node.js with npm"
    echo '{"type": "module", "private": true}' > package.json
    npm install --silent --no-audit --no-fund "$@" || fail "could not install $*"
}

# NiftyNet makes folders in the user's home when it is imported: keep them in ours.
niftynet_home() {
    printf '[global]\nhome = %s\n' "$FOLDER/niftynet" > config.ini
    export niftynet_config_home=$FOLDER TF_CPP_MIN_LOG_LEVEL=3
}
