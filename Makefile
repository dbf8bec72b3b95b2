# Every target sets up what it needs. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.ready
LAYER := build/layers/dependencies/.ready
export PYTHONDONTWRITEBYTECODE = 1

.DEFAULT_GOAL := help
.PHONY: help setup test demo prove synth lint format lock clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: $(SETUP) $(LAYER) ## Create the virtual environment and the dependency layer (every other target does this by itself)

$(SETUP): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "steward needs Python 3.11 or later: $(PYTHON) was not found" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "steward needs Python 3.11 or later; $(PYTHON) is older. Try make PYTHON=python3.13" >&2; exit 2; }
	@echo "Setting up .venv (once)..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(LAYER): layers/dependencies/requirements.txt $(SETUP)
	@echo "Building the dependency layer for arm64 (once)..."
	@$(BIN)/python -m infra.layers
	@touch $@

test: setup ## Run the whole test suite
	@$(BIN)/python -m pytest -m "not prove"

demo: setup ## Replay the main job on the embedded AWS and show its timeline
	@$(BIN)/python -m local.demo

prove: setup ## Run the long proofs
	@$(BIN)/python -m pytest -m prove

synth: setup ## Write the validated templates into cdk.out/
	@$(BIN)/python app.py

lint: setup ## Check formatting, lint rules and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: setup ## Format the code and apply safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove everything that the targets made
	@rm -rf $(VENV) build cdk.out
