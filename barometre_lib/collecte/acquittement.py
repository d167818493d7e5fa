"""What the desk decided of the warnings, read back from the workbooks of `avertissements` into the relève's file."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from barometre_lib.chemins import afficher, lire_octets
from barometre_lib.collecte.avertissements import DECISION, EMPREINTE, FEUILLE, RAISON
from barometre_lib.collecte.fichier_recu import lire_recu
from barometre_lib.collecte.grille import Cellule, Grille, deproteger
from barometre_lib.collecte.identite import lire_releves
from barometre_lib.ecriture import mettre_en_place
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.parametres.acquittements import (
    ATTENDUES,
    Acquittement,
    Decision,
    chemin_acquittements,
    composer,
    lire_acquittements,
    lire_fichier,
)
from barometre_lib.parametres.decides import juger_raison
from barometre_lib.parametres.fichiers import rassembler
from barometre_lib.qualite.bilan import Bilan, Constat
from barometre_lib.qualite.controle import charger_controlable, examiner
from barometre_lib.qualite.suites import Gravite
from barometre_lib.registre.lecture import lire_code_releve
from barometre_lib.typographie import accorder, enumerer, simplifier
from barometre_lib.vocabulaire import Releve

REFAITES = "refaites les classeurs par « barometre controler --avertissements »"
# What the cell of a fingerprint holds: check, reference, fingerprint.
CLE = re.compile(r"([a-z0-9_.]{1,80})/([A-Za-z0-9_. -]{1,60})/([0-9a-f]{16})")
Cle = tuple[str, str]


@dataclass(frozen=True)
class Ligne:
    """A line of a workbook, well formed."""

    lieu: str  # file and line, as shown to the user
    controle: str
    reference: str
    empreinte: str
    decision: Decision | None
    raison: str

    @property
    def cle(self) -> Cle:
        """The finding that it is about."""
        return self.controle, self.reference


def acquitter(fichiers: Sequence[Path], releve: str = "", registre: Path | None = None) -> list[str]:
    """Store what workbooks of one relève decide, all or nothing, and say it in French.

    A line without a decision leaves what was decided as it was.

    Raises
    ------
    ErreurBarometre
        A workbook is not one of warnings, is of another relève or does not read, or lines are at fault; all are said.
    """
    code = _viser(fichiers, releve)
    lines = [line for file in rassembler(_lire_classeur, fichiers) for line in file]
    barometre = charger_controlable(str(code), registre)
    known = lire_acquittements(code)
    bilan = examiner(barometre)
    decided = _confronter(lines, bilan, known)
    own, holding = {one.cle: one for one in lire_fichier(code)}, _en_vigueur(known)
    new = {}
    for key, one in decided.items():
        held = holding.get((*key, one.empreinte))
        if not held or (held.decision, held.raison) != (one.decision, one.raison):
            new[key] = one
    target, kept = chemin_acquittements(code), own | new
    data = composer(kept.values())
    if kept and (not own or lire_octets(target) != data):
        with mettre_en_place(target) as beside:
            beside.write_bytes(data)
    said = [f"{accorder(len(new), 'décision portée', 'décisions portées')}.", dire_ecrit(target, kept.values())]
    left = len({line.cle for line in lines} - decided.keys())
    if left:
        said.append(f"{accorder(left, 'ligne des classeurs est', 'lignes des classeurs sont')} sans décision.")
    return [*said, *_dire_reste(bilan, _en_vigueur([*new.values(), *known]))]


def _en_vigueur(acquittements: Iterable[Acquittement]) -> dict[tuple[str, str, str], Acquittement]:
    """Return which acknowledgement holds of a finding of given values: the first one."""
    held = dict[tuple[str, str, str], Acquittement]()
    for one in acquittements:
        held.setdefault((*one.cle, one.empreinte), one)
    return held


def dire_ecrit(chemin: Path, acquittements: Iterable[Acquittement]) -> str:
    """Say what a file holds once it is written."""
    held = [one.decision for one in acquittements]
    counts = [accorder(held.count(one), one.libelle, one.pluriel) for one in Decision if one in held]
    return f"{afficher(chemin)} : {', '.join(counts) or 'rien'}."


def _viser(fichiers: Sequence[Path], releve: str) -> Releve:
    """Return the relève of every workbook.

    Raises
    ------
    ErreurBarometre
        One says none, or another than the others, or than the one expected.
    """
    told = {path: lire_releves(path) for path in dict.fromkeys(fichiers)}
    expected = str(lire_code_releve(releve)) if releve else min(set[str]().union(*told.values()), default="")
    faults = list[str]()
    for path, said in told.items():
        if not said:
            # Why it cannot be read at all comes first.
            lire_recu(path, feuille=FEUILLE)
            faults.append(f"{afficher(path)} : rien n'y dit sa relève, ce n'est pas un classeur d'avertissements.")
        elif said != {expected}:
            found = enumerer(sorted(said))
            faults.append(f"{afficher(path)} : classeur de la relève {found} ; attendu {expected}, rien n'est porté.")
    if faults:
        raise ErreurBarometre("\n".join(faults))
    return lire_code_releve(expected)


def _lire_classeur(path: Path) -> list[Ligne]:
    """Return the lines of a workbook that are about a finding; every fault is said."""
    grid = lire_recu(path, feuille=FEUILLE)
    places = _trouver_titres(grid)
    lines, faults = list[Ligne](), list[str]()
    for number, cells in grid.lignes:
        if number <= places[""]:
            continue
        where = f"{grid.fichier}, ligne {number}"
        read = {name: cells[rank] if rank < len(cells) else Cellule() for name, rank in places.items() if name}
        line, wrong = _lire_ligne(where, read)
        faults += [f"{where} : {what}." for what in wrong]
        if line:
            lines.append(line)
    if faults:
        raise ErreurBarometre("\n".join(faults))
    return lines


def _trouver_titres(grid: Grille) -> Mapping[str, int]:
    """Return the rank of each column that is read, and the line of the headings under the empty text."""
    wanted = {simplifier(name): name for name in (DECISION, RAISON, EMPREINTE)}
    for number, cells in grid.lignes:
        found = {wanted[name]: rank for rank, cell in enumerate(cells) if (name := simplifier(cell.texte)) in wanted}
        if len(found) == len(wanted):
            return found | {"": number}
    what = f"attendu, dans « {FEUILLE} », les titres {enumerer([DECISION, RAISON, EMPREINTE])} sur une ligne"
    raise ErreurBarometre(f"{grid.fichier} : {what} ; {REFAITES}.")


def _lire_ligne(lieu: str, cellules: Mapping[str, Cellule]) -> tuple[Ligne | None, list[str]]:
    """Return a line, none when it says nothing or is at fault, and its faults."""
    formulas = [name for name, cell in cellules.items() if cell.marque in ("formule", "erreur")]
    if formulas:
        return None, [f"« {name} » : trouvé une formule ou une erreur ; attendu un texte" for name in formulas]
    typed, reason, key = (" ".join(deproteger(cellules[name].texte).split()) for name in (DECISION, RAISON, EMPREINTE))
    known = CLE.fullmatch(key)
    if not (typed or reason):
        return (Ligne(lieu, known[1], known[2], known[3], None, "") if known else None), []
    decision, faults = Decision.lire(typed), list[str]()
    if not known:
        faults.append(f"« {EMPREINTE} » : trouvé {montrer(key)} ; elle ne se modifie pas, {REFAITES}")
    if not typed:
        faults.append(f"« {DECISION} » : une raison sans décision ; attendu {ATTENDUES}")
    elif decision is None:
        faults.append(f"« {DECISION} » : trouvé {montrer(typed)} ; attendu {ATTENDUES}")
    elif what := juger_raison(reason, exigee=decision is Decision.JUSTIFIE):
        faults.append(f"« {RAISON} » : trouvé {montrer(reason)} ; {what}")
    return (Ligne(lieu, known[1], known[2], known[3], decision, reason) if known and not faults else None), faults


def _confronter(lines: Sequence[Ligne], bilan: Bilan, known: Sequence[Acquittement]) -> dict[Cle, Acquittement]:
    """Return what is decided of each finding, once each line speaks of one and no two lines differ."""
    found = {(check, row.reference): row.empreinte for check, row in _avertissements(bilan)}
    checks = {one.controle.nom for one in bilan.resultats}
    already = {(*one.cle, one.empreinte, one.decision, one.raison) for one in known}
    first, faults = dict[Cle, Ligne](), list[str]()
    for line in lines:
        if line.decision is None:
            continue
        same = first.setdefault(line.cle, line)
        said = (*line.cle, line.empreinte, line.decision, line.raison)
        if (same.empreinte, same.decision, same.raison) != said[2:]:
            faults.append(f"{line.lieu} : {_nommer(line)} est décidé autrement que {same.lieu} ; gardez une décision.")
        gone = found.get(line.cle) != line.empreinte
        # Of a row that was corrected, the warning has gone: that is what was wanted.
        corrected = line.decision is Decision.CORRIGE and line.controle in checks
        if not gone or corrected or said in already:
            continue
        if line.cle in found:
            what = "une valeur a changé depuis que ce classeur est fait"
            faults.append(f"{line.lieu} : {_nommer(line)}, {what} ; {REFAITES}.")
        else:
            what = f"n'est pas un avertissement de la relève {bilan.releve}"
            faults.append(f"{line.lieu} : {_nommer(line)} {what} ; {REFAITES}.")
    if faults:
        raise ErreurBarometre("\n".join([*faults, "Rien n'a été porté."]))
    return {
        line.cle: Acquittement(*line.cle, line.empreinte, line.decision, line.raison, bilan.releve)
        for line in first.values()
        if line.decision
    }


def _nommer(line: Ligne) -> str:
    return f"{line.controle} {montrer(line.reference)}"


def _dire_reste(bilan: Bilan, decided: Mapping[tuple[str, str, str], Acquittement]) -> list[str]:
    """Say what is still to be read in the relève, and which rows are said to be corrected and are still at fault."""
    to_read, still = 0, list[str]()
    for check, row in _avertissements(bilan):
        one = decided.get((check, row.reference, row.empreinte))
        to_read += one is None or not one.justifie
        if one and one.decision is Decision.CORRIGE:
            still.append(f"{check} {row.reference}")
    said = [f"Encore signalé, bien que dit corrigé : {enumerer(still)}."] if still else []
    if not to_read:
        return [*said, "Aucun avertissement ne reste à relire."]
    return [*said, f"{accorder(to_read, 'avertissement reste à relire', 'avertissements restent à relire')}."]


def _avertissements(bilan: Bilan) -> Iterator[tuple[str, Constat]]:
    """Yield each row that a check warns of, with the name of the check."""
    for result in bilan.resultats:
        if result.controle.gravite is Gravite.AVERTISSEMENT:
            yield from ((result.controle.nom, row) for row in result.constats)


def ecrire_ensemble(contenus: Mapping[Path, bytes]) -> None:
    """Put several files in place, or none of them when one cannot be written."""
    before = {path: path.read_bytes() if path.exists() else None for path in contenus}
    try:
        with ExitStack() as stack:
            for path, data in contenus.items():
                stack.enter_context(mettre_en_place(path)).write_bytes(data)
    except BaseException:
        for path, old in before.items():
            if old is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != old:
                path.write_bytes(old)
        raise
