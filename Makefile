# The README's commands. `make` makes .venv itself and installs only when the lock or the project's own file changed.
PYTHON ?= python3
RELEVE ?= 2024-S2
BIN := .venv/bin

.PHONY: installer help publier test test-rapide lab bench epreuves demonstration verrou messages

installer: .venv/installe ## installe tout dans .venv, à partir du verrou

.venv/installe: requirements.lock pyproject.toml outils/installer.py
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	$(BIN)/python outils/installer.py
	touch $@

help: ## dit ce que fait chaque commande
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

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

# Renews requirements.lock from pyproject.toml; it names no index.
verrou: installer
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --all-extras --python-version 3.11 --upgrade \
		--no-header --no-annotate --output-file requirements.lock pyproject.toml

# Compiles what click says in French.
messages: installer
	$(BIN)/pybabel compile --directory barometre_lib/locale
