# What one does here. `make help` lists it.
PYTHON ?= python3
TARGET ?= local
SITES ?= deploy/sites.toml
SHELL := /bin/sh
BIN := .venv/bin
BEHAVE := $(BIN)/python -m behave
# Of what is handed on to behave, what a browser needs to know to start.
SANDBOX := $(addprefix --,$(filter sandbox=%,$(patsubst -D%,%,$(ARGS))))
# As many as pay on this machine, unless somebody says how many.
WORKERS := $(if $(JOBS),--jobs $(JOBS),-D workers=auto)
# Desktops have a BROWSER in the environment, which is none of this project's.
CHOSEN_BROWSER := $(if $(filter command,$(origin BROWSER)),$(BROWSER))
FAB := $(BIN)/fab --search-root deploy
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes

.DEFAULT_GOAL := help
.PHONY: help features examples report collect rerun steps test check format lint unit run bench mutants browser grid engine base-image provision deploy promote box box-stop lock

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

report: .venv/ready ## make the pages of the results there are: reports/site/index.html
	$(BIN)/python -m acceptance.report

collect: .venv/ready ## add results of other machines to those here, and make the pages (ARGS="folder …")
	$(BIN)/python -m acceptance.report --collect $(ARGS)

features: .venv/ready browser $(if $(filter docker,$(TARGET)),base-image) ## run Edith's journeys (ARGS="--tags=@smoke", BROWSE=1 to watch, JOBS=4, BROWSER=firefox, TARGET=docker or a site)
	$(BEHAVE) -D target=$(TARGET) -D sites=$(SITES) $(WORKERS) $(if $(BROWSE),-D headless=no) $(addprefix -D browser=,$(CHOSEN_BROWSER)) $(ARGS)

rerun: .venv/ready browser $(if $(filter docker,$(TARGET)),base-image) ## run only what failed the last time (BROWSER=firefox, TARGET=docker or a site)
	$(BIN)/python -m acceptance.report.rerun $(TARGET) -D sites=$(SITES) $(if $(BROWSE),-D headless=no) $(addprefix -D browser=,$(CHOSEN_BROWSER)) $(ARGS)

examples: .venv/ready browser base-image ## run the scenarios of the second site, examples/library, in this process and in a container
	rm -rf examples/library/engine
	mkdir -p examples/library/engine/acceptance
	cp -R acceptance/__init__.py acceptance/django_app examples/library/engine/acceptance/
	for target in local docker; do \
	  (cd examples/library && PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/python -m behave -D target=$$target \
	    --junit-directory=$(CURDIR)/reports/junit/examples-$$target $(ARGS)) || exit; \
	done

steps: .venv/ready ## list every step there is, with an example (ARGS="a word")
	@$(BIN)/python -m acceptance.prose.step_catalogue $(ARGS)

test: .venv/ready browser ## run everything: lint, unit tests, the journeys, targets, whole runs
	$(BIN)/python -m scripts.test_all

check: .venv/ready ## lint and unit tests only, for before each commit
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint unit

format: .venv/ready ## put the code in the form that lint asks for
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

lint: .venv/ready
	$(BIN)/python -m scripts.lint

unit: .venv/ready
	$(BIN)/python -m scripts.unit

run: .venv/ready ## serve the site at http://localhost:8000/ for a look
	$(BIN)/python manage.py migrate
	$(BIN)/python manage.py runserver

bench: .venv/ready browser ## measure the journeys against bare Selenium, and against the usual way to test them
	@$(BIN)/python -m scripts.browser --quiet --browser=firefox
	$(BIN)/python -m benchmarks $(if $(filter-out local,$(TARGET)),--target local $(TARGET) --sites $(SITES)) $(ARGS)

mutants: .venv/ready browser ## break the site on purpose, and see which tests notice (ARGS=--all, or ARGS="words of a bug's name")
	$(BIN)/python -m scripts.mutants $(ARGS)

browser: .venv/ready ## find or install a browser and its driver (BROWSER=firefox)
	@$(BIN)/python -m scripts.browser $(if $(filter browser,$(MAKECMDGOALS)),,--quiet) $(SANDBOX) $(addprefix --browser=,$(CHOSEN_BROWSER))

grid: .venv/ready browser ## start a Selenium Grid to rehearse on, until Ctrl-C (ARGS=--port=4444)
	@$(BIN)/python -m scripts.browser --quiet --browser=firefox
	@$(BIN)/python -m scripts.grid $(ARGS)

engine: .venv/ready ## install and start a container engine where none answers (Debian or Ubuntu, as root)
	@$(BIN)/python -m scripts.container_engine

base-image: .venv/ready ## have what the site's image is built upon
	@$(BIN)/python -m scripts.base_image

provision: .venv/ready ## make a Debian or Ubuntu server ready for a site (SITE=staging)
	$(FAB) provision $(SITE) --sites=$(abspath $(SITES))

deploy: .venv/ready browser ## bring the committed code to a site, and prove it (SITE=staging)
	$(FAB) deploy $(SITE) --sites=$(abspath $(SITES))

promote: .venv/ready browser ## bring the release that passes on one site to another (FROM=staging SITE=production RELEASE=commit)
	$(FAB) promote $(FROM) $(SITE) --sites=$(abspath $(SITES)) $(addprefix --release=,$(RELEASE)) $(ARGS)

box: .venv/ready base-image ## start a server in a box to rehearse a deploy on (ARGS="--runtime=docker")
	@$(BIN)/python -m scripts.box start $(ARGS)

box-stop: .venv/ready ## end the server in a box, and remove all of it
	@$(BIN)/python -m scripts.box stop $(ARGS)

lock: .venv/ready ## pin the requirements again, with the hashes of their files
	$(COMPILE) superlists/requirements.in -o superlists/requirements.txt
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) -c requirements.txt databases/requirements.in -o databases/requirements.txt
	$(COMPILE) -c requirements.txt examples/library/requirements.in -o examples/library/requirements.txt

.venv/ready: requirements.txt scripts/venv.sh
	PYTHON="$(PYTHON)" sh scripts/venv.sh
