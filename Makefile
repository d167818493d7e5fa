# The README's commands. `make` makes .venv itself and installs only when requirements.lock changed.
PYTHON ?= python3
RELEVE ?= 2024-S2
BIN := .venv/bin

.PHONY: installer publier test lab bench epreuves demonstration cartes verrou messages

installer: .venv/installe

.venv/installe: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

# Publishes RELEVE in outputs/.
publier: installer
	$(BIN)/barometre publier $(RELEVE)

# Style, types, tests.
test: installer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --dist loadfile

# Opens JupyterLab on the notebooks.
lab: installer
	$(BIN)/jupyter lab notebooks

# Measures, on this machine, what benchmarks/resultats.md says.
bench: installer
	$(BIN)/python benchmarks/controle.py
	$(BIN)/python benchmarks/comptage.py
	$(BIN)/python benchmarks/campagne.py

# Long trials, outside CI: what the tests sample, as many times as said here.
CAS ?= 100000
PANNES ?= 200
ENDURANCE ?= 500
epreuves: installer
	PANNES=$(PANNES) ENDURANCE=$(ENDURANCE) $(BIN)/python benchmarks/epreuves.py
	BAROMETRE_EPREUVES=$(CAS) $(BIN)/pytest tests/test_bruit.py

# Makes data/releves again from data/demonstration/comptes.csv, byte for byte.
demonstration: installer
	$(BIN)/python data/demonstration/engendrer.py

# Makes data/reference/cartes.json again from the outlines of data/cartes, byte for byte.
cartes: installer
	$(BIN)/python data/cartes/placer.py

# Renews requirements.lock from pyproject.toml; it names no index.
verrou: installer
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --all-extras --python-version 3.11 --upgrade \
		--no-header --no-annotate --output-file requirements.lock pyproject.toml

# Compiles what click says in French.
messages: installer
	$(BIN)/pybabel compile --directory barometre_lib/locale
