# Everything a fresh machine needs: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
JOBS := 2  # processes that test; more would get in each other's way where tests wait for signals and clocks
test fast: export OPENBLAS_NUM_THREADS = 1  # as in worker and server; two processes of two threads each take half as long again

help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(BIN)/python:
	@for name in python3.13 python3.12 python3.11 python3 python; do \
	  if $$name -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then echo "Foretune needs Python 3.11, 3.12 or 3.13 with pip and venv."; exit 1; fi; \
	echo "Making a virtual environment with $$($$found --version)"; $$found -m venv $(VENV)

$(VENV)/installed: $(BIN)/python requirements.lock pyproject.toml
	@echo "Installing Foretune and what it needs (TensorFlow is large: this takes a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check hatchling editables
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/installed  ## the virtual environment with the project in it

demo: install  ## install, serve, run the sample search, keep serving until Ctrl-C
	@$(BIN)/foretune demo

run: install  ## server and worker, no sample
	@$(BIN)/foretune up

lint: $(VENV)/installed-dev  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

chromium:
	@if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Debian's chromium for the browser tests"; \
	    apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	  else echo "The browser tests need chromium: install it first (on Debian: sudo apt-get install chromium)."; exit 1; fi; fi

postgresql:
	@if ! command -v pg_ctl >/dev/null && ! ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Debian's postgresql for the tests on it (no cluster is made or started)"; \
	    mkdir -p /etc/postgresql-common; test -e /etc/postgresql-common/createcluster.conf || \
	      echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf; \
	    apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
	  else echo "PostgreSQL is not installed: the tests on it are skipped (on Debian: sudo apt-get install postgresql)."; fi; fi

test: $(VENV)/installed-dev chromium postgresql lint  ## everything: ruff, mypy, pytest with the slow and the browser tests
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

fast: $(VENV)/installed-dev  ## the tests that take seconds
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow and not browser"

bench: $(VENV)/installed-dev  ## the benchmarks, at a size that ends in minutes (FULL=1 for the real one)
	@$(BIN)/python -m tests.benchmarks $(if $(FULL),--full)

soak: $(VENV)/installed-dev chromium  ## 30 minutes under 20 open pages (MINUTES=5 for a short one): memory, file handles, speed
	@$(BIN)/python -m tests.benchmarks.soak --minutes $(or $(MINUTES),30)

screenshots: $(VENV)/installed-dev chromium  ## the pictures in README, from the real product
	@$(BIN)/python -m tests.screenshots

lock: $(BIN)/python  ## renew the lock files
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev -c requirements.lock pyproject.toml --all-extras -o requirements-dev.lock

clean:  ## remove what was made, the data folder left alone
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: help install demo run lint chromium postgresql test fast bench soak screenshots lock clean
