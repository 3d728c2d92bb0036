# Each recipe is one line that also works without make. Python: PYTHON=python3.12 make demo

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --quiet
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate

.PHONY: demo demo-reset test test-debian chaos check fix types bench lock i18n clean

demo: .venv/app            ## two companies to try: http://yunqi.localhost:8000 and http://cuihu.localhost:8000
	$(BIN)/guanjia demo

demo-reset: .venv/app      ## forget the demo's data and begin anew
	$(BIN)/guanjia demo --reset

test: .venv/dev            ## all tests
	$(BIN)/pytest -n $(WORKERS) $(ARGS)

test-debian: .venv/dev     ## the same on the machine's own PostgreSQL and Redis, as far as it has them
	GUANJIA_TEST_SYSTEM=1 $(BIN)/pytest -n $(WORKERS) $(ARGS)

chaos: .venv/dev           ## the kill test alone, with its figures: GUANJIA_CHAOS_SEED=7 GUANJIA_CHAOS_SECONDS=300 make chaos
	$(BIN)/pytest -s tests/chaos $(ARGS)

check: .venv/dev           ## format, lint, types, imports, dependencies, templates
	$(BIN)/ruff format --check && $(BIN)/ruff check && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/deptry . && $(BIN)/djlint --lint --quiet admin_ui plugins

fix: .venv/dev             ## format, and mend what can be mended
	$(BIN)/ruff format && $(BIN)/ruff check --fix

types: .venv/dev
	$(BIN)/mypy

bench: .venv/dev
	$(BIN)/python -m bench $(ARGS)

lock: .venv/dev            ## after a change of dependencies
	$(LOCK) pyproject.toml requirements/build.in --extra embedded --extra pdf -o requirements/app.txt && $(LOCK) pyproject.toml requirements/build.in --all-extras -c requirements/app.txt -o requirements/dev.txt

i18n: .venv/dev            ## collect the sentences to translate into every catalogue
	$(BIN)/python -m tools.i18n

clean:
	rm -rf .venv artefacts .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/pip:
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/app: requirements/app.txt pyproject.toml | .venv/bin/pip
	@echo "installing into .venv, a minute or two the first time"
	$(INSTALL) --require-hashes -r $< && $(INSTALL) --no-deps --no-build-isolation -e . && touch $@

.venv/dev: requirements/dev.txt pyproject.toml | .venv/bin/pip
	@echo "installing into .venv, a minute or two the first time"
	$(INSTALL) --require-hashes -r $< && $(INSTALL) --no-deps --no-build-isolation -e . && touch $@ .venv/app
