"""Makes rows and registers for the tests: a row that counts, plus what a test changes in it."""

import csv
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.empreintes import inventorier
from barometre_lib.campagne.manifeste import NOM
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.acquittements import Acquittement, Decision, chemin_acquittements, composer
from barometre_lib.parametres.edition import Exemple
from barometre_lib.parametres.rapprochements import Rapprochement, Verdict, empreinte_paire
from barometre_lib.parametres.regles import ParametresRegles, lire_parametres_regles
from barometre_lib.qualite.bilan import Bilan
from barometre_lib.qualite.suites import Gravite
from barometre_lib.registre.derivation import deriver, typer
from barometre_lib.registre.lecture import Registre, mettre_en_table
from barometre_lib.vocabulaire import COLONNES_ATTENDUES, NOMS_COLONNES, Nature, Releve

RACINE = Path(__file__).resolve().parents[1]
LIGNE_TYPE: dict[str, Any] = yaml.safe_load(
    (RACINE / "tests" / "regles" / "ligne_type.yaml").read_text(encoding="utf-8")
)
# Some tests put another in its place.
_CHARGER = Barometre.charger
# The relèves of the project.
RELEVES = ("2023-S2", "2024-S1", "2024-S2", "2025-S1", "2025-S2")
# `make epreuves` (BAROMETRE_TOUT) tries all; `make test`, a sample.
TOUT = bool(os.environ.get("BAROMETRE_TOUT"))
# One of each kind, when they are not all tried: a year and a first semester, with an earlier relève.
DEUX_RELEVES = RELEVES if TOUT else ("2024-S2", "2025-S1")
# The only row of the small root.
LIGNE_PETITE = {"id_mouvement": "84-1", "code_commune": "69123", "date_effet": "2024-05-02"}
# The SIRET of two sites, fictitious and Luhn-valid.
SIRET_A = "00011100000014"
SIRET_B = "00022200000028"
EDITION = {"mois": "2025-03", "jour": "2025-03-13", "etat": "diffuse", "situation": "diffusée", "rectificatif": ""}


def ligne(**differences: Any) -> dict[str, str]:
    """Return the row of `ligne_type.yaml`, every column as text, changed where a test says so; None is empty."""
    unknown = set(differences) - set(NOMS_COLONNES)
    if unknown:
        raise ValueError(f"columns that the register does not have: {sorted(unknown)}")
    row = dict.fromkeys(NOMS_COLONNES, "") | LIGNE_TYPE | differences
    return {name: "" if value is None else str(value) for name, value in row.items()}


def lignes(*differences: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return one row per set of differences, numbered M-0001, M-0002… unless it has its own identifier."""
    return [ligne(**{"id_mouvement": f"M-{n:04d}"} | dict(one)) for n, one in enumerate(differences, start=1)]


def textes(rows: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Return rows as the library reads them before it types them, in one file per region."""
    records = [
        [f"{region}.csv", region, line, *(row[name] for name in NOMS_COLONNES)]
        for line, row in enumerate(rows, start=2)
        for region in [region_de(row["code_commune"])]
    ]
    return mettre_en_table(records)


def table(rows: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Return rows of texts as the library reads them: typed, placed, with their site and semester."""
    texts = pd.DataFrame(list(rows), columns=list(NOMS_COLONNES), dtype="str")
    return deriver(typer(texts), nomenclatures())


def barometre(rows: Iterable[Mapping[str, str]], releve: str = "2024-S2", **surcharges: Any) -> Barometre:
    """Return a barometer made of rows, without a file."""
    kept = list(rows)
    # A folder that does not exist: this relève has no previous one.
    read = {"mouvements": table(kept), "textes": textes(kept), "dossier": RACINE / "nulle-part"}
    registre = Registre(Releve.lire(releve), demonstration=True, **read)
    return Barometre(registre, parametres(releve, **surcharges))


def editer(barometre: Barometre, **changes: Any) -> Barometre:
    """Change what is decided for the edition of a relève that nothing has been asked of yet, and return it.

    Examples are given by their identifiers.
    """
    if "exemples" in changes:
        changes["exemples"] = {code: [*map(Exemple, names)] for code, names in changes["exemples"].items()}
    edition = replace(barometre.edition, **changes)
    vars(barometre).update(edition=edition, edition_connue=edition)
    return barometre


def ecrire_releve(
    dossier: Path, rows: Iterable[Mapping[str, str]], releve: str = "2024-S2", *, demonstration: str | None = "oui"
) -> Path:
    """Write a relève on disk, each row in the file of its commune's region, and return the folder of relèves.

    The other regions have a file with the header alone. No `provenance.yaml` when `demonstration` is None.
    """
    folder = dossier / releve
    folder.mkdir(parents=True, exist_ok=True)
    of_region: dict[str, list[Mapping[str, str]]] = {region: [] for region in nomenclatures().regions}
    for row in rows:
        of_region[region_de(row["code_commune"])].append(row)
    for region, kept in of_region.items():
        with (folder / f"{region}.csv").open("w", encoding="utf-8", newline="") as file:
            names = [one for one in NOMS_COLONNES if one in COLONNES_ATTENDUES or any(row[one] for row in kept)]
            writer = csv.DictWriter(file, names, delimiter=";", lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(kept)
    if demonstration is not None:
        (folder / "provenance.yaml").write_text(f"demonstration: {demonstration}\n", encoding="utf-8")
    return dossier


@contextmanager
def refus(said: str, kind: type[ErreurBarometre] = ErreurBarometre) -> Iterator[None]:
    """Expect a refusal whose message has these words, a pattern; any kind of space is a space."""
    with pytest.raises(kind) as caught:
        yield
    message = re.sub("[\u00a0\u202f]", " ", str(caught.value))
    assert re.search(said, message, re.DOTALL), f"{message!r} ne dit pas {said!r}"


def deposer_publication(
    folder: Path, pages: Mapping[str, str] | None = None, *, publique: bool = False, **changes: Any
) -> Path:
    """Write a publication of demonstration data whose manifest is true, then changed where a test says so."""
    for name, text in (pages or {"index.html": "la précédente"}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    files = {name: one for name, one in inventorier(folder).items() if name != NOM}
    public = {"releve": folder.name, "demonstration": True, "edition": EDITION, "sorties": files}
    inputs = ("donnees", "precedente", "anterieures", "parametres", "suites", "contacts", "reference", "carnets")
    internal = {key: {} for key in inputs} | {
        "regions_absentes": [],
        "france": {"periode": "2024", "solde_net": 89},
        "code": "0" * 64,
        "versions": {"python": "3.11"},
        "rectificatif": "",
        "controles": {"x": {"suite": "s", "gravite": "bloquant", "lignes": 1, "en_defaut": 0, "acquittees": 0}},
        "pages": {"regional-84": "0" * 64},
    }
    content = public | ({} if publique else internal) | changes
    (folder / NOM).write_text(json.dumps(content), encoding="utf-8")
    return folder


def region_de(commune: str) -> str:
    """Return the region of a commune, whatever accepted code names it."""
    reference = nomenclatures()
    department = reference.departement_de_commune[reference.commune_actuelle[commune]]
    return reference.departements[department].region


def identifiant(texte: str) -> str:
    """Return a French name without its accents: pytest escapes what is not ASCII in the name of a test."""
    return unicodedata.normalize("NFKD", texte).encode("ascii", "ignore").decode("ascii")


@cache
def nomenclatures() -> Nomenclatures:
    """Return the project's reference tables, read once, wherever a test is."""
    return Nomenclatures(RACINE / "data" / "reference")


@cache
def charger(releve: str) -> Barometre:
    """Return a relève of the project, read once, and counted once."""
    return _CHARGER(releve, registre=RACINE / "data" / "releves")


@cache
def parametres(releve: str = "2024-S2", **surcharges: Any) -> ParametresRegles:
    """Return the project's parameters at a relève, official unless a test overrides some, read once."""
    return lire_parametres_regles(
        Releve.lire(releve), surcharges=surcharges, nomenclatures=nomenclatures(), dossier=RACINE / "params"
    )


def repondre(
    parametres: ParametresRegles, mouvements: pd.DataFrame, reponses: Iterable[tuple[str, ...]]
) -> ParametresRegles:
    """Answer pairs of rows, each `(first, second, verdict)`, a kind after it, and `tombee` if a value changed since."""
    rows, answers = mouvements.set_index("id_mouvement"), list[Rapprochement]()
    for one, other, verdict, *rest in reponses:
        first, second = sorted([one, other])
        kind = Nature(rest[0]) if rest else Nature.MEME_MOUVEMENT
        there = {first, second} <= {*rows.index} and "tombee" not in rest
        fingerprint = empreinte_paire(rows, first, second) if there else "0" * 16
        said = Rapprochement(first, second, kind, Verdict(verdict), "Vu avec eux.", fingerprint, parametres.releve)
        answers.append(said)
    return replace(parametres, rapprochements=tuple(answers))


def petite_racine(root: Path) -> Path:
    """Copy the project's root, with one small relève, where it is free to be broken.

    Without its page of sensitivity: it counts the relève again under each variant, and takes as long as all the others.
    """
    for name in ("params", "notebooks", "data/reference", "data/publie"):
        shutil.copytree(RACINE / name, root / name)
    catalogue = root / "params" / "carnets.yaml"
    kept = re.sub(r"^sensibilite:\n(?: .*\n)+\n?", "", catalogue.read_text(encoding="utf-8"), flags=re.MULTILINE)
    catalogue.write_text(kept, encoding="utf-8")
    edition = root / "params" / "releves" / "2024-S2.yaml"
    kept = edition.read_text(encoding="utf-8").partition("exemples:")[0]
    edition.write_text(f"{kept}exemples: {{}}\n", encoding="utf-8")
    for path in (*edition.parent.glob("*.acquittements.csv"), *edition.parent.glob("*.rapprochements.csv")):
        path.unlink()
    ecrire_releve(root / "data" / "releves", [ligne(**LIGNE_PETITE)])
    return root


def bilan(releve: str = "2024-S2") -> Bilan:
    """Return what a gate without a suite finds."""
    return Bilan(Releve.lire(releve), None, 0, (), (), (), ())


def justifier(
    found: Bilan, *controles: str, raison: str = "Relu avec le service.", **changes: Any
) -> list[Acquittement]:
    """Return what lets the warnings of some checks pass, all by default, changed where a test says so."""
    return [
        replace(
            Acquittement(
                one.controle.nom, row.reference, row.empreinte, Decision.JUSTIFIE, raison, origine=found.releve
            ),
            **changes,
        )
        for one in found.resultats
        if one.controle.gravite is Gravite.AVERTISSEMENT and (not controles or one.controle.nom in controles)
        for row in one.constats
    ]


def ecrire_acquittements(racine: Path, releve: str, acquittements: Iterable[Acquittement]) -> Path:
    """Write what was decided of the warnings of a relève in the project of a folder, and return the file."""
    path = chemin_acquittements(Releve.lire(releve), racine / "params")
    path.write_bytes(composer(acquittements))
    return path


def promesse(fonction: Callable[..., Any], *arguments: Any) -> "Future[Any]":
    """Return a future that already holds what a function gives or raises."""
    done: Future[Any] = Future()
    try:
        done.set_result(fonction(*arguments))
    except Exception as error:
        done.set_exception(error)
    return done
