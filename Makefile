# `make help` lists the targets. Generated files lie under .platform (SPORTS_TOOLS and SPORTS_HOME move them).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TOOLS := $(abspath $(or $(SPORTS_TOOLS),.platform))
BIN := $(TOOLS)/venv/bin
WEEK ?= 2015_wk12
export PYTHONPYCACHEPREFIX := $(TOOLS)/cache/pycache
# Images set it, and then each process compiles all it imports: 28 s of CPU to a first training step where 10 do.
unexport PYTHONDONTWRITEBYTECODE
export HYPOTHESIS_STORAGE_DIRECTORY := $(TOOLS)/cache/hypothesis

.PHONY: help setup demo fidelity test lint sanitize bench dev lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything the other targets need; seconds when nothing has changed
	@scripts/setup.sh

demo: setup ## the whole road for a week [WEEK=2015_wk12] [DATA=folder of parquet] [SALARIES=DraftKings file]
	@SPORTS_SOURCE="$(or $(DATA),$(SPORTS_SOURCE))" SPORTS_SALARIES="$(or $(SALARIES),$(SPORTS_SALARIES))" \
		$(BIN)/sports-platform demo --week $(WEEK)

fidelity: setup ## a season's simulated games against the real ones, DATA=folder of parquet SEASON=year [ARGS=more options]
	@$(BIN)/sports-platform fidelity --data "$(DATA)" --season $(SEASON) $(ARGS)

test: setup ## all tests on real services, which they start and stop, on up to four cores; with ARGS=pytest arguments, on one
	@OMP_NUM_THREADS=1 $(BIN)/pytest $(or $(ARGS),-n logical --maxprocesses 4)

lint: setup ## style, formatting and types, and clang-tidy over the engine
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@scripts/tidy.sh

sanitize: setup ## the engine's tests under gcc's address, undefined behaviour and thread sanitizers [ARGS=pytest arguments]
	@scripts/sanitize.sh $(ARGS)

bench: setup ## the benchmarks that need no data; each prints its own table
	@for name in engine inference oracle surrogate training; do echo "== $$name"; $(BIN)/python benchmarks/$$name.py; done

dev: setup ## Dagster's UI and daemon with the local services, in the foreground [PORT=3000]
	@PORT=$(PORT) scripts/dev.sh

lock: setup ## resolve pyproject.toml anew into requirements.lock, with hashes
	@$(TOOLS)/bootstrap/bin/uv pip compile -q pyproject.toml --group dev --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements.lock >/dev/null

clean: ## stop the local services and remove all data of .platform; installed tools stay
	@if [[ -x $(BIN)/sports-platform ]]; then SPORTS_HOME=.platform $(BIN)/sports-platform services stop; fi
	@if [[ -d .platform ]]; then find .platform -mindepth 1 -maxdepth 1 \
		! -name venv ! -name bootstrap ! -name jars ! -name native ! -name stamps -exec rm -rf {} +; fi
	@echo "kept: the tools in .platform (venv, bootstrap, jars, native, stamps); rm -rf .platform removes them too"
