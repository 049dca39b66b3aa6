# `make serve` sets everything up and serves the courses; `make test` sets everything up and checks
# everything. Both need Python 3.11 or later and make, and nothing else.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
TOPICS ?=
DATA ?= data
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
FRONTEND := stepwise_kernel_ext/frontend

# Many processes import the same modules: they are compiled once, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

LOCK := --allow-unsafe --strip-extras --generate-hashes --no-header \
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.PHONY: serve test check tests format lock bench bench-lock soak clean

serve: $(INSTALLED)
	$(BIN)/stepwise serve --port $(PORT) --data $(DATA)

test: check tests

# Format, lint and types of both languages.
check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd $(FRONTEND) && PATH="$(abspath $(BIN)):$$PATH" npm run --silent check
	cd $(FRONTEND) && PATH="$(abspath $(BIN)):$$PATH" npm test --silent

# The browser tests run apart: Playwright keeps an event loop running in the process that drives it, and
# no other test of that process could run a loop of its own.
tests: $(INSTALLED)
	.ci/browser $(BIN)/python
	$(BIN)/pytest -n 4 --dist loadgroup -m "not browser and not soak"
	$(BIN)/pytest -n 2 --dist loadgroup -m "browser and not soak"

# Slow checks: many attempts, kernels and faults.
soak: $(INSTALLED)
	.ci/browser $(BIN)/python
	$(BIN)/pytest -n 0 --timeout 1800 -m "soak and not browser"
	$(BIN)/pytest -n 0 --timeout 1800 -m "soak and browser"

# Measures all topics, or those that TOPICS names, beside what others use, which is installed apart.
bench: $(INSTALLED)
	.ci/browser $(BIN)/python
	$(BIN)/python -m benchmarks $(TOPICS)

# Resolve the newest versions of what the benchmarks compare with.
bench-lock: $(INSTALLED)
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) \
	  --output-file benchmarks/peers/constraints.txt benchmarks/peers/requirements.in

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cd $(FRONTEND) && PATH="$(abspath $(BIN)):$$PATH" npm run --silent format

# Everything that is installed has the version and the hash that constraints.txt names.
$(INSTALLED): pyproject.toml constraints.txt $(FRONTEND)/package-lock.json
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Stepwise needs Python 3.11 or later.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

# Resolve the newest versions that pyproject.toml allows.
lock: $(INSTALLED)
	$(BIN)/pip-compile --quiet --upgrade --all-extras --all-build-deps $(LOCK) \
	  --output-file constraints.txt pyproject.toml

clean:
	rm -rf $(VENV) benchmarks/peers/.venv $(FRONTEND)/node_modules stepwise_kernel_ext/static build dist
