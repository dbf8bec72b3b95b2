# Every target sets up what it needs. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SETUP := $(VENV)/.ready
LAYER := build/layers/dependencies/.ready
export PYTHONDONTWRITEBYTECODE = 1
export JSII_DEPRECATED = quiet

# CONFIG=DIR: a council's own folder (`steward init` writes one), from here or from where make was called.
ifneq ($(CONFIG),)
export STEWARD_CONFIG := $(or $(realpath $(CONFIG)),$(realpath $(PWD)/$(CONFIG)),$(CONFIG))
endif

.DEFAULT_GOAL := help
.PHONY: help setup test demo prove synth check deploy deploy-local bench bench-check mutants pages lint format lock clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: $(SETUP) $(LAYER) ## Create the virtual environment and the dependency layer (every other target does this by itself)

$(INSTALLED): requirements/dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "steward needs Python 3.11 or later: $(PYTHON) was not found" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "steward needs Python 3.11 or later; $(PYTHON) is older. Try make PYTHON=python3.13" >&2; exit 2; }
	@echo "Setting up .venv (once, about a minute)..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(SETUP): $(INSTALLED) pyproject.toml
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(LAYER): layers/dependencies/requirements.txt infra/layers.py infra/bytecode.py infra/botocore_data.py | $(SETUP)
	@echo "Building the dependency layer for arm64 (once)..."
	@$(BIN)/python -m infra.layers
	@touch $@

test: setup ## Run the whole test suite
	@$(BIN)/python -m pytest -n auto -m "not prove"

demo: setup ## Replay the main job on the embedded AWS and show its timeline
	@$(BIN)/python -m simulator.demo

prove: setup ## Run the long proofs
	@$(BIN)/python -m pytest -n auto -m prove

pages: setup ## Write the public wording and the page of clauses from policy and notice, into the folder of CONFIG=DIR
	@$(BIN)/python -m documentation.notices
	@$(BIN)/python -m documentation.clauses

synth: setup ## Write the validated templates into cdk.out/, another environment's into cdk.out/NAME: make synth ENVIRONMENT=NAME
	@$(BIN)/python app.py $(if $(ENVIRONMENT),-c environment=$(ENVIRONMENT))

check: setup ## Check policy, entry and templates of an environment, deploying nothing: make check ENVIRONMENT=NAME
	@$(BIN)/python -m infra.checks $(ENVIRONMENT)
	@$(BIN)/python -m deployment compare '$(ENVIRONMENT)'

deploy-local: setup ## Deploy with the real CDK command line into an emulated account, check what is there, stop it
	@$(BIN)/python -m deployment locally

deploy: setup ## Deploy an environment to the account in use: make deploy ENVIRONMENT=name
	@$(BIN)/python -m deployment environment $(ENVIRONMENT) $(CDK_OPTIONS)

bench: setup ## Run the benchmarks: bench/results.json and a table with the bounds
	@$(BIN)/python -m bench

bench-check: setup ## Compare counts and ratios of the benchmarks with their baseline
	@$(BIN)/python -m bench --groups calls cold --check

mutants: setup $(VENV)/.mutants ## Break the domain's code in 200 places and see whether a test notices
	@$(BIN)/python -m tests.mutants

$(VENV)/.mutants: requirements/mutants.txt | $(INSTALLED)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/mutants.txt
	@touch $@

lint: setup ## Check formatting, lint rules, types, who imports whom, and dead code
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/vulture

format: setup ## Format the code and apply safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Renew the hash-locked requirement files (needs uv)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/dev.in -o requirements/dev.txt
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -c requirements/dev.txt requirements/mutants.in -o requirements/mutants.txt
	@uv pip compile -q --python-platform aarch64-manylinux_2_28 --python-version 3.13 --generate-hashes --no-header -c requirements/dev.txt layers/dependencies/requirements.in -o layers/dependencies/requirements.txt

clean: ## Remove everything that the targets made
	@rm -rf $(VENV) build cdk.out
