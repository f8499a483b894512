# Each target sets up what it needs in .venv: only Python 3.11 and pip must be there.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
BUILD := build
CDNOW := $(BUILD)/cdnow.csv
COLUMNS := --customer customer --at date --kind =purchase --amount amount --currency USD
SHOWN := --kpi retention_rate --kpi churn_rate --kpi repeat_purchase_rate --kpi average_order_value --kpi ltv_to_date
# pytest's own options, for example: make test OPTIONS="-k chart -x"
OPTIONS ?= -n auto
# The benchmarks' own, for example: make bench BENCH="--rows 1000000"
BENCH ?=
# A host of the repository may set PYTHONPATH; only what is installed in .venv counts here.
unexport PYTHONPATH

.DEFAULT_GOAL := help
.PHONY: help demo test check bench docs format clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

# The library with its extras, editable. 25.1 is the first pip that installs dependency groups.
$(VENV)/.library: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade 'pip>=25.1'
	$(PIP) install --quiet --editable '.[frames,json,progress]'
	touch $@

$(VENV)/.dev: $(VENV)/.library
	$(PIP) install --quiet --group dev
	touch $@

$(VENV)/.bench: $(VENV)/.library
	$(PIP) install --quiet --group bench
	touch $@

$(VENV)/.docs: $(VENV)/.library
	$(PIP) install --quiet --group docs
	touch $@

# The CDNOW log travels inside an unmaintained package: its files are wanted, neither its code nor its dependencies.
$(BUILD)/lifetimes/.ready: $(VENV)/.library
	$(PIP) install --quiet --no-deps --upgrade --target $(BUILD)/lifetimes 'lifetimes==0.11.3'
	touch $@

$(CDNOW): examples/cdnow.py $(BUILD)/lifetimes/.ready
	$(BIN)/python examples/cdnow.py $(BUILD)/lifetimes $@

demo: $(VENV)/.library $(CDNOW) ## the real CDNOW log: census, flow, one story; who is at risk and why; the plays of a day; KPIs; what customers will bring
	$(BIN)/python -m lifecycle replay $(CDNOW) --preset commerce $(COLUMNS)
	@echo
	$(BIN)/python -m lifecycle signs $(CDNOW) --preset commerce $(COLUMNS) --top 3
	@echo
	$(BIN)/python -m lifecycle plan $(CDNOW) --preset commerce $(COLUMNS) --as-of 1998-03-02 --top 3
	@echo
	$(BIN)/python -m lifecycle kpis $(CDNOW) --preset commerce $(COLUMNS) --period 1998-Q1 --by stage $(SHOWN)
	@echo
	$(BIN)/python -m lifecycle value $(CDNOW) $(COLUMNS) --until 1997-10-01 --horizon 39w --top 3

test: $(VENV)/.dev $(CDNOW) ## all tests, the examples of the docs included
	$(BIN)/python -m pytest $(OPTIONS)

check: $(VENV)/.dev $(CDNOW) ## everything that CI checks: lint, format, types, walls, tests, doc examples
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(OPTIONS)

bench: $(VENV)/.bench ## how fast: ratios of one run, as a table
	$(BIN)/python -m benchmarks $(BENCH)

docs: $(VENV)/.docs ## the documentation as HTML in build/docs
	$(BIN)/sphinx-build --quiet --fail-on-warning docs $(BUILD)/docs

format: $(VENV)/.dev ## put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove the environment and what was built
	rm -rf $(VENV) $(BUILD) dist
