# Everything a newcomer needs is `make lab`; everything a contributor needs is `make test`.
# Each makes the virtual environment .venv when it is missing or out of date.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help lab install test quick lint format release clean check-python

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

lab: install ## install if needed, then open JupyterLab on the first lesson
	@$(BIN)/ganlab lab

install: .venv/installed ## make .venv and install the course into it

test: .venv/installed-test ## lint, then every test, the slow ones too
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m pytest -n 2 --dist loadfile

quick: .venv/installed-test ## the tests that take seconds
	@$(BIN)/python -m pytest -n 2 -m "not slow and not browser"

lint: .venv/installed-test ## ruff, on modules and notebooks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: .venv/installed-test ## let ruff lay out modules and notebooks
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

release: install ## write exercises/ anew from solutions/
	@$(BIN)/ganlab release

clean: ## remove the virtual environment and the caches, nothing a person wrote
	rm -rf .venv .pytest_cache .ruff_cache *.egg-info
	find ganlab tests -name __pycache__ -type d -prune -exec rm -rf {} +

check-python:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "ganlab needs Python 3.11 and found no Python at all."; \
	  echo "Install it from python.org, with pyenv or from your system's packages, then run the same command again."; \
	  exit 1; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
	  echo "ganlab is tested on Python 3.11; $(PYTHON) is $$("$(PYTHON)" --version 2>&1)."; \
	  echo "pyradiomics, which measures the images, does not build on newer versions."; \
	  echo "Install Python 3.11 beside it, then run: make lab PYTHON=/path/to/python3.11"; \
	  exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3.11-venv python3.11-dev"; \
	  exit 1; }
	@command -v cc >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null || { \
	  echo "No C compiler found; pyradiomics is compiled on installation."; \
	  echo "Debian and Ubuntu: apt install build-essential python3.11-dev.   macOS: xcode-select --install"; \
	  exit 1; }

# pyradiomics builds against numpy and has no wheel: its build tools come first, then it, then everything else.
.venv/installed: pyproject.toml constraints.txt
	@$(MAKE) --no-print-directory check-python
	@echo "Installing ganlab into .venv; the first time takes a few minutes."
	@[ -x $(BIN)/python ] || "$(PYTHON)" -m venv .venv
	@$(PIP) numpy wheel setuptools
	@$(PIP) --no-build-isolation pyradiomics
	@$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/installed-test: .venv/installed
	@$(PIP) --no-build-isolation --editable ".[test]"
	@if git rev-parse --git-dir >/dev/null 2>&1; then \
	  git config diff.jupytext.textconv "$(BIN)/jupytext --from ipynb --to py:percent --output -"; fi
	@touch $@
