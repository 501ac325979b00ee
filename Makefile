# Tradewind: `make run` answers the flagship question, `make test` checks everything. `make` lists the rest.

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

PY        := $(VENV)/bin/python
TRADEWIND := $(PY) -m forecast
PIP_FLAGS := -qq --disable-pip-version-check --no-input
LOCK_FLAGS = -q $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run serve replay readme bench bench-here accuracy accuracy-here test test-nojit check format env env-dev lock clean distclean

help: ## this list
	@echo "Tradewind. Everything runs in $(VENV), made from the hashed lock on first use."
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@echo 'PYTHON=python3.12 chooses the interpreter (3.11 or newer); ARGS="..." is handed on.'

run: $(VENV)/.stamp-run ## answer the flagship question, draw its chart into out/
	@$(TRADEWIND) flagship $(ARGS)

serve: $(VENV)/.stamp-run ## the service on this machine
	@$(TRADEWIND) serve $(ARGS)

replay: $(VENV)/.stamp-run ## the model against what happened, every year-end from 2003
	@$(TRADEWIND) replay CHN-RUS --from 2003 --to 2023 $(ARGS)

readme: $(VENV)/.stamp-run ## draw README's picture and fill in its numbers anew
	@mkdir -p build docs
	@{ echo '```text' && $(TRADEWIND) flagship --out build --format brief && echo '```'; } >build/flagship.md
	@$(TRADEWIND) replay CHN-RUS --from 2003 --to 2024 --output build/replay.md
	@{ echo '```text' && $(TRADEWIND) scenarios list && echo '```'; } >build/scenarios.md
	@$(TRADEWIND) scenarios fields >docs/scenarios.md
	@cp build/flagship.svg docs/
	$(call fill,flagship)
	$(call fill,replay)
	$(call fill,scenarios)

# Lines of README.md between <!-- name --> and <!-- /name --> are those of build/name.md.
define fill
	@awk -v name=$(1) '$$0 == "<!-- /" name " -->" { inside = 0 } !inside { print } \
	  $$0 == "<!-- " name " -->" { inside = 1; while ((getline line <("build/" name ".md")) > 0) print line }' \
	  README.md >build/README.md && cp build/README.md README.md
endef

bench: ## the benchmarks, beside their peers in an environment of their own (ARGS="ets paths" for some)
	@$(MAKE) --no-print-directory VENV=$(VENV)-bench bench-here

accuracy: ## how right the forecasts are, beside peers (tables; ARGS="m3 us_pairs" measures some)
	@$(MAKE) --no-print-directory VENV=$(VENV)-bench accuracy-here

accuracy-here: $(VENV)/.stamp-bench
	@$(PY) -m benchmarks.accuracy $(ARGS)

bench-here: $(VENV)/.stamp-bench
	@$(PY) -m benchmarks $(ARGS)

check: $(VENV)/.stamp-dev ## style, types and import contracts
	@$(VENV)/bin/ruff check --quiet --output-format concise .
	@$(VENV)/bin/ruff format --quiet --check . || { echo "Not formatted; run: make format" >&2; exit 1; }
	@echo "ruff: clean"
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo

test: check ## check, then every test (ARGS="-k months" for some)
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

test-nojit: $(VENV)/.stamp-dev ## the kernels' unit tests as plain Python, line by line
	@NUMBA_DISABLE_JIT=1 $(PY) -m pytest -n auto --maxprocesses 4 tests/unit/kernels $(ARGS)

format: $(VENV)/.stamp-dev ## mend style where a program can
	@$(VENV)/bin/ruff check --quiet --fix . ; $(VENV)/bin/ruff format .

env: $(VENV)/.stamp-run ## only make the environment
	@echo "$(VENV) is ready to run"

env-dev: $(VENV)/.stamp-dev ## the same with the tools for development
	@echo "$(VENV) is ready to develop"

lock: ## find versions anew and write the three locks (UPGRADE=1 for the newest)
	@test -x build/uv/bin/uv || { $(PYTHON) -m venv build/uv && build/uv/bin/pip install $(PIP_FLAGS) uv; }
	@build/uv/bin/uv pip compile $(LOCK_FLAGS) pyproject.toml requirements-build.in -o requirements.lock
	@build/uv/bin/uv pip compile $(LOCK_FLAGS) --extra dev -c requirements.lock \
	  pyproject.toml requirements-build.in -o requirements-dev.lock
	@awk '/^[a-z]/ && !/^pandas/ { print $$1 }' requirements.lock >build/constraints.txt
	@build/uv/bin/uv pip compile $(LOCK_FLAGS) -c build/constraints.txt \
	  pyproject.toml requirements-build.in requirements-bench.in -o requirements-bench.lock
	@echo "Written: requirements.lock, requirements-dev.lock, requirements-bench.lock"

clean: ## remove what runs left behind, but not the environment
	@rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find forecast api tests benchmarks fixtures -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## the environment too
	@rm -rf $(VENV) $(VENV)-bench

# The environment. A stamp is written last, so an interrupted run is taken up again, and what it may have left half
# done is laid anew. Every file that pip fetches must have a hash in the lock; the project itself is linked in, which
# needs no network.

define install
	@echo "Installing $(1) into $(VENV) (fetches about $(2) the first time, up to a minute) ..."
	@if test -x $(VENV)/bin/pip; then pip="$(PY) -m pip"; else pip="$(PYTHON) -m pip --python $(PY)"; fi; \
	  again=; test ! -e $(VENV)/.unfinished || again=--force-reinstall; touch $(VENV)/.unfinished; \
	  $$pip install $(PIP_FLAGS) $$again --no-deps --only-binary :all: --no-compile --require-hashes -r $(1) && \
	  $$pip install $(PIP_FLAGS) --no-deps --no-build-isolation --no-index -e . && \
	  rm $(VENV)/.unfinished
endef

$(VENV)/.stamp-run: requirements.lock pyproject.toml | $(VENV)/.stamp-python
	$(call install,requirements.lock,230 MB)
	@touch $@

$(VENV)/.stamp-dev: requirements-dev.lock requirements.lock pyproject.toml | $(VENV)/.stamp-python
	$(call install,requirements-dev.lock,270 MB)
	@touch $(VENV)/.stamp-run $@

# The peers: one of them holds back pandas, so they do not live beside the product.
$(VENV)/.stamp-bench: requirements-bench.lock pyproject.toml | $(VENV)/.stamp-python
	$(call install,requirements-bench.lock,400 MB)
	@touch $@

# pip of the machine serves the environment where it can (quicker); without it the environment brings its own.
$(VENV)/.stamp-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Tradewind needs Python 3.11 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1 || true)" >&2; \
	  echo "Name another one, for example: make run PYTHON=python3.12" >&2; exit 1; }
	@if $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then :; else \
	  echo "Creating $(VENV) with $$($(PYTHON) --version) ..."; rm -rf $(VENV); \
	  if $(PYTHON) -c 'import sys, pip; sys.exit(int(pip.__version__.split(".")[0]) < 23)' 2>/dev/null; \
	  then $(PYTHON) -m venv --without-pip $(VENV); else $(PYTHON) -m venv $(VENV); fi; fi
	@touch $@
