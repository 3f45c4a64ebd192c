.DEFAULT_GOAL := help
# Tried in this order; 3.11 is what the locked dependencies are tested on. PYTHON=… names another.
PYTHON ?= python3.11 python3.12 python3.13 python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.dev-ready
PO := shop/translations/fr/LC_MESSAGES/messages.po
MO := $(PO:.po=.mo)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Debian's python3 has venv but, without the package python3-venv, no ensurepip. pip comes last, so an
# environment without it was broken off and is made anew.
$(BIN)/pip:
	@for candidate in $(PYTHON); do \
	  if $$candidate -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    exec $$candidate -m venv --clear $(VENV); \
	  fi; \
	done; \
	echo "Vitrine needs Python 3.11 or newer with venv (on Debian: apt-get install python3 python3-venv); PYTHON=… names one." >&2; \
	exit 1

$(READY): requirements.txt pyproject.toml | $(BIN)/pip
	@echo "Installing the locked dependencies in $(VENV) …"
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): requirements-dev.txt $(READY)
	@echo "Installing what the tests need …"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(MO): $(PO) | $(READY)
	@$(BIN)/python -m babel.messages.frontend -q compile -d shop/translations

install: $(READY) $(MO) ## Make the environment in .venv, with the command .venv/bin/shop

run: $(READY) $(MO) ## Run everything: migration, demo brand, server, worker, stand-in
	@TEST_MODE_ROOMS=$${TEST_MODE_ROOMS-1} LOG_LEVEL=$${LOG_LEVEL-WARNING} LOG_FORMAT=$${LOG_FORMAT-console} exec $(BIN)/python -m shop.cli run --demo --host 127.0.0.1 --port $(PORT)

test: $(DEV_READY) $(MO) ## Run all tests, on SQLite and PostgreSQL, browser included
	$(BIN)/python -m tools.browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup

proof: $(DEV_READY) $(MO) ## Run the drills in full
	$(BIN)/python -m tools.browser
	VITRINE_PROOF=1 $(BIN)/python -m pytest -m drill -p no:randomly --timeout 7200 -s

check: $(DEV_READY) $(MO) ## Format, lint, types, import contracts, templates, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates shop/sandbox/templates --lint --quiet
	$(BIN)/python tools/translations.py check

bench: $(DEV_READY) $(MO) ## Print speeds as ratios to bare Flask
	$(BIN)/python -m tools.bench

lock: ## Resolve the dependencies again and pin them with hashes
	uv pip compile pyproject.toml --extra postgres --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements.txt
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -o requirements-dev.txt

.PHONY: help install run test proof check bench lock
