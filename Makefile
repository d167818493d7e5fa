# The README's commands. `make` makes .venv itself and installs only when the lock or the project's own file changed.
PYTHON ?= python3
RELEVE ?= 2024-S2
BIN := .venv/bin

.PHONY: installer help publier test test-rapide style types essais essais-rapides lab bench epreuves demonstration cartes schemas verrou messages hypotheses guide exploration lignes-testees

installer: .venv/installe ## installe tout dans .venv, à partir du verrou

# Copied or moved with its folder, .venv would run what is in the old one.
ifneq ($(shell cat .venv/installe 2>/dev/null),$(shell pwd -P))
.PHONY: .venv/installe
endif

.venv/installe: requirements.lock pyproject.toml outils/installer.py
	[ ! -s $@ ] || [ "$$(cat $@)" = "$$(pwd -P)" ] || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	$(BIN)/python outils/installer.py
	pwd -P >$@

help: ## dit ce que fait chaque commande
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

publier: installer ## contrôle, exécute et publie RELEVE (2024-S2) dans outputs/
	$(BIN)/barometre publier $(RELEVE)

# Where bytecode is not kept, as in many containers, each of the hundred processes of the tests compiles all it imports.
test test-rapide epreuves bench lignes-testees: export PYTHONDONTWRITEBYTECODE =

# mypy works in one process: it runs beside the tests, so that no processor waits for it.
test: style ## style, types et tous les tests : ce qu'une contribution doit passer
	$(MAKE) --jobs=2 --no-print-directory types essais

test-rapide: style ## style, types et les tests sans navigateur ni campagne, ni autre programme
	$(MAKE) --jobs=2 --no-print-directory types essais-rapides

essais: installer
	$(BIN)/pytest --numprocesses auto --dist loadfile

essais-rapides: installer
	$(BIN)/pytest --numprocesses auto --dist loadfile --hypothesis-profile rapide -m "not navigateur and not campagne and not long"

style: installer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: installer
	$(BIN)/mypy

# What the tests sample, as many times as said here.
CAS ?= 100000
PANNES ?= 200
ENDURANCE ?= 500
SECRETS ?= 1000
MOMENTS ?= 20
SEQUENCES ?= 200
SEMIS ?= 16
# One fault in how many is sown in the code: all of them take a day.
MUTATIONS ?= 10
epreuves: installer ## longues épreuves : cas tirés au hasard, processus tués, carnets à la suite, registre modifié, erreurs semées dans les données et le code
	PANNES=$(PANNES) ENDURANCE=$(ENDURANCE) SECRETS=$(SECRETS) MOMENTS=$(MOMENTS) SEQUENCES=$(SEQUENCES) $(BIN)/python benchmarks/epreuves.py
	BAROMETRE_SEMIS=$(SEMIS) $(BIN)/python benchmarks/rappel.py
	BAROMETRE_SEMIS=$(SEMIS) $(BIN)/python benchmarks/rapprochement.py
	$(BIN)/python benchmarks/couverture.py
	MUTATIONS=$(MUTATIONS) $(BIN)/python benchmarks/mutations.py
	BAROMETRE_EPREUVES=$(CAS) $(BIN)/pytest tests/test_bruit.py
	BAROMETRE_TOUT=1 $(BIN)/pytest --numprocesses auto $(shell grep -lE 'fabrique\.(TOUT|DEUX_RELEVES)' tests/test_*.py)

lignes-testees: installer ## mesure les lignes et branches de barometre_lib que les tests exécutent, dans tous les processus
	rm -rf build/lignes
	mkdir -p build/lignes
	$(BIN)/coverage run -m pytest --numprocesses auto --dist loadfile -m "not sans_mesure"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# With AVANT=<a checkout that has its .venv>, also beside what it costs there.
bench: installer ## mesure ce que dit benchmarks/resultats.md ; AVANT=dossier compare à une autre version
	$(BIN)/python benchmarks/controle.py
	$(BIN)/python benchmarks/comptage.py
	$(BIN)/python benchmarks/campagne.py
	$(BIN)/python benchmarks/autres.py
	$(if $(AVANT),$(BIN)/python benchmarks/avant.py $(AVANT))

# What the project's Jupyter is (French, the extension of the kernel) is beside the user's own settings, which come first.
lab: export JUPYTER_PATH := $(CURDIR)/outils/jupyter:$(JUPYTER_PATH)
lab: export JUPYTER_CONFIG_PATH := $(CURDIR)/outils/jupyter:$(JUPYTER_CONFIG_PATH)
lab: installer ## ouvre JupyterLab, en français, sur le carnet régional ; LAB="--port 8890" lui passe des options
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/regional.ipynb $(LAB)

guide: installer ## construit le guide, en français, dans build/guide : ouvrez build/guide/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

exploration: installer ## ouvre le carnet d'exploration comme une page, sur cette machine seule
	$(BIN)/python outils/exploration.py

demonstration: installer ## refait data/releves à partir de data/demonstration/comptes.csv, octet pour octet
	$(BIN)/python data/demonstration/engendrer.py

schemas: installer ## refait params/schemas à partir des modèles qui lisent params/
	$(BIN)/python params/schemas/engendrer.py

hypotheses: installer ## refait docs/hypotheses.md, l'effet de chaque choix mesuré sur la démonstration
	$(BIN)/python docs/engendrer.py

cartes: installer ## refait data/reference/cartes.json à partir des contours de data/cartes, octet pour octet
	$(BIN)/python data/cartes/placer.py

# It names no index.
verrou: installer ## renouvelle requirements.lock à partir de pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --all-extras --python-version 3.11 --upgrade \
		--no-header --no-annotate --output-file requirements.lock pyproject.toml

messages: installer ## compile les messages français de click
	$(BIN)/pybabel compile --directory barometre_lib/locale
