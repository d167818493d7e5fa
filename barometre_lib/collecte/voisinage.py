"""What the register already holds around a received file: identifiers, movements vanished, warnings of the gate."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from barometre_lib.barometre import Barometre
from barometre_lib.collecte.compte_rendu import comparer
from barometre_lib.collecte.destination import PROVENANCE, Destination
from barometre_lib.collecte.grille import Entete
from barometre_lib.collecte.interpretation import Changement, Ligne, sauf_identifiant, tabuler
from barometre_lib.erreurs import Defaut, ErreurBarometre, RegistreRefuse
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.edition import lire_lacunes
from barometre_lib.parametres.regles import lire_parametres_regles
from barometre_lib.qualite.bilan import Resultat
from barometre_lib.qualite.controle import examiner_lignes
from barometre_lib.qualite.refus import dire_resultat
from barometre_lib.qualite.suites import Gravite
from barometre_lib.registre.conformite import exigences
from barometre_lib.registre.corrections import lire_corrections
from barometre_lib.registre.fichier import lire_fichier
from barometre_lib.registre.lecture import (
    Registre,
    chercher_defauts,
    est_demonstration,
    lire_registre,
    releve_precedente,
    releves_anterieures,
    releves_presentes,
    typer_registre,
)
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve


def identifiants_ailleurs(destination: Destination) -> tuple[dict[str, str], list[Defaut]]:
    """Return the identifiers of the other regions, each with the region and the relève, and what keeps some unread.

    Those that a region had in the previous relève are its own until it sends a file without them: a movement may be
    corrected to another region.
    """
    held: dict[str, str] = {}
    defects: list[Defaut] = []
    before, present = destination.precedente if _est_comparable(destination) else None, destination.fichier.parent
    for releve in filter(None, (before, destination.releve)):
        for path in sorted(destination.dans(releve).parent.glob("[!.]*.csv")):
            if path.stem != destination.region and (releve != before or not (present / path.name).exists()):
                who = f"la région {path.stem}, à la relève {releve},"
                held |= {row["id_mouvement"]: who for row in _lire_deposees(path, defects)}
    return held, defects


def proposer_identifiants(
    lignes: list[Ligne], entete: Entete, destination: Destination, ailleurs: Iterable[str]
) -> tuple[list[Ligne], list[Changement]]:
    """Give an identifier to each row that has none; return the rows, and one change per identifier given.

    A row already stored for this relève, and otherwise the same, takes its own again: to integrate a file twice
    changes nothing. The others follow the largest number ever used with the region's prefix.

    Raises
    ------
    RegistreRefuse
        A file of the region in another relève does not read: an identifier that it holds could be given again.
    """
    if all(line.textes["id_mouvement"] for line in lignes):
        return lignes, []
    received = {line.textes["id_mouvement"] for line in lignes}
    defects: list[Defaut] = []
    stored = _lire_deposees(destination.fichier, defects)
    used = received.union(ailleurs)
    for one in releves_presentes(destination.registre):
        if one != destination.releve:
            used |= {row["id_mouvement"] for row in _lire_deposees(destination.dans(one), defects)}
    if defects:
        raise RegistreRefuse(defects)
    again = defaultdict(list)
    for row in stored:
        if row["id_mouvement"] not in received:
            again[sauf_identifiant(row)].append(row["id_mouvement"])
    # What was stored for this relève keeps its number, taken again or not.
    pattern = re.compile(rf"{re.escape(destination.region)}-([0-9]{{5,}})")
    numbered = map(pattern.fullmatch, used.union(*again.values()))
    largest = max((int(found[1]) for found in numbered if found), default=0)
    given, changes = [], []
    for line in lignes:
        if line.textes["id_mouvement"]:
            given.append(line)
            continue
        same = again[sauf_identifiant(line.textes)]
        if same:
            name, reason = same.pop(0), "identifiant déjà donné à cette ligne"
        else:
            largest += 1
            name, reason = f"{destination.region}-{largest:05d}", "identifiant proposé, à garder d'une relève à l'autre"
        given.append(replace(line, textes=line.textes | {"id_mouvement": name}))
        changes.append(Changement(line.numero, entete.libelle("id_mouvement"), "", name, reason, "identifiant"))
    return given, changes


def deja_connues(destination: Destination) -> dict[str, dict[str, str]]:
    """Return the rows of the previous relève, then of this one's stored file, by identifier."""
    before = destination.precedente if _est_comparable(destination) else None
    known = _par_identifiant(destination.dans(before)) if before else {}
    return known | _par_identifiant(destination.fichier)


def anterieures(destination: Destination, defauts: list[Defaut]) -> dict[str, dict[str, str]]:
    """Return what the nearest earlier relève that has it said of each movement, of any region, its errors corrected.

    `defauts` receives what keeps a file from being read: what it held is not compared.
    """
    rows: dict[str, dict[str, str]] = {}
    earlier = releves_anterieures(destination.releve, destination.registre) if _est_comparable(destination) else []
    for releve in earlier:
        found: dict[str, dict[str, str]] = {}
        for path in sorted(destination.dans(releve).parent.glob("[!.]*.csv")):
            found |= _par_identifiant(path, defauts)
        for one in lire_corrections(releve, destination.registre):
            row = found.get(one.mouvement, {})
            if row.get(one.colonne) == one.source:
                row[one.colonne] = one.corrige
        rows |= found
    return rows


def _par_identifiant(path: Path, defauts: list[Defaut] | None = None) -> dict[str, dict[str, str]]:
    return {row["id_mouvement"]: row for row in _lire_deposees(path, [] if defauts is None else defauts)}


def chercher_disparus(lignes: Sequence[Ligne], connues: Iterable[str]) -> list[str]:
    """Return the identifiers already known that a received file lacks."""
    return sorted(set(connues) - {line.textes["id_mouvement"] for line in lignes})


@dataclass(frozen=True)
class Signalement:
    """One thing to look at again in a row: a warning of the suites of the gate."""

    reference: str  # the movement
    ligne: int  # line of the file
    colonne: str  # of the register; empty when it is the whole row
    phrase: str  # French: what was found
    attendu: str  # French: what was expected


@dataclass(frozen=True)
class Avis:
    """What is told to the author of a file that is stored, and no cause of refusal."""

    avertissements: int  # rows that the suites of the gate warn of
    phrases: list[str]  # one for each check, then one with the line and the identifier of each row
    nouvelles: list[str]  # what changes in the region
    signalements: tuple[Signalement, ...] = ()  # the same warnings as `phrases`, in the same order


def avertir(lignes: Sequence[Ligne], fichier: str, destination: Destination, nomenclatures: Nomenclatures) -> Avis:
    """Return what the suites of the gate would warn of, and what changes from the file in place or the previous relève.

    The rows meet the contract of the register; they are judged on their own and beside the region's previous ones.
    """
    present = _de_lignes(lignes, fichier, destination, nomenclatures)
    previous, alone = _etat_precedent(destination, nomenclatures)
    stored = _deposee(destination, nomenclatures)
    warnings = _avertissements(present, previous)
    said = [*alone, *(sentence for one in warnings for sentence in dire_resultat(one))]
    news = []
    if stored:
        news = comparer(stored, present, destination.region, f"ce qui était déposé pour {destination.releve}")
    elif previous:
        news = comparer(previous, present, destination.region, f"la relève {previous.releve}")
    found = tuple(told for one in warnings for told in _signaler(one))
    return Avis(len(found), said, news, found)


def signaler_reprise(
    precedente: Releve, releve: Releve, registre: Path, nomenclatures: Nomenclatures
) -> dict[str, list[Signalement]]:
    """Return what is to review, by region, in the rows of a relève that start the collection of a later one.

    Those are its own warnings, and those that the later one would have if nothing changed. All regions are judged at
    once: a judgement costs little more for eighteen than for one.

    Raises
    ------
    ErreurBarometre
        Rows cannot be read as the contract asks, or what they are judged by is not as expected.
    """
    rows = lire_registre(precedente, registre, nomenclatures)
    last = _relever(rows, nomenclatures)
    now = _relever(typer_registre(rows.textes, releve, registre, nomenclatures), nomenclatures)
    before = releve_precedente(precedente, registre)
    earlier = _relever(lire_registre(before, registre, nomenclatures), nomenclatures) if before else None
    found: dict[str, list[Signalement]] = defaultdict(list)
    for present, previous in ((now, last), (last, earlier)):
        for one in _avertissements(present, previous):
            for row, told in zip(one.constats, _signaler(one), strict=True):
                if told not in found[row.region]:
                    found[row.region].append(told)
    return found


def _avertissements(present: Barometre, precedent: Barometre | None) -> list[Resultat]:
    judged = examiner_lignes(present, precedent)
    return [one for one in judged if one.controle.gravite is Gravite.AVERTISSEMENT and one.constats]


def _signaler(resultat: Resultat) -> Iterator[Signalement]:
    check = resultat.controle
    for row in resultat.constats:
        yield Signalement(row.reference, row.ligne, check.colonne, check.libelle, check.attendu)


def dater(
    signalements: Iterable[Signalement], lignes: Sequence[Ligne], destination: Destination
) -> dict[Signalement, Releve]:
    """Return since which earlier relève without a break each cell warned of has said the same, where one did."""
    texts = {line.numero: line.textes for line in lignes}
    still = [one for one in signalements if one.colonne and one.ligne in texts]
    since: dict[Signalement, Releve] = {}
    earlier = releves_anterieures(destination.releve, destination.registre) if _est_comparable(destination) else []
    for releve in reversed(earlier):
        known = _par_identifiant(destination.dans(releve))
        still = [one for one in still if known.get(one.reference, {}).get(one.colonne) == texts[one.ligne][one.colonne]]
        since |= dict.fromkeys(still, releve)
    return since


def _de_lignes(
    lignes: Sequence[Ligne], fichier: str, destination: Destination, nomenclatures: Nomenclatures
) -> Barometre:
    table = tabuler(lignes, fichier, destination.region)
    return _relever(typer_registre(table, destination.releve, destination.registre, nomenclatures), nomenclatures)


def _deposee(destination: Destination, nomenclatures: Nomenclatures) -> Barometre | None:
    """Return what the region's file now holds, None where there is none that reads and can be typed."""
    defects: list[Defaut] = []
    rows = [Ligne(number, row) for number, row in enumerate(_lire_deposees(destination.fichier, defects), start=2)]
    if defects or not destination.fichier.is_file():
        return None
    table = tabuler(rows, destination.fichier.name, destination.region)
    if chercher_defauts(table, [one for one in exigences(nomenclatures) if one.lecture]):
        return None
    return _de_lignes(rows, destination.fichier.name, destination, nomenclatures)


def _etat_precedent(destination: Destination, nomenclatures: Nomenclatures) -> tuple[Barometre | None, list[str]]:
    """Return the region's rows of the previous relève, or none and why nothing is compared."""
    code = destination.precedente
    if code is None:
        return None, []
    nothing = f"La relève {code} ne se compare pas à ce fichier : "
    try:
        if not _est_comparable(destination):
            return None, [f"{nothing}l'une est une démonstration, l'autre non."]
        whole = lire_registre(code, destination.registre, nomenclatures)
    except ErreurBarometre as error:
        return None, [f"{nothing}{str(error).splitlines()[0]}"]
    kept = whole.textes["region_fichier"] == destination.region
    region = replace(whole, mouvements=whole.mouvements[kept], textes=whole.textes[kept])
    return _relever(region, nomenclatures), []


def _est_comparable(destination: Destination) -> bool:
    """Tell whether a relève and the previous one are both fictitious or both real; a new one takes after it."""
    previous = destination.precedente
    if previous is None or not (destination.fichier.parent / PROVENANCE).exists():
        return True
    fictitious = {est_demonstration(one, destination.registre) for one in (previous, destination.releve)}
    return len(fictitious) == 1


def _lire_deposees(path: Path, defects: list[Defaut]) -> list[dict[str, str]]:
    """Return the rows of a region's file, nothing when it is absent; what keeps it from being read is added."""
    records = lire_fichier(path, defects) if path.is_file() else []
    return [dict(zip(NOMS_COLONNES, map(str, record[3:]), strict=True)) for record in records]


def _relever(rows: Registre, nomenclatures: Nomenclatures) -> Barometre:
    """Return rows as one relève under the official method."""
    unknown = lire_lacunes(rows.releve, releves_anterieures(rows.releve, rows.dossier), nomenclatures)
    return Barometre(rows, lire_parametres_regles(rows.releve, nomenclatures=nomenclatures, lacunes=unknown))
