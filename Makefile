# Every target but `clean` works in its own virtual environment. Once that is installed,
# nothing here reaches for the network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
ALL_INSTALLED := $(VENV)/.installed-all

# llama.cpp for any processor with AVX2, without what nothing here uses: a native build is bound to its machine
LLAMA := -DGGML_NATIVE=OFF -DGGML_AVX2=ON -DGGML_AVX512=OFF -DLLAVA_BUILD=OFF -DLLAMA_CURL=OFF

export HF_HUB_OFFLINE := 1
export TRANSFORMERS_OFFLINE := 1

.DEFAULT_GOAL := help
.PHONY: help fix lint test test-all docs bench bench-check bench-full clean

help:
	@echo 'make fix    show what is repaired in a spun page, and why'
	@echo 'make lint   ruff, mypy, import contracts'
	@echo 'make test   lint, types, import contracts, tests'
	@echo 'make test-all  the same, and what needs a browser (chromium), the engines, llama.cpp (a compiler), the site'
	@echo 'make docs   build the site in build/site'
	@echo 'make bench  measure, write benchmarks/results and the README table; CLEAN=file counts harm there too'
	@echo 'make bench-check  compare what is made of the public texts, and its speed, with what is committed'
	@echo 'make bench-full PAGES=folder CORPUS="files"  real pages, detection, harm by field, spin rates, systems, plots;'
	@echo '                DECISIONS=, ENCODER= (folders), LM= and LIST= (files) as benchmarks/systems.py takes them'
	@echo 'make clean  remove the virtual environment, caches and builds'

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

$(ALL_INSTALLED): $(INSTALLED)
	CMAKE_ARGS="$(LLAMA)" $(BIN)/python -m pip install --quiet -c constraints.txt -e '.[test-all]'
	touch $@

fix: $(INSTALLED)
	@echo 'textrepair explain --model en_sci_md, the larger model' >&2
	@$(BIN)/textrepair explain --model en_sci_md seeds/000_93fcc8338e17c8dc.txt

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config pyproject.toml

test: lint
	$(BIN)/python -m pytest

test-all: test $(ALL_INSTALLED)
	$(BIN)/python -m pytest -m 'browser or engines or gguf or site'

docs: $(INSTALLED)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

bench: $(INSTALLED)
	$(BIN)/python -m textrepair.bench $(if $(CLEAN),--clean $(CLEAN))
	$(BIN)/python benchmarks/linear.py --most 8000
	$(BIN)/python benchmarks/sources.py

bench-check: $(INSTALLED)
	$(BIN)/python -m textrepair.bench.check
	$(BIN)/python benchmarks/guard.py

bench-full: $(INSTALLED)
	$(BIN)/python benchmarks/real_pages.py --pages $(PAGES) $(if $(DECISIONS),--decisions $(DECISIONS)/en_sci_sm)
	$(BIN)/python benchmarks/real_pages.py --pages $(PAGES) $(if $(DECISIONS),--decisions $(DECISIONS)/en_sci_md) \
	  --model en_sci_md --out benchmarks/results/real_pages_md.json
	$(BIN)/python benchmarks/detection.py --pages $(PAGES) $(if $(DECISIONS),--decisions $(DECISIONS)/en_sci_sm)
	$(BIN)/python benchmarks/harm.py $(CORPUS:%=--corpus %)
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/worsened.py
	$(BIN)/python benchmarks/spin_rates.py
	$(BIN)/python benchmarks/systems.py --pages $(PAGES) $(CORPUS:%=--corpus %) \
	  $(if $(DECISIONS),--decisions $(DECISIONS)) $(if $(LIST),--list $(LIST)) $(if $(LM),--lm $(LM)) \
	  $(if $(ENCODER),--encoder $(ENCODER))
	$(BIN)/python benchmarks/tables.py

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
