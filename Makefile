HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON := .venv/bin/python

# Checks and tests never read or touch the site's own secret and database.
TEST_ENV := EPROGRAM_SECRET_KEY=used-by-checks-and-tests-only-0123456789 \
	EPROGRAM_SAMPLE=yes EPROGRAM_DEBUG=no DATABASE_URL=sqlite://:memory:

# On PostgreSQL: what depends on the database. Printing, signatures, settings, sign-in, headers, the API but for its locks, commands that print, and
# the walks over every page and address ask the same models there, and are walked once, on SQLite.
ONCE := $(addprefix --ignore=tests/,reports/renderers reports/signing reports/test_book.py reports/test_session_package.py \
	reports/test_report_command.py reports/test_programme_command.py \
	accounts/test_sign_in.py accounts/test_session_ends.py accounts/test_second_factor.py test_amounts_end_to_end.py \
	test_architecture.py test_containers.py test_headers.py test_pages.py test_rights.py test_settings.py) \
	$(addprefix --ignore=,$(filter-out tests/api/test_idempotency.py,$(wildcard tests/api/test_*.py)))

.DEFAULT_GOAL := help
.PHONY: help run setup test check lock

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

run: setup ## Set up and serve the site (HOST=127.0.0.1 PORT=8000)
	@echo "eProgram answers at http://$(HOST):$(PORT)/ (Ctrl+C stops it)"
	@$(PYTHON) -m gunicorn eprogram.wsgi --bind $(HOST):$(PORT) --workers 2 --threads 4 \
		--no-control-socket

setup: ## Bring this machine, the database and the sample data up to date
	@scripts/setup.sh site

test: ## Check the code, then run all tests on SQLite and on PostgreSQL
	@scripts/setup.sh tests
	@$(MAKE) --no-print-directory check
	@echo "Running the tests on SQLite"
	@$(TEST_ENV) $(PYTHON) -m pytest -n 2 --dist loadgroup -m "not browser"
	@echo "Running the journeys in a browser"
	@$(TEST_ENV) $(PYTHON) -m pytest -n 2 --dist loadfile -m browser
	@echo "Running the tests on PostgreSQL"
	@$(TEST_ENV) $(PYTHON) scripts/with_postgres.py \
		$(PYTHON) -m pytest -n 2 --dist loadgroup -m "not browser and not office" $(ONCE)

check: ## Check style, types, layers and migrations, without running tests
	@echo "Checking style"
	@$(PYTHON) -m ruff check --quiet --output-format concise
	@$(PYTHON) -m ruff format --check --quiet || { $(PYTHON) -m ruff format --check; exit 1; }
	@echo "Checking types"
	@$(TEST_ENV) $(PYTHON) -m mypy --no-error-summary
	@echo "Checking layers"
	@.venv/bin/lint-imports --no-logo
	@echo "Checking migrations and settings"
	@$(TEST_ENV) $(PYTHON) manage.py makemigrations --check --dry-run
	@$(TEST_ENV) $(PYTHON) manage.py check --fail-level WARNING

lock: ## Write requirements/ anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@echo "Pinning versions and hashes"
	@scripts/lock.sh $(UPGRADE)
