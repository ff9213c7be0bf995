# Everything happens in the virtual environment .venv, which is made when it is needed.
# It is made again when pyproject.toml changes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# The first of these that is recent enough is used; choose with `make PYTHON=...`.
PYTHON := python3 python3.13 python3.12 python3.11
# Processes for the tests, each of which has an InvenioRDM of its own.
WORKERS ?= 2

BIN := .venv/bin
# Each test is started as soon as a process is free.
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal
# The versions of Python for `make test-wheel`; paths of interpreters can be given as well.
MATRIX ?= 3.11 3.12 3.13
# What runs in the environment of the server is left out, as its packages are not installed here.
TYPED := --exclude "^tests/rdm_server/app/" stepup_zenodo tests

ifneq ($(shell command -v uv 2>/dev/null),)
  VENV := uv venv --quiet --allow-existing --python "$$python"
  INSTALL := uv pip install --quiet --python $(BIN)/python
else
  VENV := "$$python" -m venv
  INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
endif

# The stamps tell which extras are installed.
DEMO := .venv/demo
DEV := .venv/dev

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(DEMO) ## Build the example paper and sync it to a local InvenioRDM
	@$(BIN)/python plan_examples/demo.py build

.PHONY: demo-stop
demo-stop: $(DEMO) ## Stop the local InvenioRDM of the demo
	@$(BIN)/python plan_examples/demo.py stop

.PHONY: demo-clean
demo-clean: $(DEMO) ## Remove the working folder of the demo
	@$(BIN)/python plan_examples/demo.py clean

.PHONY: test
test: lint chromium ## Run what has to pass: style, types, layers and tests
	$(PYTEST) -m "not thorough"

.PHONY: check
check: lint ## Run what is fast and needs no server, in less than a minute
	$(PYTEST) -m "not server and not slow"

.PHONY: test-thorough
test-thorough: $(DEV) ## Run the rest of the long tables, of which `make test` takes a sample
	$(PYTEST) -m thorough

.PHONY: test-servers
test-servers: $(DEV) ## Try the life of a record on all versions of InvenioRDM
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup tests/test_life_cycle.py --servers all

.PHONY: test-live
test-live: $(DEV) ## Try it on the server of STEPUP_ZENODO_TEST_ENDPOINT, which is not our own
	@test -n "$$STEPUP_ZENODO_TEST_ENDPOINT" || { \
	  echo "Set STEPUP_ZENODO_TEST_ENDPOINT and STEPUP_ZENODO_TEST_TOKEN_FILE," \
	    "as CONTRIBUTING.md explains." >&2; exit 1; }
	$(BIN)/pytest tests/test_life_cycle.py

.PHONY: coverage
coverage: $(DEV) chromium ## Run all tests, and show the lines that none of them reaches
	$(PYTEST) --cov

.PHONY: test-wheel
test-wheel: $(DEV) ## Run the fast tests with the built wheel, and oldest and newest dependencies
	@for python in $(MATRIX); do for choice in oldest newest; do \
	  UV=$(BIN)/uv .ci/test-wheel $$python $$choice -q -m "not server and not slow and not source"; \
	done; done

.PHONY: docs
docs: $(DEV) ## Build the documentation in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

.PHONY: lint
lint: $(DEV) ## Check style, types and layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy $(TYPED)
	$(BIN)/lint-imports

.PHONY: format
format: $(DEV) ## Format the code and fix what can be fixed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: clean
clean: ## Remove everything that was made here, except for the demo
	rm -rf .venv build dist *.egg-info stepup_zenodo/_version.py
	rm -rf .grimp_cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf .coverage .coverage.*
	find . -name __pycache__ -prune -exec rm -rf {} +

# Some tests look at pages in a browser. Any of the names that tests/browser.py knows will do.
.PHONY: chromium
chromium:
	@for name in chromium chromium-browser google-chrome; do \
	  if command -v $$name >/dev/null; then exit; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium, the browser of some tests"; \
	  apt-get update --quiet --quiet; \
	  apt-get install --quiet --quiet --yes --no-install-recommends chromium >/dev/null; \
	else \
	  echo "Some tests need the browser Chromium, and it is not found:" \
	    "install it with the package manager of your system." >&2; \
	  exit 1; \
	fi

.venv/made:
	@for python in $(PYTHON); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making the environment .venv with $$($$python --version)"; \
	    $(VENV) .venv; \
	    touch $@; \
	    exit; \
	  fi; \
	done; \
	echo "Python 3.11 or newer is needed, and none of these is one: $(PYTHON)." \
	  "Choose one with: make PYTHON=/path/to/python3" >&2; \
	exit 1

# Newer than pyproject.toml means installed from it.
$(DEMO) $(DEV): .venv/%: pyproject.toml | .venv/made
	@echo "Installing the package with the extra $*, which can take a minute"
	@$(INSTALL) --editable '.[$*]'
	@touch $@
