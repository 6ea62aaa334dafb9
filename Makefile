# The commands of README.md. Each target is made only when something that it is made of has changed.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The first Python that is new enough and can make an environment, unless one is named: make env PYTHON=python3.13
PYTHON ?= $(or $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c "import ensurepip" 2>/dev/null && echo $$python && break; done),python3)
TORCH ?= cpu
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

# One thread a process: the same digits every time, and two processes do not fight over two cores.
export OMP_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Packages and settings of another project, or without assertions: nothing of these is meant for this one.
unexport PYTHONPATH PYTHONHOME PYTHONOPTIMIZE PYTHONSAFEPATH MPLBACKEND
# Before 3.13 Python reads where a checkout lies by the locale's encoding: with LC_ALL=C no umlaut could be in its path.
ifeq ($(shell locale charmap 2>/dev/null),ANSI_X3.4-1968)
export LC_ALL := C.UTF-8
endif
# A user without a name, as of `docker run -u 12345`, has no home, and Jupyter does not start without one.
ifndef HOME
export HOME := $(or $(shell getent passwd $$(id -u) 2>/dev/null | cut -d: -f6),/nonexistent)
endif
# What makes files says so before it begins where none can be made.
ifneq ($(filter course test env release book serve class student-bundle dist,$(MAKECMDGOALS)),)
$(if $(shell test -w . || echo closed),$(error $(CURDIR) cannot be written by this user, or its disk is read-only. \
	Copy it elsewhere, and run the same command there))
endif
# After something failed: is a disk full? Then a sentence names it, and the command to run when there is room.
FULL := $(BIN)/python -m tools.surroundings
ALONE := $(if $(filter 0,$(MAKELEVEL)),yes)
# Progress bars belong on a screen, not into stored outputs that are compared.
STORED := TQDM_DISABLE=1

LIBRARY := $(shell find gdm_lib -name '*.py')
GRADER := $(shell find gdm_grader -type f -not -name '*.pyc') nbgrader_config.py
BOOK := _config.yml $(shell find book -type f -not -path '*/.ipynb_checkpoints/*' -not -name '*.pyc')
# Where the solutions are says one line of nbgrader_config.py; without them the released assignments stay as they are.
SOLUTIONS := $(shell sed -nE 's/^c.CourseDirectory.source_directory = "(.*)"/\1/p' nbgrader_config.py)
SOURCES := $(wildcard $(SOLUTIONS)/*/*.ipynb)
NAMES := $(notdir $(patsubst %/,%,$(dir $(or $(SOURCES),$(wildcard assignments/*/*.ipynb)))))
RELEASES := $(foreach name,$(NAMES),assignments/$(name)/$(name).ipynb)
CATALOGUE := $(wildcard $(SOLUTIONS)/*/catalogue/*.py)

# Every target in plain letters is a command, not a file.
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*/\1/p' Makefile)

help:  ## show this list
	@awk -F ':.*## ' '/^#: /{printf "\n%s\n", substr($$0, 4)} /^[a-z-]+:.*## /{printf "  %-18s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

#: The two commands
course:  ## make the environment, the assignments, the book and a graded demonstration class
	@echo "make course: the first time it fetches some 0.5 GB (2 GB on disk), then it executes the book and grades a"
	@echo "class. On two cores that takes some 6 minutes; later only what has changed is made anew."
	@for part in env book class; do $(MAKE) --no-print-directory $$part || \
		{ echo; echo "make course stopped in one part: $$part. To see this part alone: make $$part"; \
		test ! -x $(BIN)/python || $(FULL) "make course"; exit 1; }; done
	@echo
	@echo "The book:        make serve shows it on localhost:$(PORT), or open _build/html/index.html"
	@echo "The assignments: $(BIN)/jupyter lab $(firstword $(RELEASES))"
	@echo "The class:       open _build/class/report/masks.html; make class shows the table again"

test:  ## everything that continuous integration runs
	@echo "make test: the first time it fetches some 0.7 GB (3 GB on disk), and Chromium and PostgreSQL from the system's"
	@echo "packages where they are missing. The tests take about 20 minutes on two cores."
	@for part in $(VENV)/.test "-j 2 lint nbval" "-j 2 book class" unit; do \
		echo "make $$part"; $(MAKE) --no-print-directory $$part || { echo; \
		echo "make test stopped in one part. To see this part alone: make $$part"; \
		test ! -x $(BIN)/python || $(FULL) "make test"; exit 1; }; done
	@echo "All tests passed."

serve: book  ## show the book on localhost
	$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

# --- the environment -------------------------------------------------------------------------------------------------

#: The environment

env: $(VENV)/.course  ## make .venv with the locked environment; TORCH=auto takes the build for your GPU
	@$(BIN)/python -m tools.environment --show --python "$(call NAMED,PYTHON)" --torch "$(call NAMED,TORCH)"

# The value of a variable that stands on the command line or in the environment, and not here alone.
NAMED = $(if $(filter-out file,$(origin $(1))),$($(1)))
# Where the Python of .venv is gone, or its folder was moved, it is made anew: its commands name both.
WHOLE := test -x $(BIN)/python && grep -qF -- "$$(pwd -P)/$(VENV)" $(VENV)/pyvenv.cfg
$(shell test ! -e $(VENV)/.course || { $(WHOLE); } || rm -f $(VENV)/.course $(VENV)/.tools $(VENV)/.test)

PROJECTS := pyproject.toml gdm_lib/pyproject.toml gdm_grader/pyproject.toml

$(VENV)/.course: $(PROJECTS) requirements.lock tools/environment.py tools/surroundings.py
	@command -v $(PYTHON) >/dev/null || { \
		echo "Expected a Python from 3.11 to 3.14 under the name $(PYTHON), found none. Install one, on Debian and Ubuntu:"; \
		echo "sudo apt-get install python3-venv; or name another: make env PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m tools.environment requirements.lock --torch $(TORCH)
	touch $@

# What tests and lint need from Python's packages, and then, for browser and database tests, from the system's.
$(VENV)/.tools: $(VENV)/.course requirements-test.lock
	$(PYTHON) -m tools.environment requirements-test.lock --torch $(TORCH)
	touch $@

$(VENV)/.test: $(VENV)/.tools
	tools/install_system.sh
	touch $@

# The lock holds for every Python and system that pyproject.toml declares; a package stays as it is unless UPGRADE=1.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-annotate --no-header --no-emit-package gdm-lib --excludes tools/cuda-packages.txt $(if $(UPGRADE),--upgrade) \
	gdm_lib/pyproject.toml gdm_grader/pyproject.toml

lock: $(VENV)/.course  ## resolve every version anew that no longer fits; all of them with UPGRADE=1
	$(COMPILE) --group env --group student --group book -o requirements.lock
	$(COMPILE) --all-extras --group env --group student --group book --group test --group peers \
		-c requirements.lock -o requirements-test.lock

# --- assignments, book, class ----------------------------------------------------------------------------------------

#: Assignments, book, class

release: $(RELEASES)  ## make the students' notebooks from the solutions

check-releases: | $(VENV)/.course  ## show that the students' notebooks are what the solutions make
	for name in $(NAMES); do $(BIN)/gdm release --check $$name || exit 1; done

# In a fresh clone all files are of one age, in any order: what is already as it should be is not made anew.
assignments/%.ipynb: $(SOLUTIONS)/%.ipynb $(GRADER) | $(VENV)/.course
	@if $(BIN)/gdm release $(notdir $*) --check > /dev/null 2>&1; then touch $@; \
	else echo "$(BIN)/gdm release $(notdir $*)" && $(BIN)/gdm release $(notdir $*); fi

book: _build/html/.made  ## build the book into _build/html

# Where the last build did not come to its end, Sphinx reads and writes each page anew: it takes half a page for whole,
# and does not say again what it warned of. What was executed stays.
_build/html/.made: $(BOOK) $(RELEASES) $(LIBRARY) requirements.lock | $(VENV)/.course
	@test -e $@ || rm -f _build/.doctrees/environment.pickle
	@rm -f $@
	$(STORED) $(BIN)/jupyter-book build . --toc book/_toc.yml -W --keep-going -n && touch $@ || { \
		$(if $(ALONE),$(FULL) "make book";) exit 1; }

# Its pictures are made from the code's imports.
book/_static/architecture/%.svg: $(LIBRARY) $(GRADER) | $(VENV)/.course
	$(BIN)/python -m tools.pictures.architecture $*

figures: | $(VENV)/.course  ## draw the figures of the book anew
	PYTHONPATH=book/_ext $(BIN)/python -m gdm_figures

addresses:  ## refuse while _config.yml names the example's repository and site
	@! grep -nE "OWNER/REPO|example\.org" _config.yml || { \
		echo "Expected your own addresses in the lines above of _config.yml: repository: url, and html: baseurl."; exit 1; }

student-bundle: _build/student-bundle.zip  ## write what students are given: one zip, nothing of the instructor's

_build/student-bundle.zip: $(RELEASES) $(LIBRARY) $(GRADER) pyproject.toml requirements.lock | $(VENV)/.course
	$(BIN)/gdm bundle $@

launch: _build/launch/.made  ## put the plain notebooks of the pages, with what they need, into _build/launch

_build/launch/.made: _build/html/.made .binder/postBuild
	$(BIN)/python -m tools.launch
	touch $@

# REMOTE names the repository, with the right to write: the branch is made anew each time, and has no history.
push-notebooks:  ## push _build/launch as the branch `notebooks` that the launch buttons open
	cd _build/launch && git init --quiet && git add --all && \
		git -c user.name=publish -c user.email=publish@localhost commit --quiet -m "The notebooks of the book" && \
		git push --quiet --force $(REMOTE) HEAD:notebooks

site-report: $(VENV)/.test book  ## weigh and check every page of the built book
	$(BIN)/python -m tools.site_report

stalls: $(VENV)/.test book  ## show how long the flow that learns in the page holds the page up, in CPU time
	$(BIN)/python -m tools.stalls

pdf: $(VENV)/.test book  ## print the whole book, solutions shown, into one PDF
	$(BIN)/python -m tools.pdf

dist: $(VENV)/.course  ## build what a release publishes, wheels and source archives, into _build/dist
	$(BIN)/python -m tools.dist

# Trusted publishing: the workflow `release` proves who it is, and no password is kept anywhere. Nothing is built here:
# what is published is what was tested.
upload: $(VENV)/.course
	@test -n "$(wildcard _build/dist/*.whl)" || { echo "Expected what is to be published in _build/dist. Run: make dist"; \
		exit 1; }
	$(BIN)/python -m uv publish --trusted-publishing always _build/dist/*

citation: $(VENV)/.course  ## write _build/CITATION.cff with the DOI of a release: DOI=10.5281/zenodo.1234567
	$(BIN)/python -m tools.citation "$(DOI)"

release-check: $(VENV)/.tools  ## see whether a release could be made: addresses, version, changelog, a clean tree
	$(BIN)/python -m tools.release

ifeq ($(SOURCES),)
class:
	@echo "No class: there are no solutions in $(SOLUTIONS)/, the folder that nbgrader_config.py names."
else
class: _build/class/.graded  ## make, grade and show a demonstration class
	$(BIN)/gdm report masks
endif

_build/class/.graded: $(RELEASES) $(CATALOGUE) $(GRADER) | $(VENV)/.course
	$(BIN)/gdm demo masks && $(BIN)/gdm grade masks && touch $@ || { \
		$(if $(ALONE),$(FULL) "make class";) exit 1; }

notebooks: | $(VENV)/.course  ## execute every page and solution anew and store its text outputs
	$(BIN)/gdm refresh book $(wildcard $(SOLUTIONS))

# --- tests -----------------------------------------------------------------------------------------------------------

#: Tests and measurements

lint: $(VENV)/.tools  ## formatting and types
	$(BIN)/ruff check
	$(BIN)/mypy

# Strict: a version that could not be looked up counts as a failure, not as a version without vulnerabilities.
audit: $(VENV)/.tools  ## the workflows by zizmor, the locked versions by the known vulnerabilities; needs the network
	$(BIN)/python -m uv tool run --from zizmor zizmor --offline .github
	$(BIN)/python -m uv tool run --from pip-audit pip-audit --strict --disable-pip --require-hashes -r requirements.lock

links: $(VENV)/.course  ## ask every address outside the book whether it is still there; needs the network
	$(BIN)/jupyter-book build . --toc book/_toc.yml --builder linkcheck

# Of the attacks one of each way in, so that what breaks them all is seen here; `make attacks` has the others.
ONE_EACH := 'tests/sandbox/test_inside.py::test_an_attack_inside_reaches_nothing_and_costs_its_own_cell[exhaust-abort]' \
	'tests/referee/test_attacks.py::test_an_attack_gains_nothing[forge-tests_as_text]'
unit: $(VENV)/.test book
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow" --ignore tests/sandbox --ignore tests/referee/test_attacks.py
	$(BIN)/pytest -q -n 2 tests/sandbox/test_kernels.py $(ONE_EACH)

slow: $(VENV)/.test book  ## run the tests that take longest: kills, full disks, formgrader, wheels, plain nbgrader; minutes
	$(STORED) $(BIN)/pytest -n 2 -m slow --ignore tests/sandbox --ignore tests/referee/test_attacks.py

# What it has run the book takes from the cache, and does not run again. Numbers tagged nbval-close may differ slightly.
# The longest, solutions and results, come first, so that no process waits for the other at the end.
PAGES := $(shell find book -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*' | sort -r)
nbval: $(VENV)/.test
	$(STORED) $(BIN)/pytest -o addopts= -p tests.book.keep -p tests.book.close --nbval -n 2 --dist loadfile \
		--no-loadscope-reorder $(SOURCES) $(PAGES)

attacks: $(VENV)/.test  ## run every attack on sandbox and referee; _build/bench/attacks.json sums them up; minutes
	$(BIN)/pytest -p tests.attacks.report tests/sandbox tests/referee/test_attacks.py

fuzz: $(VENV)/.test  ## send the protocol anything, in both directions, by its grammar and by coverage; twice ten minutes
	GDM_FUZZ_EXAMPLES=20000 $(BIN)/pytest -q tests/referee/test_fuzz.py
	$(BIN)/uv pip install --quiet --python $(BIN)/python --target _build/fuzz/atheris atheris==3.0.0
	PYTHONPATH=_build/fuzz/atheris $(BIN)/python -m tools.fuzz_frames --seconds 600

hostile: $(VENV)/.test $(RELEASES)  ## grade a class of 1,000 with and without 1,000 hostile notebooks; NUMBER=50 for fewer; up to an hour
	$(BIN)/python -m tools.hostile --students $(or $(NUMBER),1000) --hostile $(or $(NUMBER),1000)

attacks-plain: $(VENV)/.test  ## try them on plain nbgrader; book/attacks.json says what each does there; half an hour
	$(BIN)/python -m tools.attacks_plain

kill: $(VENV)/.test $(RELEASES)  ## kill parts of the grader at POINTS random moments of a class of STUDENTS; 100 and 60 take an hour
	$(BIN)/python -m tools.kill --points $(or $(POINTS),100) --students $(or $(STUDENTS),60)

kill-commands: $(VENV)/.test  ## kill each command of gdm before each change of a file, and at POINTS random moments a signal; minutes
	$(BIN)/python -m tools.kill_commands --points $(or $(POINTS),1)

hogs: $(VENV)/.test $(RELEASES)  ## grade a class of 30 with 5 that exhaust the machine, and see what the others lose
	$(BIN)/python -m tools.bench.hogs

load: $(VENV)/.test $(RELEASES)  ## grade a class of 1,000, and see that memory stays flat; up to half an hour
	$(BIN)/python -m tools.bench.load

bench: $(VENV)/.test  ## measure gdm_lib beside other libraries, and how its cost grows with m
	$(STORED) $(BIN)/python -m tools.bench.gdm_lib
	$(BIN)/python -m tools.bench.growth

on-gpu: $(VENV)/.tools  ## train and sample each model on a GPU and compare it with the CPU; five minutes
	$(STORED) $(BIN)/python -m tools.on_gpu

bench-grader: $(VENV)/.test  ## measure gdm grade beside nbgrader autograde on the same class
	$(BIN)/python -m tools.bench.grader

try: $(VENV)/.course  ## try the wheels on another Python or torch: PYTHON=python3.13 VERSIONS=newest; minutes
	$(BIN)/python -m tools.try_elsewhere $(PYTHON) --versions $(or $(VERSIONS),locked) --backend $(TORCH)

hub: $(VENV)/.test  ## a JupyterHub with two students and an instructor, driven by a browser; ten minutes; AS_ROOT=sudo
	$(AS_ROOT) $(BIN)/python -m tools.hub

table: $(VENV)/.course  ## the book's models beside the papers' tables: DATA=folder with their data; some 10 minutes
	@test -n "$(DATA)" || { echo "Expected DATA=folder, with dna.npz, mushrooms.npz and nips.npz: see book/results/papers"; exit 1; }
	$(BIN)/python -m tools.table $(DATA)

table-mnist: $(VENV)/.course  ## the same for binarized_mnist.npz in DATA: some 12 hours of one core
	@test -n "$(DATA)" || { echo "Expected DATA=folder, with binarized_mnist.npz"; exit 1; }
	$(BIN)/python -m tools.table $(DATA) --mnist

flow-digits: $(VENV)/.course  ## MAF and the transformer flow on the digits, three seeds, for its page; some 5 minutes
	$(BIN)/python -m tools.flow_digits

larger-digits: $(VENV)/.course  ## three PixelCNNs on digits of 14 x 14 pixels, and one trained longer, for its page; a quarter of an hour
	$(BIN)/python -m tools.larger_digits

flow-densities: $(VENV)/.course  ## two flows on the plane, short and long trainings, for results/densities; ten minutes
	$(BIN)/python -m tools.flow_densities

results: $(VENV)/.course  ## the numbers of results/images and results/densities with their seconds, for the table to cite
	$(BIN)/python -m tools.cited

seeds: $(VENV)/.test  ## show every answer of the catalogue 200 seeds of the hidden tests; minutes
	$(BIN)/python -m tools.seeds

courses: $(VENV)/.test  ## grade small courses, and nbgrader's example, with gdm and with plain nbgrader; minutes
	$(BIN)/python -m tools.courses_plain

answers: $(VENV)/.test  ## judge answers that nobody here wrote, and right ones in other forms; minutes
	$(BIN)/python -m tools.answers

mutation: $(VENV)/.test  ## count the mutants of the solutions that the hidden tests kill; a minute
	$(BIN)/python -W ignore::SyntaxWarning -m tools.mutation

pictures: $(VENV)/.test book class  ## take the pictures of the students' page and of README.md anew; minutes
	$(BIN)/python -m tools.pictures.students
	$(BIN)/python -m tools.pictures.readme

clean:  ## remove everything that was made, but for the environment and classes of real students
	for made in _build/* _build/.[!.]*; do test -d $$made/submitted -a ! -f $$made/demonstration.txt || rm -rf $$made; done
	rm -rf .pytest_cache .mypy_cache .ruff_cache
