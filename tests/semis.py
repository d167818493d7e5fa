"""Faults planted in the demonstration, and what the gate finds of them: the recall of each check.

A fault is what goes wrong in a service (a column sorted alone, a zero too many), not what a check computes: how a fault
is planted knows no threshold of `params/qualite`. Many are planted at once, each in rows or in a file of its own.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import fabrique
import pandas as pd

from barometre_lib import Barometre
from barometre_lib.qualite.evaluation import evaluer
from barometre_lib.qualite.suites import Controle, Gravite, Suite, lire_suites
from barometre_lib.qualite.tables import construire_tables, table_textes, tables_de_lignes
from barometre_lib.registre.lecture import typer_registre
from barometre_lib.vocabulaire import NOMS_COLONNES

RELEVES = fabrique.RACINE / "data" / "releves"


class Ligne(dict[str, Any]):
    """A row: its cells as they are written, what is derived and decided, and `avant`, what the previous relève said."""

    def __getattr__(self, nom: str) -> Any:
        return self[nom]


# What becomes of a row: cells changed, or the rows that take its place; nothing where the fault cannot happen.
Geste = Callable[[Ligne, random.Random], Any]
ECRITES = ("fichier", "region_fichier", "ligne", *NOMS_COLONNES)


@dataclass(frozen=True)
class Semis:
    """One way in which a row, or a file, goes wrong."""

    controle: str  # the check, or the family of checks, that is there to find it
    erreur: str  # French: what went wrong
    geste: Geste  # what it does to a row, or to the rows of a file
    raison: str = ""  # French: why nobody can tell from the files; empty when one can
    seul: bool = False  # whether it needs a site that has no other row
    fois: int = 4  # faults planted at once


@dataclass(frozen=True)
class Plant:
    """One fault planted, and the references that may be found at fault for it."""

    semis: Semis
    references: frozenset[str]


Trouvailles = dict[str, set[str]]


@cache
def suites() -> tuple[Suite, ...]:
    return lire_suites(fabrique.nomenclatures())


@cache
def controles() -> dict[str, Controle]:
    return {check.nom: check for suite in suites() for check in suite.controles}


class Terrain:
    """A relève of the demonstration, where faults are planted."""

    def __init__(self, releve: str) -> None:
        self.barometre = Barometre.charger(releve, registre=RELEVES)
        before = self.barometre.precedente
        assert before is not None
        self.precedente: Barometre = before

    @cached_property
    def lignes(self) -> list[Ligne]:
        texts = self.barometre.registre.textes.to_dict("records")
        derived = tables_de_lignes(self.barometre, self.precedente)["mouvements"].to_dict("records")
        before = {one["id_mouvement"]: one for one in self.precedente.registre.textes.to_dict("records")}
        shared = Counter(row["cle_site"] for row in derived)
        rows = [Ligne(more | text) for more, text in zip(derived, texts, strict=True)]
        for row in rows:
            row["avant"], row["seul"] = before.get(row["id_mouvement"]), shared[row["cle_site"]] == 1
            row["fin"] = f"{row['fin_periode']:%Y-%m-%d}"
        return rows

    def lire(self, lignes: Iterable[Ligne]) -> Barometre:
        """Return the relève of these rows, beside the previous one."""
        table = pd.DataFrame([[row[name] for name in ECRITES] for row in lignes], columns=list(ECRITES))
        table = table.astype(dict.fromkeys(["fichier", "region_fichier", *NOMS_COLONNES], "str"))
        one = self.barometre
        read = typer_registre(table, one.releve, RELEVES, one.nomenclatures)
        return Barometre(read, one.parametres, {self.precedente.releve: self.precedente})

    def juger(self, lignes: Sequence[Ligne], tables: str = "lignes", edition: Any = None) -> Trouvailles:
        """Return what each check finds at fault: `textes` by line, `lignes` and `tout` by identifier or region."""
        if tables == "textes":
            columns = list(ECRITES)
            written = pd.DataFrame([[row[name] for name in columns] for row in lignes], columns=columns)
            made = {"textes": table_textes(written)}
            names = {"textes": written["region_fichier"] + ":" + written["ligne"].astype(str)}
        else:
            present = self.lire(lignes)
            if edition:
                vars(present).update(edition=edition, edition_connue=edition)
            made = (tables_de_lignes if tables == "lignes" else construire_tables)(present, self.precedente)
            made = {name: table for name, table in made.items() if name in ("mouvements", "suivi", "regions")}
            names = {name: table["region" if name == "regions" else "id_mouvement"] for name, table in made.items()}
        return {
            name: set(names[controles()[name].table].iloc[judged.fautives])
            for name, judged in evaluer(suites(), made).items()
        }

    @cache  # noqa: B019  there are two of them
    def intact(self, tables: str) -> Trouvailles:
        return self.juger(self.lignes, tables)


def reperer(row: Mapping[str, Any], tables: str) -> str:
    """Return what finds a row again, among those that may have lost their identifier."""
    return f"{row['region_fichier']}:{row['ligne']}" if tables == "textes" else str(row["id_mouvement"])


def semer_lignes(
    terrain: Terrain, semis: Sequence[Semis], hasard: random.Random, tables: str = "lignes"
) -> tuple[list[Ligne], list[Plant]]:
    """Plant faults of rows, each in rows that no other touches nor the check found before."""
    clean, taken = terrain.intact(tables), set[str]()
    known = {one.controle: set().union(*(clean.get(nom, ()) for nom in noms(one.controle))) for one in semis}
    changed, added, plants = dict[int, list[Ligne]](), list[Ligne](), list[Plant]()
    order = list(range(len(terrain.lignes)))
    for one in hasard.sample(semis, len(semis)):
        hasard.shuffle(order)
        left = one.fois
        for place in order:
            row = terrain.lignes[place]
            fresh = row["cle_site"] not in taken and reperer(row, tables) not in known[one.controle]
            if not left or not fresh or (one.seul and not row.seul):
                continue
            if made := one.geste(row, hasard):
                taken.add(row["cle_site"])
                rows = [row | part for part in (made if isinstance(made, list) else [made])]
                for rank, part in enumerate(rows[1:], start=1):
                    own = {"id_mouvement": f"{row['region_fichier']}-9{len(added):04d}", "ligne": 10**6 + len(added)}
                    rows[rank] = part | own | made[rank]
                    added.append(rows[rank])
                changed[place] = [] if made == [ABSENT] else rows[:1]
                plants.append(Plant(one, frozenset(reperer(part, tables) for part in [row, *rows])))
                left -= 1
    kept = [row for place, old in enumerate(terrain.lignes) for row in changed.get(place, [old])]
    return [*kept, *added], plants


# In the place of a row that is lost.
ABSENT: Ligne = {"absent": True}


def semer_fichiers(
    terrain: Terrain, semis: Sequence[Semis], hasard: random.Random
) -> Iterator[tuple[list[Ligne], list[Plant]]]:
    """Yield registers of which each file has at most one fault, until all are planted; what is left over, never."""
    files = defaultdict[str, list[Ligne]](list)
    for row in terrain.lignes:
        files[row["region_fichier"]].append(row)
    waiting = [one for one in semis for _ in range(one.fois)]
    hasard.shuffle(waiting)
    while waiting:
        rows, plants, done = dict(files), list[Plant](), list[Semis]()
        for region in hasard.sample(sorted(files), len(files)):
            for one in waiting:
                if one not in done and (made := one.geste({"lignes": files[region], "region": region}, hasard)):
                    spoilt, references = made
                    rows[region] = spoilt
                    plants.append(Plant(one, frozenset(references)))
                    waiting.remove(one)
                    done.append(one)
                    break
        if not plants:
            return
        yield [row for kept in rows.values() for row in kept], plants


def noms(controle: str) -> list[str]:
    """Return the checks of a family, or the one that bears that name."""
    return [nom for nom, check in controles().items() if controle in (nom, check.famille)]


def trouver(plant: Plant, trouve: Trouvailles, intact: Trouvailles) -> tuple[bool, bool]:
    """Tell whether the check of a plant finds it, and whether any that stops publication does."""
    new = {nom: found - intact.get(nom, set()) for nom, found in trouve.items()}
    own = any(plant.references & new.get(nom, set()) for nom in noms(plant.semis.controle))
    stopping = (nom for nom, check in controles().items() if check.gravite is not Gravite.INFORMATION)
    return own, any(plant.references & new.get(nom, set()) for nom in stopping)
