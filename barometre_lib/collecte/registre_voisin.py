"""What the register already holds around a received file: earlier relèves, other regions, identifiers used."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from barometre_lib.collecte.destination import Destination, releves_presentes
from barometre_lib.collecte.entetes import Entete
from barometre_lib.collecte.interpretation import Changement, Ligne
from barometre_lib.erreurs import Defaut, RegistreRefuse
from barometre_lib.registre import est_demonstration
from barometre_lib.registre.fichier import lire_fichier
from barometre_lib.vocabulaire import NOMS_COLONNES


def lire_lignes_deposees(path: Path) -> tuple[list[dict[str, str]], list[Defaut]]:
    """Return the rows of a region's file, nothing when it is absent, and what keeps it from being read."""
    if not path.is_file():
        return [], []
    defects: list[Defaut] = []
    records = lire_fichier(path, defects)
    return [dict(zip(NOMS_COLONNES, map(str, record[3:]), strict=True)) for record in records], defects


def identifiants_ailleurs(destination: Destination) -> tuple[dict[str, str], list[Defaut]]:
    """Return the identifiers that the other regions have in a relève, and what keeps some from being read.

    Returns
    -------
    identifiants : dict of str to str
        Each with the region that holds it.
    defauts : list of Defaut
        Files and lines whose identifiers are not known.
    """
    held: dict[str, str] = {}
    defects: list[Defaut] = []
    for path in sorted(destination.fichier.parent.glob("[!.]*.csv")):
        if path.stem != destination.region:
            rows, found = lire_lignes_deposees(path)
            held |= {row["id_mouvement"]: path.stem for row in rows}
            defects += found
    return held, defects


def proposer_identifiants(
    lignes: list[Ligne], entete: Entete, destination: Destination, ailleurs: Iterable[str]
) -> tuple[list[Ligne], list[Changement]]:
    """Give an identifier to each row that has none.

    A row already stored for this relève, and otherwise the same, takes its own again: to integrate a file twice
    changes nothing. The others follow the largest number ever used with the region's prefix.

    Parameters
    ----------
    lignes : list of Ligne
        Rows received.
    entete : Entete
        Header of the file, for the heading of the column.
    destination : Destination
        Where the file goes.
    ailleurs : iterable of str
        Identifiers of the other regions in this relève.

    Returns
    -------
    lignes : list of Ligne
    changements : list of Changement
        One per identifier given.

    Raises
    ------
    RegistreRefuse
        A file of the region in another relève does not read: an identifier that it holds could be given again.
    """
    if all(line.textes["id_mouvement"] for line in lignes):
        return lignes, []
    received = {line.textes["id_mouvement"] for line in lignes}
    stored, defects = lire_lignes_deposees(destination.fichier)
    used = received.union(ailleurs)
    for one in releves_presentes(destination.registre):
        if one != destination.releve:
            rows, found = lire_lignes_deposees(destination.dans(one))
            used |= {row["id_mouvement"] for row in rows}
            defects += found
    if defects:
        raise RegistreRefuse(defects)
    again = defaultdict(list)
    for row in stored:
        if row["id_mouvement"] not in received:
            again[_sauf_identifiant(row)].append(row["id_mouvement"])
    # What was stored for this relève keeps its number, taken again or not.
    largest = _plus_grand(used.union(*again.values()), destination.region)
    given, changes = [], []
    for line in lignes:
        if line.textes["id_mouvement"]:
            given.append(line)
            continue
        same = again[_sauf_identifiant(line.textes)]
        if same:
            name, reason = same.pop(0), "identifiant déjà donné à cette ligne"
        else:
            largest += 1
            name, reason = f"{destination.region}-{largest:05d}", "identifiant proposé, à garder d'une relève à l'autre"
        given.append(replace(line, textes=line.textes | {"id_mouvement": name}))
        changes.append(Changement(line.numero, entete.libelle("id_mouvement"), "", name, reason, "identifiant"))
    return given, changes


def disparus(lignes: list[Ligne], destination: Destination) -> list[str]:
    """Return the identifiers of the previous relève, or of this one's stored file, that a received file lacks.

    Raises
    ------
    ErreurBarometre
        A `provenance.yaml` does not say whether its relève is fictitious.
    """
    received = {line.textes["id_mouvement"] for line in lignes}
    before: list[str] = []
    for one in (destination.precedente if est_comparable(destination) else None, destination.releve):
        if one is not None:
            rows, _ = lire_lignes_deposees(destination.dans(one))
            before += [row["id_mouvement"] for row in rows]
    return sorted(set(before) - received)


def est_comparable(destination: Destination) -> bool:
    """Tell whether a relève and the previous one are both fictitious or both real; a new one takes after it.

    Raises
    ------
    ErreurBarometre
        A `provenance.yaml` does not say.
    """
    previous = destination.precedente
    if previous is None or not (destination.fichier.parent / "provenance.yaml").exists():
        return True
    fictitious = {est_demonstration(one, destination.registre) for one in (previous, destination.releve)}
    return len(fictitious) == 1


def _sauf_identifiant(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in NOMS_COLONNES if name != "id_mouvement")


def _plus_grand(identifiers: Iterable[str], region: str) -> int:
    pattern = re.compile(rf"{re.escape(region)}-([0-9]{{5,}})")
    return max((int(found[1]) for name in identifiers if (found := pattern.fullmatch(name))), default=0)
