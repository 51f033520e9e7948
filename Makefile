# Everything a newcomer needs is `make lab`; everything a contributor needs is `make test`.
# Each makes the virtual environment .venv when it is missing or out of date.

# The newest that the course runs on. A name may be there and not run, so each is tried.
RUNS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for python in python3.14 python3.13 python3.12 python3.11 python3 python; do \
  "$$python" -c "$(RUNS)" 2>/dev/null && command -v $$python && break; done)
# Ends well where PyRadiomics, with which the tests compare, does not have to be compiled.
BUILDS := import sys; sys.exit(sys.version_info[:2] < (3, 12))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help lab install test quick bench lint format release clean check-python

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

lab: install ## install if needed, then open JupyterLab on your copy of the course
	@$(BIN)/ganlab lab

install: .venv/installed ## make .venv and install the course into it

# Three workers for two cores: each of them waits for a kernel, a browser or a sandbox much of the time.
test: .venv/installed-test ## lint, then every test, the slow ones too
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m pytest -n 3 --dist loadfile

quick: .venv/installed-test ## the tests that take seconds
	@$(BIN)/python -m pytest -n 2 -m "not slow and not browser and not bench"

bench: .venv/installed-test ## speed beside other packages, as a table in tests/benchmarks/RESULTS.md
	@$(BIN)/python -m pytest -q -m bench tests/benchmarks --results tests/benchmarks/RESULTS.md

lint: .venv/installed-test ## ruff, on modules and notebooks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: .venv/installed-test ## let ruff lay out modules and notebooks
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

release: install ## write exercises/ anew from solutions/
	@$(BIN)/ganlab release

clean: ## remove the virtual environment and the caches, nothing a person wrote
	rm -rf .venv build .pytest_cache .ruff_cache *.egg-info
	find ganlab tests -name __pycache__ -type d -prune -exec rm -rf {} +

check-python:
	@"$(PYTHON)" -c "$(RUNS)" 2>/dev/null || { \
	  echo "ganlab needs Python 3.11, 3.12, 3.13 or 3.14, and found none of them."; \
	  echo "Install one from python.org, with pyenv or from your system's packages, then run the same command again,"; \
	  echo "or name it: make lab PYTHON=/path/to/python3.13"; \
	  exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; \
	  exit 1; }

.venv/installed: pyproject.toml constraints.txt
	@$(MAKE) --no-print-directory check-python
	@echo "Installing ganlab into .venv; the first time takes a few minutes."
	@[ -x $(BIN)/python ] || "$(PYTHON)" -m venv .venv
	@$(PIP) wheel setuptools
	@$(PIP) --no-build-isolation --editable .
	@touch $@

# On Python 3.11 the tests compare with PyRadiomics, which has no wheel and is built against numpy.
.venv/installed-test: .venv/installed
	@$(BIN)/python -c "$(BUILDS)" || command -v cc >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null || { \
	  echo "No C compiler found; on Python 3.11 the tests need one, for PyRadiomics (the course does not)."; \
	  echo "Debian and Ubuntu: apt install build-essential python3.11-dev.   macOS: xcode-select --install"; \
	  exit 1; }
	@$(BIN)/python -c "$(BUILDS)" || $(PIP) --no-build-isolation pyradiomics
	@$(PIP) --no-build-isolation --editable ".[test]"
	@if git rev-parse --git-dir >/dev/null 2>&1; then \
	  git config diff.jupytext.textconv "$(BIN)/jupytext --from ipynb --to py:percent --output -"; fi
	@touch $@
