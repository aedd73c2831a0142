# Every target does its own set-up: a bare clone, Python 3.11 or later and `make` are enough.
#
#   make demo    the network of the blog post, as printed and as mended
#   make test    all tests, with the coverage gates
#   make lint    ruff and mypy
#   make agree   the proof and real packets, asked about random networks, services and every scenario (N=2000 JOBS=4)
#   make bench   start-up, speed and memory (make bench BENCH="--peer checkov" to compare)
#   make docs    write the generated parts of the docs again
#   make clean   remove what the other targets made

PYTHON ?= python3
# Printed with every test run; `make test SEED=...` repeats one.
SEED   ?= $(shell date +%s)
BENCH  ?=
# How many random networks `make agree` compares, and how many random services it launches, from which number on;
# and which scenarios.
N         ?= 2000
FIRST     ?= 0
SERVICES  ?= 500
SCENARIOS ?= all
# For pytest: make test ARGS="tests/unit -x"
ARGS   ?=

BIN := .venv/bin
# Where a branch not taken by any test is an error.
PROVEN := src/pullproof/verdict.py,src/pullproof/prove*,src/pullproof/launch/*,src/pullproof/reach/*,src/pullproof/iam/*,src/pullproof/repair/*

.PHONY: demo test agree lint format bench docs clean
.DELETE_ON_ERROR:

demo: .venv/.run
	@$(BIN)/python -m tools.demo

# How many processes do it at the same time; the proof and packets mostly wait for each other.
test: JOBS ?= 2
agree: JOBS ?= 4

test: .venv/.dev
	@echo "random seed $(SEED) (repeat with: make test SEED=$(SEED))"
	@rm -f .coverage .coverage.*
	HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -n $(JOBS) --hypothesis-seed=$(SEED) --cov --cov-report= $(ARGS)
	@echo "== branches of what decides: all =="
	@$(BIN)/coverage report --include='$(PROVEN)' --fail-under=100
	@echo "== branches of everything: 95 % =="
	@$(BIN)/coverage report --fail-under=95

agree: .venv/.dev
	@$(BIN)/python -m tests.lab.agreement $(N) $(FIRST) $(JOBS)
	@$(BIN)/python -m tests.lab.launches $(SERVICES) $(FIRST) $(JOBS)
	@$(BIN)/python -m tests.lab.scenarios $(SCENARIOS) $(JOBS)

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/.run
	@$(BIN)/python -m bench.run $(BENCH)

docs: .venv/.dev
	@$(BIN)/python -m tools.docs

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* bench/work

# A stamp file says that the environment holds what these two files ask for.
.venv/.python:
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.python pyproject.toml constraints.txt
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.dev: .venv/.python pyproject.toml constraints.txt
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
