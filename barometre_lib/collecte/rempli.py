"""Workbooks of `a_remplir` read back: what was decided of each line, every fault of every file said."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from barometre_lib.chemins import afficher, lire_octets
from barometre_lib.collecte.a_remplir import EMPREINTE, RAISON
from barometre_lib.collecte.fichier_recu import lire_recu
from barometre_lib.collecte.grille import Cellule, Grille, deproteger
from barometre_lib.collecte.identite import lire_releves
from barometre_lib.ecriture import remplacer
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.parametres.decides import Decide, en_vigueur, juger_raison
from barometre_lib.parametres.fichiers import rassembler
from barometre_lib.registre.lecture import lire_code_releve
from barometre_lib.typographie import enumerer, simplifier
from barometre_lib.vocabulaire import Releve

D = TypeVar("D")


@dataclass(frozen=True)
class Formulaire(Generic[D]):
    """What a workbook asks of each line, and how it is known again."""

    nature: str  # what the workbook is, in French
    objet: str  # what a line is about
    titre: re.Pattern[str]  # in its title: its relève
    feuille: str
    decision: str  # heading of the decision
    cle: re.Pattern[str]  # what the cell of a fingerprint holds; its last group is the fingerprint
    lire: Callable[[str], D | None]
    attendues: str  # decisions, in French
    motivees: Collection[D]  # those whose reason must have words
    refaites: str  # what to do with a workbook that is not as it was made


@dataclass(frozen=True)
class Ligne(Generic[D]):
    """A line of a workbook, well formed."""

    lieu: str  # file and line, as shown to the user
    cle: tuple[str, ...]  # what it is about
    empreinte: str
    decision: D | None
    raison: str


class Porte(Decide, Protocol):
    """What was decided of one thing, as a file keeps it."""

    @property
    def dit(self) -> tuple[str, ...]:
        """What was decided, and why."""


P = TypeVar("P", bound=Porte)


def viser_classeurs(fichiers: Sequence[Path], releve: str, formulaire: Formulaire[Any]) -> Releve:
    """Return the relève of every workbook.

    Raises
    ------
    ErreurBarometre
        One says none, or another than the others, or than the one expected.
    """
    told = {path: lire_releves(path, formulaire.titre) for path in dict.fromkeys(fichiers)}
    expected = str(lire_code_releve(releve)) if releve else min(set[str]().union(*told.values()), default="")
    faults = list[str]()
    for path, said in told.items():
        if not said:
            # Why it cannot be read at all comes first.
            lire_recu(path, feuille=formulaire.feuille)
            faults.append(f"{afficher(path)} : rien n'y dit sa relève, ce n'est pas un {formulaire.nature}.")
        elif said != {expected}:
            found = enumerer(sorted(said))
            faults.append(f"{afficher(path)} : classeur de la relève {found} ; attendu {expected}, rien n'est porté.")
    if faults:
        raise ErreurBarometre("\n".join(faults))
    return lire_code_releve(expected)


def lire_classeurs(fichiers: Sequence[Path], releve: str, formulaire: Formulaire[D]) -> tuple[Releve, list[Ligne[D]]]:
    """Return the relève of every workbook, see `viser_classeurs`, and their lines that are about something.

    Raises
    ------
    ErreurBarometre
        A workbook does not read, or lines are at fault; all are said.
    """
    code = viser_classeurs(fichiers, releve, formulaire)
    read = rassembler(lambda path: _lire_classeur(path, formulaire), fichiers)
    return code, [line for lines in read for line in lines]


def _lire_classeur(path: Path, formulaire: Formulaire[D]) -> list[Ligne[D]]:
    grid = lire_recu(path, feuille=formulaire.feuille)
    places = _trouver_titres(grid, formulaire)
    lines, faults = list[Ligne[D]](), list[str]()
    for number, cells in grid.lignes:
        if number <= places[""]:
            continue
        where = f"{grid.fichier}, ligne {number}"
        read = {name: cells[rank] if rank < len(cells) else Cellule() for name, rank in places.items() if name}
        line, wrong = _lire_ligne(where, read, formulaire)
        faults += [f"{where} : {what}." for what in wrong]
        if line:
            lines.append(line)
    if faults:
        raise ErreurBarometre("\n".join(faults))
    return lines


def _trouver_titres(grid: Grille, formulaire: Formulaire[Any]) -> Mapping[str, int]:
    """Return the rank of each column that is read, and the line of the headings under the empty text."""
    titles = (formulaire.decision, RAISON, EMPREINTE)
    wanted = {simplifier(name): name for name in titles}
    for number, cells in grid.lignes:
        found = {wanted[name]: rank for rank, cell in enumerate(cells) if (name := simplifier(cell.texte)) in wanted}
        if len(found) == len(wanted):
            return found | {"": number}
    what = f"attendu, dans « {formulaire.feuille} », les titres {enumerer(titles)} sur une ligne"
    raise ErreurBarometre(f"{grid.fichier} : {what} ; {formulaire.refaites}.")


def _lire_ligne(
    lieu: str, cellules: Mapping[str, Cellule], formulaire: Formulaire[D]
) -> tuple[Ligne[D] | None, list[str]]:
    """Return a line, none when it says nothing or is at fault, and its faults."""
    formulas = [name for name, cell in cellules.items() if cell.marque in ("formule", "erreur")]
    if formulas:
        return None, [f"« {name} » : trouvé une formule ou une erreur ; attendu un texte" for name in formulas]
    title = formulaire.decision
    typed, reason, key = (" ".join(deproteger(cellules[name].texte).split()) for name in (title, RAISON, EMPREINTE))
    known = formulaire.cle.fullmatch(key)
    if not (typed or reason):
        return (Ligne(lieu, known.groups()[:-1], known.groups()[-1], None, "") if known else None), []
    decision, faults = formulaire.lire(typed), list[str]()
    if not known:
        faults.append(f"« {EMPREINTE} » : trouvé {montrer(key)} ; elle ne se modifie pas, {formulaire.refaites}")
    if not typed:
        faults.append(f"« {title} » : une raison sans {title.lower()} ; attendu {formulaire.attendues}")
    elif decision is None:
        faults.append(f"« {title} » : trouvé {montrer(typed)} ; attendu {formulaire.attendues}")
    elif what := juger_raison(reason, exigee=decision in formulaire.motivees):
        faults.append(f"« {RAISON} » : trouvé {montrer(reason)} ; {what}")
    if faults or not known:
        return None, faults
    return Ligne(lieu, known.groups()[:-1], known.groups()[-1], decision, reason), faults


def confronter(
    lignes: Sequence[Ligne[D]],
    trouves: Mapping[tuple[str, ...], str],
    admettre: Callable[[Ligne[D]], bool],
    formulaire: Formulaire[D],
) -> list[Ligne[D]]:
    """Return the first line that decides of each thing, `trouves` being the fingerprint of each that was found.

    `admettre` tells of a line about something else whether it is to be let pass.

    Raises
    ------
    ErreurBarometre
        Two lines decide otherwise of one thing, or one is of a thing that is not there, or changed; all are said.
    """
    first, faults = dict[tuple[str, ...], Ligne[D]](), list[str]()
    for line in lignes:
        if line.decision is None:
            continue
        same = first.setdefault(line.cle, line)
        if (same.empreinte, same.decision, same.raison) != (line.empreinte, line.decision, line.raison):
            what = f"{nommer(line)} est décidé autrement que {same.lieu} ; gardez une décision"
            faults.append(f"{line.lieu} : {what}.")
        if trouves.get(line.cle) == line.empreinte or admettre(line):
            continue
        what = f" n'est pas {formulaire.objet}"
        if line.cle in trouves:
            what = ", une valeur a changé depuis que ce classeur est fait"
        faults.append(f"{line.lieu} : {nommer(line)}{what} ; {formulaire.refaites}.")
    if faults:
        raise ErreurBarometre("\n".join([*faults, "Rien n'a été porté."]))
    return list(first.values())


def nommer(line: Ligne[Any]) -> str:
    """Return what a line is about, fit for a sentence."""
    return f"{line.cle[0]} {montrer(line.cle[1])}"


def porter(
    decides: Iterable[P],
    connus: Sequence[P],
    propres: Iterable[P],
    cible: Path,
    composer: Callable[[Iterable[P]], bytes],
) -> tuple[list[P], list[P]]:
    """Write the decisions that change what holds, `connus`, in the file of a relève, `propres` being what it has.

    Return the new ones, and all those of the file.
    """
    holding, own = en_vigueur(connus), {one.cle: one for one in propres}
    held = {key: one.dit for key, one in holding.items()}
    new = [one for one in decides if held.get((*one.cle, one.empreinte)) != one.dit]
    kept = own | {one.cle: one for one in new}
    data = composer(kept.values())
    if kept and (not cible.exists() or lire_octets(cible) != data):
        remplacer(cible, data)
    return new, list(kept.values())
