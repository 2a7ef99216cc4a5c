# make help says what there is. Everything lives in .venv; models in the user's cache folder.
.DEFAULT_GOAL := help
.PHONY: help setup demo run test check bench lock clean models console
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
ARGS ?=
# pip is quiet unless it fails; a line of ours says what it fetches.
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet --require-hashes
FETCHING = @echo "Fetching $$(grep -c '^[a-z].*==' $(1)) packages ($(1)) into $(VENV): minutes, the first time."
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet --upgrade

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.run $(VENV)/.project models ## Make .venv, install from the lock, fetch the models

demo: setup ## Ring the demo line with a simulated caller
	$(BIN)/ivr demo $(ARGS)

run: setup ## Answer calls (settings: .env.example)
	@$(BIN)/python build_console.py || true
	$(BIN)/ivr serve $(ARGS)

test: $(VENV)/.dev $(VENV)/.project models ## Run the tests (ARGS="-k name")
	$(BIN)/python -m ivr.models_cli pull base e5-small gemma3-270m
	@$(BIN)/python build_console.py --node 2>/dev/null || $(PIP_INSTALL) -r requirements/node.txt
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev $(VENV)/.project ## Lint, format, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev $(VENV)/.project models ## Measure (ARGS to the bench)
	@test -e bench/__main__.py || { echo "There is no bench/__main__.py in this checkout, so nothing to measure." >&2; exit 1; }
	$(BIN)/python -m bench $(ARGS)

console: $(VENV)/.made ## Build the console's pages (needs the npm registry once)
	@$(BIN)/python build_console.py --node 2>/dev/null || $(PIP_INSTALL) -r requirements/node.txt
	$(BIN)/python build_console.py

models: $(VENV)/.project
	$(BIN)/python -m ivr.models_cli pull

lock: $(VENV)/.made requirements/lock.txt ## Write the lock files anew (the newest versions that fit)
	$(PIP_INSTALL) -r requirements/lock.txt
	$(COMPILE) requirements/lock.in -o requirements/lock.txt
	$(COMPILE) pyproject.toml --extra piper --extra otel --extra dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra piper --extra otel -o requirements/run.txt
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) requirements/node.in -o requirements/node.txt

clean: ## Remove .venv and what tools leave behind (models stay)
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: each says that a step was done with these very files, so a second run does nothing.

$(VENV)/.made: requirements/build.txt requirements/venv.sh
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || requirements/venv.sh $(VENV) $(PYTHON)
	@$(PIP_INSTALL) -r requirements/build.txt
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/run.txt
	$(call FETCHING,requirements/run.txt)
	@$(PIP_INSTALL) -r requirements/run.txt
	@touch $@

# The development lock holds everything of the other one, in the same versions.
$(VENV)/.dev: $(VENV)/.made requirements/dev.txt requirements/run.txt
	$(call FETCHING,requirements/dev.txt)
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@ $(VENV)/.run

$(VENV)/.project: $(VENV)/.made pyproject.toml LICENSE
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet \
		--no-build-isolation --no-deps --editable .
	@touch $@
