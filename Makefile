# The desk on one machine. `make` alone lists what there is.

LAUNCHER := .venv/bin/python -m jinke_desk.launcher

.DEFAULT_GOAL := help
.PHONY: help venv run test check bench chaos

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-7s %s\n", $$1, $$2 }'

venv: ## create .venv and install the pinned packages, when they changed
	@./scripts/venv.sh

run: venv ## start the demo; PORT and DATA_DIR say where; Ctrl-C stops it
	@exec $(LAUNCHER) run

test: venv ## run every test; ARGS='tests/core -k due' chooses, PG=embedded takes the wheel's server
	@exec env TEST_POSTGRES="$${PG:-$$TEST_POSTGRES}" $(LAUNCHER) test $(ARGS)

check: venv ## lint, types, imports, templates, migrations, settings, translations
	@exec $(LAUNCHER) check

bench: venv ## measure against the floors, on a stack of its own; ARGS are passed on
	@exec $(LAUNCHER) bench $(ARGS)

chaos: venv ## break a stack of its own in every way and count what is lost; ARGS='--only redis-frozen --seconds 30'
	@exec $(LAUNCHER) chaos $(ARGS)
