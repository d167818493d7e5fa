"""What the desk decided of the warnings, read back from the workbooks of `avertissements` into the relève's file."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from barometre_lib.chemins import afficher
from barometre_lib.collecte.avertissements import DECISION, FEUILLE, TITRE
from barometre_lib.collecte.rempli import Formulaire, Ligne, confronter, lire_classeurs, porter
from barometre_lib.ecriture import mettre_en_place
from barometre_lib.parametres.acquittements import (
    ATTENDUES,
    Acquittement,
    Decision,
    chemin_acquittements,
    composer,
    lire_acquittements,
    lire_fichier,
)
from barometre_lib.parametres.decides import en_vigueur
from barometre_lib.qualite.bilan import Bilan, Constat
from barometre_lib.qualite.controle import charger_controlable, examiner
from barometre_lib.qualite.suites import Gravite
from barometre_lib.typographie import accorder, enumerer

FORMULAIRE = Formulaire(
    "classeur d'avertissements",
    "un avertissement de la relève",
    re.compile(rf"{TITRE}\s+(\d{{4}}-S[12])"),
    FEUILLE,
    DECISION,
    # Check, reference, fingerprint.
    re.compile(r"([a-z0-9_.]{1,80})/([A-Za-z0-9_. -]{1,60})/([0-9a-f]{16})"),
    Decision.lire,
    ATTENDUES,
    (Decision.JUSTIFIE,),
    "refaites les classeurs par « barometre controler --avertissements »",
)


def acquitter(fichiers: Sequence[Path], releve: str = "", registre: Path | None = None) -> list[str]:
    """Store what workbooks of one relève decide, all or nothing, and say it in French.

    A line without a decision leaves what was decided as it was.

    Raises
    ------
    ErreurBarometre
        A workbook is not one of warnings, is of another relève or does not read, or lines are at fault; all are said.
    """
    code, lines = lire_classeurs(fichiers, releve, FORMULAIRE)
    barometre = charger_controlable(str(code), registre)
    known = lire_acquittements(code)
    bilan = examiner(barometre)
    decided, target = _confronter(lines, bilan, known), chemin_acquittements(code)
    new, kept = porter(decided, known, lire_fichier(code), target, composer)
    said = [f"{accorder(len(new), 'décision portée', 'décisions portées')}.", dire_ecrit(target, kept)]
    left = len({line.cle for line in lines} - {one.cle for one in decided})
    if left:
        said.append(f"{accorder(left, 'ligne des classeurs est', 'lignes des classeurs sont')} sans décision.")
    return [*said, *_dire_reste(bilan, en_vigueur([*new, *known]))]


def dire_ecrit(chemin: Path, acquittements: Iterable[Acquittement]) -> str:
    """Say what a file holds once it is written."""
    held = [one.decision for one in acquittements]
    counts = [accorder(held.count(one), one.libelle, one.pluriel) for one in Decision if one in held]
    return f"{afficher(chemin)} : {', '.join(counts) or 'rien'}."


def _confronter(lines: Sequence[Ligne[Decision]], bilan: Bilan, known: Sequence[Acquittement]) -> list[Acquittement]:
    """Return what is decided of each finding, once each line speaks of one and no two lines differ."""
    found: dict[tuple[str, ...], str] = {(check, row.reference): row.empreinte for check, row in _avertissements(bilan)}
    checks = {one.controle.nom for one in bilan.resultats}
    already = {(*one.cle, one.empreinte, *one.dit) for one in known}

    def admit(line: Ligne[Decision]) -> bool:
        # Of a row that was corrected, the warning has gone: that is what was wanted.
        corrected = line.decision is Decision.CORRIGE and line.cle[0] in checks
        return corrected or (*line.cle, line.empreinte, line.decision, line.raison) in already

    return [
        Acquittement(line.cle[0], line.cle[1], line.empreinte, line.decision, line.raison, bilan.releve)
        for line in confronter(lines, found, admit, FORMULAIRE)
        if line.decision
    ]


def _dire_reste(bilan: Bilan, decided: Mapping[tuple[str, ...], Acquittement]) -> list[str]:
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
