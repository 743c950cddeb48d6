# `make run`, `make check` and `make test`. Everything they need goes into .venv; nothing else on the machine is touched.

PYTHON ?= python3
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -p no:cacheprovider
ARGS   ?=

.PHONY: run check quick-a-h quick-i-r quick-s-z quick-others test test-browser test-interpreted test-compiled lint bench soak lock licences \
        protocol clean

run: .venv/run.stamp
	@exec $(BIN)/python -m tinkernet.app $(ARGS)

# Parts side by side: more than there are cores, for a part often waits. Each prints its output when it ends. Every
# part runs, and one that fails fails all.
SYNC     := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
TOGETHER := $(MAKE) --no-print-directory --keep-going $(SYNC)

# A minute at most; tests/conftest.py says which tests are left out.
check: .venv/test.stamp .venv/node.stamp
	@$(TOGETHER) --jobs=5 quick-a-h quick-i-r quick-s-z quick-others lint

# Tests that have seconds to keep come last: nothing else runs beside them.
test: .venv/test.stamp .venv/node.stamp .venv/browser.stamp
	@echo "Each part prints its output when it ends; the longest takes a few minutes."
	@status=0; $(TOGETHER) --jobs=3 test-browser test-compiled test-interpreted lint || status=1; \
	  $(PYTEST) tests/test_*.py -m alone $(ARGS) || status=1; exit $$status

quick-a-h quick-i-r quick-s-z: quick-%: .venv/test.stamp
	$(PYTEST) tests/app/test_[$*]*.py -m quick $(ARGS)
quick-others: .venv/test.stamp .venv/node.stamp
	$(PYTEST) tests --ignore=tests/app -m quick $(ARGS)
test-browser: .venv/browser.stamp .venv/node.stamp
	$(PYTEST) tests/browser $(ARGS)
test-interpreted: .venv/test.stamp
	NUMBA_DISABLE_JIT=1 $(PYTEST) tests/engine $(ARGS)
test-compiled: .venv/test.stamp .venv/node.stamp
	$(PYTEST) tests --ignore=tests/browser -m "not alone" $(ARGS)

lint: .venv/test.stamp .venv/node.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Prints tables and writes build/bench.json. One part: make bench ARGS=load. A short look: make bench ARGS="--quick load"
bench: .venv/bench.stamp .venv/browser.stamp
	@PYTHONPATH=.venv/links .venv/bench/bin/python -m tests.bench $(ARGS)

# Tests every promise for long; exit code 1 if one is broken. One part: make soak ARGS=kill
soak: .venv/soak.stamp .venv/browser.stamp
	@PYTHONPATH=.venv/links .venv/soak/bin/python -m tests.soak $(ARGS)

# The locks are installed with hashes, the project itself from this folder; the stamps make a second run start at once.
.venv/run.stamp: requirements.lock requirements-build.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements.lock -r requirements-build.lock
	$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@mkdir -p .venv/links/tinkernet
	@for package in app engine; do ln -sfn "$(CURDIR)/$$package" .venv/links/tinkernet/$$package; done
	@touch $@

.venv/test.stamp: requirements-test.lock .venv/run.stamp
	$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Tinkernet needs Python 3.11 or later; say which with: make run PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv

# What only the benchmarks need (PyTorch and others), and only the long tests, lives in environments of their own.
.venv/bench.stamp .venv/soak.stamp: .venv/%.stamp: tests/%/requirements.txt requirements-test.lock | .venv/bin/python
	$(BIN)/python -m venv .venv/$*
	.venv/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	.venv/$*/bin/python -m pip install --quiet --disable-pip-version-check -r tests/$*/requirements.txt
	@touch $@

# TypeScript checks the page's types; without Node its tests are skipped and say so.
.venv/node.stamp: package.json package-lock.json | .venv/bin/python
	@if command -v npm >/dev/null; then npm ci --no-audit --no-fund --loglevel=error; \
	  else echo "npm is not installed: the page's own checks are skipped"; fi
	@touch $@

.venv/browser.stamp: tests/browser/install_chromium .venv/test.stamp
	tests/browser/install_chromium $(BIN)/python
	@touch $@

# Takes the newest versions pyproject.toml allows, and says which are new. Needs uv, which nothing else here does.
LOCK := uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
lock:
	$(LOCK) pyproject.toml --output-file requirements.lock
	$(LOCK) --group build --output-file requirements-build.lock
	$(LOCK) pyproject.toml --group test --output-file requirements-test.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	@python3 .ci/dependencies.py changes
	@echo "Now: make licences"

# Writes docs/dependencies.md, from what is installed.
licences: .venv/run.stamp
	$(BIN)/python .ci/dependencies.py licences

# Writes the browser's half of the wire.
protocol: .venv/run.stamp
	$(BIN)/python -m tinkernet.app.wire.codegen

clean:
	rm -rf .venv node_modules build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
