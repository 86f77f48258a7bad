# Everything runs through env.sh, which sets up what is missing first (see README).
RUN := ./env.sh run
RANKS ?= 2
WORKERS ?= 2
LITHODE := $(RUN) mpirun -n $(RANKS) python3 -m lithode

.PHONY: help demo test lint clean

help:
	@echo "make demo    lithium through fine and graded Li3N at the quick preset: results/fine, results/graded"
	@echo "make test    all tests, serial and on 2 ranks, two files at a time (ARGS='tests/meshes -x' for some)"
	@echo "make lint    ruff and mypy"
	@echo "make clean   remove the demo's results and tool caches (the environment: ./env.sh clean)"

demo:
	$(LITHODE) run graded-li3n --preset quick --set particles=fine --out results/fine --overwrite
	$(LITHODE) run graded-li3n --preset quick --set particles=graded --out results/graded --overwrite
	@$(RUN) python3 -m lithode report results/fine
	@$(RUN) python3 -m lithode report results/graded

test:
	$(RUN) python3 -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

lint:
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy

clean:
	rm -rf results/fine results/graded build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
