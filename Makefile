# What one types. Every target says what it does while it does it; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test smoke check wheel lock bench bench-chaos bench-faults
SHELL := /bin/sh
RUN := sh scripts/python.sh
VENV := .venv/bin
export PYTHON ZHANGGUI_CHROMIUM

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## virtual environment and npm packages from the lock files, both front ends built; only what changed
	@$(RUN) scripts/setup.py

demo: setup ## the whole shop on this machine: database, WeChat sandbox, server, worker (Ctrl-C stops it all)
	@exec $(VENV)/zhanggui demo $(ARGS)

test: setup ## every test: Python, both front ends, end to end in a browser
	@$(VENV)/python scripts/test.py $(ARGS)

smoke: setup ## one purchase over HTTP, from sign-in to completed, through the sandbox
	@$(VENV)/python scripts/smoke.py $(ARGS)

check: setup ## format, lint, types, import contracts, API drift, file lengths
	@$(VENV)/python scripts/check.py $(ARGS)

wheel: setup ## one Python wheel that carries the built front ends, in dist/
	@$(VENV)/python scripts/wheel.py

bench: setup ## how fast it is: ratios and CPU time of the hot paths, under 10 minutes, in bench/out/latest.json
	@PYTHONPATH=src $(VENV)/python -m bench $(ARGS)

bench-chaos: setup ## mixed traffic while servers and the database are killed with -9; then the books (about 90 s)
	@PYTHONPATH=src $(VENV)/python -m bench.chaos

bench-faults: setup ## thousands of purchases while the payment platform and our processes fail; every payment accounted for
	@PYTHONPATH=src $(VENV)/python -m bench.faults $(ARGS)

lock: ## write requirements/*.txt anew from pyproject.toml (ARGS=--upgrade for the newest versions)
	@sh scripts/lock.sh $(ARGS)
