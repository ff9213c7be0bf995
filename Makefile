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
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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
test: lint ## Run everything: style, types, layers and all tests
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

.PHONY: check
check: lint ## Run everything that needs no server, for the inner loop
	$(BIN)/pytest -m "not server and not slow"

.PHONY: lint
lint: $(DEV) ## Check style, types and layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy $(TYPED)
	$(BIN)/lint-imports

.PHONY: format
format: $(DEV) ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: clean
clean: ## Remove everything that was made here, except for the demo
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -rf .hypothesis .coverage
	find . -name __pycache__ -prune -exec rm -rf {} +

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
