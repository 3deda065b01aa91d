# make demo          real activation maps of a real volume, with pictures
# make test          formatter, linter, type checker, quick suite, whole suite
# make test-quick    the quick suite alone: no TensorFlow
# make lint          formatter, linter, import contracts and type checker alone
# make docs          the pages of docs/ and of the docstrings as a site with search, in docs-output/
# make bench         what maps cost in time and memory, beside plain NiftyNet; takes hours
# make test-stacks   the same networks under TensorFlow 1.15 and under TensorFlow 2, compared
#
# Everything runs in a virtual environment that is made here, one for each version of Python:
# the newest suitable one that is found, or PYTHON=/path/to/python. Where no Python from 3.10 to 3.13 is
# found but uv is, uv brings one. NiftyNet's home is a folder below test-output, so that nobody's own
# is touched.

ifndef PYTHON
UV := $(shell command -v uv 2>/dev/null)
ifneq ($(UV),)
PYTHON := $(shell scripts/find_python.sh 3.13 3.12 3.11 3.10 2>/dev/null)
else
PYTHON := $(shell scripts/find_python.sh)
endif
endif
PYTHON_3_7 ?= $(shell scripts/find_python.sh 3.7 2>/dev/null)
version_of = $(shell "$(1)" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

ifneq ($(PYTHON),)
VERSION := $(call version_of,$(PYTHON))
else ifneq ($(UV),)
VERSION := 3.13
endif
VENV := .venv-$(VERSION)
BIN := $(VENV)/bin
RUN := $(BIN)/python
# Where the package index has no wheel of a needed version, building one would take an hour.
PIP_OPTIONS ?= --quiet --disable-pip-version-check --prefer-binary

NIFTYNET_HOME := test-output/niftynet-home
export niftynet_config_home := $(CURDIR)/$(NIFTYNET_HOME)
export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: demo docs bench test test-quick test-whole lint test-stacks environment clean python
.DELETE_ON_ERROR:

demo: environment
	$(RUN) scripts/demo.py $(DEMO_OPTIONS)

docs: environment
	$(RUN) -m sphinx --fail-on-warning --keep-going --quiet -b html docs docs-output
	@echo 'docs-output/index.html'

bench: environment
	$(RUN) -m benchmarks $(BENCH_OPTIONS)

# Test files run side by side, as many as there are processors, but no more than four: a process of the
# whole suite may hold two gigabytes.
SIDE_BY_SIDE ?= -n logical --maxprocesses 4 --dist loadfile

test: lint test-quick test-whole

test-quick: environment
	$(RUN) -m pytest -q -m 'not slow' $(SIDE_BY_SIDE) $(PYTEST_OPTIONS)

test-whole: environment
	$(RUN) -m pytest -q -m slow $(SIDE_BY_SIDE) $(PYTEST_OPTIONS)

lint: environment
	@if [ $(VERSION) = 3.7 ]; then \
	  echo 'lint: skipped, its tools are pinned for Python 3.10 and newer and this is 3.7'; \
	else \
	  set -ex; \
	  $(RUN) -m ruff format --check .; \
	  $(RUN) -m ruff check .; \
	  $(BIN)/lint-imports; \
	  $(RUN) -m mypy; \
	fi

test-stacks: environment
	@[ "$(VERSION)" != 3.7 ] || { \
	  echo 'test-stacks: needs a Python from 3.10 to 3.13 beside 3.7, and found none' >&2; exit 1; }
	@[ -n "$(PYTHON_3_7)" ] || { \
	  echo 'test-stacks: needs Python 3.7 for TensorFlow 1.15, and found none' >&2; exit 1; }
	$(MAKE) environment PYTHON="$(PYTHON_3_7)"
	$(RUN) scripts/compare_stacks.py --reference .venv-3.7/bin/python --current $(RUN)

environment: python $(VENV)/made $(NIFTYNET_HOME)/config.ini

python:
	@[ -n "$(PYTHON)$(UV)" ] || exit 1
	@[ -n "$(VERSION)" ] || { echo 'PYTHON=$(PYTHON) does not run' >&2; exit 1; }

# uv gives up where the shim of a version manager stands first on the PATH and does not run: then it is
# told to look for none but its own.
UV_VENV = "$(UV)" venv --seed --python $(VERSION)
ifneq ($(PYTHON),)
MAKE_VENV = "$(PYTHON)" -m venv $(VENV)
else
MAKE_VENV = $(UV_VENV) $(VENV) || $(UV_VENV) --python-preference only-managed $(VENV)
endif

# NiftyNet needs no nilearn; the demo takes its template and nothing that nilearn depends on.
$(VENV)/made: setup.py pyproject.toml Makefile | python
	rm -rf $(VENV)
	$(MAKE_VENV)
	$(RUN) -m pip install $(PIP_OPTIONS) --upgrade pip
	$(RUN) -m pip install $(PIP_OPTIONS) -e '.[test,demo]'
	$(RUN) -m pip install $(PIP_OPTIONS) --no-deps 'nilearn>=0.9'
	$(RUN) -m compileall -q niftynet_activations niftynet_tf2
	touch $@

$(NIFTYNET_HOME)/config.ini: Makefile
	mkdir -p $(@D)
	printf '[global]\nhome = %s\n' '$(CURDIR)/$(@D)' > $@

clean:
	rm -rf .venv-* demo-output test-output bench-output docs-output docs/api/generated build *.egg-info
