# The commands of README.md. Each target is made only when something that it is made of has changed.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

# One thread a process: the same digits every time, and two processes do not fight over two cores.
export OMP_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Progress bars belong on a screen, not into stored outputs that are compared.
STORED := TQDM_DISABLE=1

LIBRARY := $(shell find gdm_lib -name '*.py')
GRADER := $(shell find gdm_grader -type f -not -name '*.pyc') nbgrader_config.py
BOOK := _config.yml $(shell find book -type f -not -path '*/.ipynb_checkpoints/*' -not -name '*.pyc')
NAMES := $(notdir $(patsubst %/,%,$(dir $(wildcard solutions/*/*.ipynb))))
RELEASES := $(foreach name,$(NAMES),assignments/$(name)/$(name).ipynb)
CATALOGUE := $(wildcard solutions/*/catalogue/*.py)

.PHONY: help course test serve env book release class notebooks lint unit nbval attacks bench bench-grader lock clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

course: book class  ## make the environment, the assignments, the book and a graded demonstration class
	@echo
	@echo "The book:        _build/html/index.html   (make serve shows it on localhost:$(PORT))"
	@echo "The assignments: $(RELEASES)"
	@echo "The class:       _build/class             (make class shows the table again)"

test: $(VENV)/.test lint book class unit nbval  ## everything that continuous integration runs
	@echo "All tests passed."

serve: book  ## show the book on localhost
	$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

# --- the environment -------------------------------------------------------------------------------------------------

env: $(VENV)/.course  ## make .venv with the pinned environment

# torch goes first: any package that asks for "torch" would otherwise bring the newest.
$(VENV)/.course: pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -c requirements.lock "$$(grep -E '^torch==' requirements.lock)"
	$(BIN)/pip install -c requirements.lock -e '.[book,grader,student,peers]'
	touch $@

$(VENV)/.test: $(VENV)/.course
	$(BIN)/pip install -c requirements.lock -e '.[test]'
	tests/install_chromium.sh
	touch $@

lock:  ## resolve every version anew, in an environment made for it
	rm -rf _build/lock && $(PYTHON) -m venv _build/lock
	_build/lock/bin/pip install "$$(sed -nE 's/^ *"(torch==[^"]+)".*/\1/p' pyproject.toml)"
	_build/lock/bin/pip install -e '.[book,grader,student,test,peers]'
	_build/lock/bin/pip freeze --exclude-editable | sed -E 's/\+cpu$$//' > requirements.lock

# --- assignments, book, class ----------------------------------------------------------------------------------------

release: $(RELEASES)  ## make the students' notebooks from solutions/

assignments/%.ipynb: solutions/%.ipynb $(GRADER) | $(VENV)/.course
	$(BIN)/gdm release $(notdir $*)

book: _build/html/.made  ## build the book into _build/html

_build/html/.made: $(BOOK) $(RELEASES) $(LIBRARY) requirements.lock | $(VENV)/.course
	$(STORED) $(BIN)/jupyter-book build . --toc book/_toc.yml -W --keep-going -n
	touch $@

class: _build/class/.graded  ## make, grade and show a demonstration class
	$(BIN)/gdm report masks

_build/class/.graded: $(RELEASES) $(CATALOGUE) $(GRADER) | $(VENV)/.course
	$(BIN)/gdm demo masks
	$(BIN)/gdm grade masks
	touch $@

notebooks: | $(VENV)/.course  ## execute every page and solution anew and store its text outputs
	$(BIN)/gdm refresh book solutions

# --- tests -----------------------------------------------------------------------------------------------------------

lint: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/mypy

unit: $(VENV)/.test book
	$(BIN)/pytest -n 2 --ignore tests/sandbox

nbval: $(VENV)/.test
	$(STORED) $(BIN)/pytest -o addopts= --nbval -n 2 --dist loadfile book solutions

attacks: $(VENV)/.test  ## run every attack on sandbox and referee; _build/bench/attacks.json sums them up; minutes
	$(BIN)/pytest -p tests.attacks.report tests/sandbox tests/referee/test_attacks.py

bench: $(VENV)/.test  ## measure gdm_lib beside other libraries, and how its cost grows with m
	$(BIN)/python -m tests.bench.gdm_lib
	$(BIN)/python -m tests.bench.growth

bench-grader: $(VENV)/.test  ## measure gdm grade beside nbgrader autograde on the same class
	$(BIN)/python -m tests.bench.grader

clean:  ## remove everything that was made, but for the environment
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache
