# Every target sets up what it needs. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.ready
CHECKS := $(VENV)/.checks
DEV := $(VENV)/.installed
LAYER := build/layers/dependencies/.ready
INSTALL := command -v $(PYTHON) >/dev/null || { echo "steward needs Python 3.11 or later: $(PYTHON) was not found" >&2; exit 2; }; $(PYTHON) requirements/install.py
export PYTHONDONTWRITEBYTECODE = 1
export JSII_DEPRECATED = quiet

# CONFIG=DIR: a council's own folder (`steward init` writes one), from here or from where make was called. The shell finds
# it, because make takes a name with a space for two.
quoted = '$(subst ','\'',$(1))'
ifneq ($(CONFIG),)
export STEWARD_CONFIG := $(shell for there in $(call quoted,$(CONFIG)) $(call quoted,$(PWD)/$(CONFIG)); do \
  if [ -d "$$there" ]; then cd -- "$$there" && pwd && exit; fi; done; printf %s $(call quoted,$(CONFIG)))
endif

.DEFAULT_GOAL := help
.PHONY: help setup test demo prove second-opinion synth check bootstrap deploy deploy-local bench bench-check mutants pages pdf lint sbom format lock clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: $(SETUP) $(LAYER) ## Set up what the demo and the commands need (every target sets up what it needs by itself)

# Each group has the groups before it; the stamps say which are there.
$(SETUP): requirements/run.txt requirements/installer.txt requirements/install.py pyproject.toml
	@$(INSTALL) run

$(CHECKS): requirements/checks.txt | $(SETUP)
	@$(INSTALL) checks

$(DEV): requirements/dev.txt
	@$(INSTALL) dev

$(VENV)/.mutants: requirements/mutants.txt | $(DEV)
	@$(INSTALL) mutants

$(VENV)/.pdf: requirements/pdf.txt | $(SETUP)
	@$(INSTALL) pdf

$(LAYER): layers/dependencies/requirements.txt infra/layers.py infra/bytecode.py infra/botocore_data.py | $(SETUP)
	@$(INSTALL) layer

# Tests start Python many times over: what it compiles is kept, outside the packages that are shipped.
test prove mutants: export PYTHONDONTWRITEBYTECODE =
test prove mutants: export PYTHONPYCACHEPREFIX = $(CURDIR)/build/bytecode

test: $(DEV) $(LAYER) ## Run the whole test suite
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not prove and not second_opinion"

demo: setup ## Replay the main job on the embedded AWS and show its timeline
	@$(BIN)/python -m simulator.demo

prove: $(DEV) $(LAYER) ## Run the long proofs
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m prove

second-opinion: $(DEV) $(LAYER) ## Ask judges that nobody here wrote: LocalStack, cfn-guard's rules, Lambda's runtime client, axe in Chromium
	@$(BIN)/python -m pytest -m second_opinion tests/second_opinion

pages: setup ## Write the public wording and the page of clauses from policy and notice, into the folder of CONFIG=DIR
	@$(BIN)/python -m documentation.notices
	@$(BIN)/python -m documentation.clauses

pdf: setup $(VENV)/.pdf ## Set a statement as a PDF for screen readers, beside its page: make pdf STATEMENT=FILE
	@$(BIN)/steward statement-pdf $(call quoted,$(STATEMENT))

synth: $(CHECKS) $(LAYER) ## Write the validated templates into cdk.out/, another environment's into cdk.out/NAME: make synth ENVIRONMENT=NAME
	@$(BIN)/python app.py $(if $(ENVIRONMENT),-c environment=$(ENVIRONMENT))

check: $(CHECKS) $(LAYER) ## Check policy, entry and templates of an environment, deploying nothing: make check ENVIRONMENT=NAME
	@$(BIN)/python -m infra.checks $(ENVIRONMENT)
	@$(BIN)/python -m deployment compare '$(ENVIRONMENT)'

deploy-local: $(CHECKS) $(LAYER) ## Deploy with the real CDK command line into an emulated account, check what is there, stop it
	@$(BIN)/python -m deployment locally '$(ENVIRONMENT)'

deploy: $(CHECKS) $(LAYER) ## Deploy an environment to the account in use: make deploy ENVIRONMENT=name
	@$(BIN)/python -m deployment environment $(ENVIRONMENT) $(CDK_OPTIONS)

bootstrap: $(CHECKS) $(LAYER) ## Once for each account: cdk bootstrap with the least that deploys ENVIRONMENT=name
	@$(BIN)/python -m deployment bootstrap $(ENVIRONMENT) $(if $(filter yes,$(REPLACE)),--replace)

bench: $(DEV) $(LAYER) ## Run the benchmarks: bench/results.json and a table with the bounds
	@$(BIN)/python -m bench

bench-check: $(DEV) $(LAYER) ## Compare counts and ratios of the benchmarks with their baseline
	@$(BIN)/python -m bench --groups calls cold --check

mutants: $(DEV) $(LAYER) $(VENV)/.mutants ## Break the domain's code in 200 places and see whether a test notices
	@$(BIN)/python -m tests.mutants

lint: $(DEV) $(LAYER) ## Check formatting, lint rules, types, who imports whom, and dead code
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/vulture

sbom: setup ## What ships: versions, licences and known vulnerabilities on screen, and build/sbom.cdx.json in CycloneDX
	@$(BIN)/python -m deployment.shipped.bill

format: $(DEV) $(LAYER) ## Format the code and apply safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header
JUDGES := $(BIN)/uv pip compile -q --python-version 3.13 --generate-hashes --no-header
lock: $(SETUP) ## Renew the hash-locked requirement files
	@$(COMPILE) requirements/installer.in -o requirements/installer.txt
	@$(COMPILE) requirements/dev.in -o requirements/dev.txt
	@$(COMPILE) -c requirements/dev.txt requirements/checks.in -o requirements/checks.txt
	@$(COMPILE) -c requirements/dev.txt requirements/run.in -o requirements/run.txt
	@$(COMPILE) -c requirements/dev.txt requirements/mutants.in -o requirements/mutants.txt
	@$(COMPILE) -c requirements/dev.txt requirements/pdf.in -o requirements/pdf.txt
	@$(JUDGES) requirements/pdf-judges.in -o requirements/pdf-judges.txt
	@$(JUDGES) requirements/localstack.in -o requirements/localstack.txt
	@$(JUDGES) requirements/runtime-client.in -o requirements/runtime-client.txt
	@$(BIN)/uv pip compile -q --python-platform aarch64-manylinux_2_28 --python-version 3.13 --generate-hashes --no-header -c requirements/dev.txt layers/dependencies/requirements.in -o layers/dependencies/requirements.txt

clean: ## Remove everything that the targets made
	@rm -rf $(VENV) build cdk.out
