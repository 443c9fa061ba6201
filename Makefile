# All that a new machine needs: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
JOBS := 2  # test processes, one a core
ALL_JOBS := 3  # with the slow tests, which wait for most of their time
# As in worker and server. Two processes of two threads each take half as long again.
test fast mutants: export OPENBLAS_NUM_THREADS = 1
# Empty is off: otherwise each of the many processes that tests start would compile every module again.
test fast mutants: export PYTHONDONTWRITEBYTECODE =

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(BIN)/python:
	@for name in python3.13 python3.12 python3.11 python3 python; do \
	  if $$name -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$${python:-}" ]; then echo "Foretune needs Python 3.11, 3.12 or 3.13 with pip and venv."; exit 1; fi; \
	echo "Creating a virtual environment with $$($$python --version)"; $$python -m venv $(VENV)

$(VENV)/installed: $(BIN)/python requirements.lock pyproject.toml
	@echo "Installing Foretune and its dependencies (TensorFlow is large: this takes a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check hatchling editables
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/installed  ## create the virtual environment and install the project in it

demo: install  ## install, serve, run the sample search, and serve until Ctrl-C
	@$(BIN)/foretune demo

run: install  ## run server and worker, without the sample
	@$(BIN)/foretune up

lint: $(VENV)/installed-dev  ## run ruff and mypy
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
	    echo "Installing Debian's postgresql for its tests (no cluster is created or started)"; \
	    mkdir -p /etc/postgresql-common; test -e /etc/postgresql-common/createcluster.conf || \
	      echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf; \
	    apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
	  else echo "PostgreSQL is not installed: its tests are skipped (on Debian: sudo apt-get install postgresql)."; fi; fi

compiler:
	@if ! command -v cc >/dev/null && ! command -v gcc >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Debian's gcc for the tests of clocks"; \
	    apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev >/dev/null; \
	  else echo "There is no C compiler: the tests of clocks are skipped (on Debian: sudo apt-get install gcc libc6-dev)."; fi; fi

test: $(VENV)/installed-dev chromium postgresql compiler lint  ## run ruff, mypy and all tests, the slow and the browser tests included
	@$(BIN)/python -m pytest -n $(ALL_JOBS) --dist loadfile --no-loadscope-reorder

fast: $(VENV)/installed-dev  ## run the tests that take seconds
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow and not browser"

bench: $(VENV)/installed-dev  ## run the benchmarks, at a size that takes minutes (FULL=1: full size)
	@$(BIN)/python -m tests.benchmarks $(if $(FULL),--full)

soak: $(VENV)/installed-dev chromium  ## measure memory, file handles and speed under 20 open pages for 70 minutes (MINUTES=5: shorter)
	@$(BIN)/python -m tests.benchmarks.soak --minutes $(or $(MINUTES),70)

mutants: $(VENV)/installed-dev  ## put small faults into app/queue and worker/runs, and count those that tests notice (SAMPLE=100: some)
	@$(BIN)/python -m tests.mutation --sample $(or $(SAMPLE),0)

screenshots: $(VENV)/installed-dev chromium  ## take the pictures in README of the real product
	@$(BIN)/python -m tests.screenshots

lock: $(BIN)/python  ## update the lock files
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev -c requirements.lock pyproject.toml --all-extras -o requirements-dev.lock

clean:  ## remove what make has created, but not the data folder
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: help install demo run lint chromium postgresql compiler test fast bench soak mutants screenshots lock clean
