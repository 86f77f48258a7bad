# Everything runs through env.sh, which sets up what is missing first (see README).
RUN := ./env.sh run
RANKS ?= 2
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
LITHODE := $(RUN) mpirun -n $(RANKS) python3 -m lithode

.PHONY: help demo test test-slow lint docs clean

help:
	@echo "make demo    lithium through fine and graded Li3N at the quick preset: results/fine, results/graded"
	@echo "make test    all tests, serial and on ranks, as many files at a time as there are cores (ARGS='tests/meshes -x' for some)"
	@echo "make test-slow  the studies that make test leaves out"
	@echo "make lint    ruff and mypy"
	@echo "make docs    the documentation site: docs/_build/html"
	@echo "make clean   remove the demo's results and tool caches (the environment: ./env.sh clean)"

demo:
	$(LITHODE) run graded-li3n --preset quick --set particles=fine --out results/fine --overwrite
	$(LITHODE) run graded-li3n --preset quick --set particles=graded --out results/graded --overwrite
	@$(RUN) python3 -m lithode report results/fine
	@$(RUN) python3 -m lithode report results/graded

test:
	$(RUN) python3 -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-slow:
	$(RUN) python3 -m pytest --numprocesses $(WORKERS) --dist loadfile -m slow $(ARGS)

docs:
	$(RUN) python3 -m sphinx -W --keep-going -q -b html docs docs/_build/html

lint:
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy

clean:
	rm -rf results/fine results/graded build docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
