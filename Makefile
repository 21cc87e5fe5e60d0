# Gendan (跟单台). `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run test check sop soak bench screenshots lock clean fmt browser

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
PORT ?= 8000
GENDAN_DEMO ?= 1
WORKERS ?= 2
ROUNDS ?= 20
ORDERS ?= 1000000
BENCHES ?= search order_page import outbox reminders review lifecycle scan refunds reconcile cases
TESTS := DJANGO_SETTINGS_MODULE=config.settings.test
# What `check --deploy` looks at: production settings, with values that are nobody's.
DEPLOY := DJANGO_SETTINGS_MODULE=config.settings.production GENDAN_DEMO= DEBUG= \
	SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \
	DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost ALLOWED_HOSTS=gendan.test

help:  ## this list
	@echo 'make TARGET [NAME=value …]'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s%s\n", $$1, $$2}'

run: export PORT := $(PORT)
run: export GENDAN_DEMO := $(GENDAN_DEMO)
run: .venv/run  ## start everything on this machine (PORT=8000, GENDAN_DEMO=1)
	@exec $(PY) -m config.start

test: .venv/dev browser  ## the whole suite (DB=sqlite|postgres, ARGS='tests/house -x', WORKERS=2)
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

check: .venv/dev  ## formats, types, imports, migrations, deployment, architecture
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo
	$(TESTS) $(PY) manage.py makemigrations --check --dry-run
	@echo '$(PY) manage.py check --deploy --fail-level WARNING'
	@$(DEPLOY) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m pytest -n 0 tests/test_architecture.py tests/test_migrations.py
	@$(MAKE) --no-print-directory sop >/dev/null

sop: .venv/dev  ## each clause of the procedure with its code, screen and test; fails where one is missing
	@$(PY) -m pytest -q -n 0 tests/test_papers.py -k "clause or procedure or planned" >&2
	@$(TESTS) $(PY) -m tests.sop_table

fmt: .venv/dev  ## format the code and mend what ruff can mend
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

soak: .venv/dev  ## the races and kills again and again (ROUNDS=20, DB=sqlite|postgres)
	$(PY) -m pytest -n $(WORKERS) -m soak --soak $(ROUNDS) $(ARGS)

bench: .venv/dev  ## the benchmarks (ORDERS=1000000, BENCHES="search scan")
	@for name in $(BENCHES); do \
		case $$name in refunds) most=200000;; reconcile) most=100000;; *) most=$(ORDERS);; esac; \
		$(PY) -m bench $$name --orders $$(( $(ORDERS) < most ? $(ORDERS) : most )) || exit 1; done

screenshots: .venv/dev browser  ## the pictures of the README, made from the demo
	$(PY) -m pytest -n 0 tests/screenshots.py

browser: .venv/dev
	@$(PY) -m tests.chromium || true

lock: .venv/dev  ## pin the newest versions that pyproject.toml allows, with their hashes
	$(PY) -m uv pip compile --upgrade --extra dev $(PINNED) -o requirements-dev.lock pyproject.toml
	$(PY) -m uv pip compile -c requirements-dev.lock $(PINNED) -o requirements.lock pyproject.toml
PINNED := --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links

clean:  ## remove .venv and caches; the data under var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Without ensurepip (Debian splits it off) the machine's own pip installs into the environment.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo '需要 Python 3.11 以上 (Python 3.11 or newer is needed)'; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null || $(PYTHON) -m venv --clear --without-pip .venv

INSTALL = @echo "安装依赖 (installing $<) …"; if [ -x .venv/bin/pip ]; then pip="$(PY) -m pip"; \
	else pip="$(PYTHON) -m pip --python $(PY)"; fi; \
	$$pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $< \
	&& touch $@

.venv/run: requirements.lock | .venv/bin/python
	$(INSTALL)

.venv/dev: requirements-dev.lock | .venv/bin/python
	$(INSTALL)
	@touch .venv/run
