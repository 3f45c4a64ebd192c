.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.dev-ready

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Vitrine needs Python 3.11 or newer: set PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(READY): requirements.txt pyproject.toml shop/translations/fr/LC_MESSAGES/messages.po | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/pybabel -q compile -d shop/translations
	@touch $@

$(DEV_READY): requirements-dev.txt $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

install: $(READY) ## Make the environment in .venv, with the command .venv/bin/shop

run: $(READY) ## Run everything: migration, demo brand, server, worker, stand-in
	@TEST_MODE_ROOMS=$${TEST_MODE_ROOMS-1} LOG_LEVEL=$${LOG_LEVEL-WARNING} LOG_FORMAT=$${LOG_FORMAT-console} exec $(BIN)/shop run --demo --host 127.0.0.1 --port $(PORT)

test: $(DEV_READY) ## Run all tests, on SQLite and PostgreSQL, browser included
	$(BIN)/python -m tools.browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup

proof: $(DEV_READY) ## Run the drills in full
	$(BIN)/python -m tools.browser
	VITRINE_PROOF=1 $(BIN)/python -m pytest -m drill -p no:randomly -s

check: $(DEV_READY) ## Format, lint, types, import contracts, templates, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates shop/sandbox/templates --check --lint --quiet
	$(BIN)/python tools/translations.py check

bench: $(DEV_READY) ## Print speeds as ratios to bare Flask
	$(BIN)/python -m tools.bench

lock: ## Resolve the dependencies again and pin them with hashes
	uv pip compile pyproject.toml --extra postgres --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements.txt
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements-dev.txt

.PHONY: help install run test proof check bench lock
