# `make up` starts the portal, `make test` proves it; both install what they need first.
PYTHON_IN_VENV := .venv/bin/python
SCRATCH := $(CURDIR)/.venv/.scratch
# One more than cores: a test that waits for a page or a process leaves its core to another.
TEST_WORKERS ?= 3

# What a production start would be given; only the checks read it, nothing is connected to.
PRODUCTION := PORTAL_DATA_DIR=$(SCRATCH) PORTAL_ORIGIN=https://portal.example.com \
  SECRET_KEY=only-for-the-check-qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6EuVo5Pb \
  PORTAL_SEED_KEYS=only-for-the-check-mB6xQ1wZs8VnTr3KyLd5HgJf9PaCu2Ei \
  DATABASE_URL=postgres://portal@db.example.com/portal REDIS_URL=redis://redis.example.com/0 \
  EMAIL_URL=smtp+tls://portal:secret@smtp.example.com:587 PORTAL_TRUSTED_PROXIES=1 \
  PORTAL_LICENSE_KEY_FILE=$(SCRATCH)/license_keys.json
EMBEDDED := PORTAL_DATA_DIR=$(SCRATCH) PORTAL_ORIGIN=http://localhost:8000 DATABASE_URL= REDIS_URL= EMAIL_URL=

.NOTPARALLEL:
.PHONY: up test check pytest pytest-embedded pytest-rounds format locks

up:
	@tools/install.sh requirements.lock
	@$(PYTHON_IN_VENV) manage.py up --end-with-parent

test:
	@tools/machine.sh
	@tools/install.sh requirements-dev.lock
	@$(MAKE) --no-print-directory check pytest pytest-embedded
	@echo "Passed: the checks, all tests on PostgreSQL and Redis, and the embedded ones on SQLite."

check:
	$(PYTHON_IN_VENV) -m ruff format --check .
	$(PYTHON_IN_VENV) -m ruff check .
	@env $(EMBEDDED) $(PYTHON_IN_VENV) -m mypy
	@.venv/bin/python -c 'from importlinter.cli import lint_imports_command as run; run()'
	@env $(EMBEDDED) $(PYTHON_IN_VENV) manage.py makemigrations --check --dry-run
	@test -f $(SCRATCH)/license_keys.json || \
	  env $(PRODUCTION) $(PYTHON_IN_VENV) manage.py make_license_key $(SCRATCH)/license_keys.json
	@env $(PRODUCTION) $(PYTHON_IN_VENV) manage.py check --deploy --fail-level WARNING

pytest:
	$(PYTHON_IN_VENV) -m pytest -n $(TEST_WORKERS) --dist loadgroup

pytest-embedded:
	PORTAL_TEST_EMBEDDED=1 $(PYTHON_IN_VENV) -m pytest -n $(TEST_WORKERS) --dist loadgroup -m embedded

# Races, and tests that knock at every door, as often as they can: half an hour, for a night.
pytest-rounds:
	PORTAL_TEST_ROUNDS=10000 $(PYTHON_IN_VENV) -m pytest -n $(TEST_WORKERS) --dist loadgroup \
	  tests/accounts/sign_in/test_takeover.py tests/limits/test_http.py tests/limits/test_strangers.py \
	  tests/licensing/test_races.py tests/licensing/test_races_mixed.py \
	  tests/licensing/activation/actions/test_collecting_races.py

format:
	$(PYTHON_IN_VENV) -m ruff format .
	$(PYTHON_IN_VENV) -m ruff check --fix .

# No index addresses go into the locks: where packages come from is each machine's own affair.
locks:
	@for out in "requirements.lock pyproject.toml" \
	  "requirements-dev.lock -c requirements.lock --group dev pyproject.toml" \
	  "requirements-uv.lock --group install"; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make locks" $$UPGRADE -o $$out || exit 1; \
	done
