.DEFAULT_GOAL := help
.PHONY: help run test coverage lint types bench bench-load docs lock
PYTHON ?= python3
SIZES ?= real,20000
BIN := .venv/bin
PYTEST := $(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

help:            ## Say what there is
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*##/:/'

run: .venv       ## Set everything up, load the real data and serve it on http://127.0.0.1:8000 (PORT= changes it)
	@exec $(BIN)/partnergraph up

test: .venv/dev  ## Run the whole test suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(PYTEST)

coverage: .venv/dev ## Run the tests and say which lines none of them runs
	$(PYTEST) --cov --cov-report=term

lint: .venv/dev  ## Mend what can be mended in style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/dev ## Check types
	$(BIN)/pyright

bench: .venv/dev ## Measure against the reference (SIZES=real,20000,200000,1000000 ROUNDS=3 SECONDS_A_ROUND=3 SOAK=0)
	$(BIN)/python -m bench.run --sizes $(SIZES) --rounds $(or $(ROUNDS),3) --seconds $(or $(SECONDS_A_ROUND),3) --soak $(or $(SOAK),0)

bench-load: .venv/dev ## Measure loads against the raw driver (NODES=1000000 HEAP=4g)
	$(BIN)/python -m bench.loading --size $(or $(NODES),1000000) --heap $(or $(HEAP),4g)

docs: .venv      ## Write the pages of reference in docs/, schema.graphql and the counts in data/README.md anew
	$(BIN)/python -m graph.reference
	$(BIN)/python -m loaders.coverage
	$(BIN)/partnergraph schema > schema.graphql

lock: .venv/dev  ## Write the exact versions of all packages, with hashes
	$(BIN)/uv pip compile -q --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev --constraint requirements.txt pyproject.toml -o requirements-dev.txt

.venv: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv

.venv/dev: .venv requirements-dev.txt
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch .venv/dev
