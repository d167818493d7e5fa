"""What was answered of pairs of rows, read back from the workbooks of `rapprochements` into the relève's file."""

import re
from collections.abc import Sequence
from pathlib import Path

from barometre_lib.barometre import Barometre
from barometre_lib.chemins import afficher
from barometre_lib.collecte.rapprochements import FEUILLE, REPONSE, TITRE, rapprocher
from barometre_lib.collecte.rempli import Formulaire, Ligne, confronter, lire_classeurs, porter
from barometre_lib.parametres.rapprochements import (
    Rapprochement,
    Verdict,
    chemin_rapprochements,
    composer_rapprochements,
    empreinte_paire,
    qui_tiennent,
)
from barometre_lib.regles.liens import Evenements, Liens
from barometre_lib.typographie import accorder, enumerer
from barometre_lib.vocabulaire import Nature

FORMULAIRE = Formulaire(
    "classeur de rapprochements",
    "une paire à relire de la relève",
    re.compile(rf"{TITRE}\s+(\d{{4}}-S[12])"),
    FEUILLE,
    REPONSE,
    # Two movements, kind, fingerprint.
    re.compile(r"([A-Za-z0-9_.-]{1,40})/([A-Za-z0-9_.-]{1,40})/([a-z_]{1,40})/([0-9a-f]{16})"),
    Verdict.lire,
    enumerer([one.libelle for one in Verdict], "ou"),
    (Verdict.OUI, Verdict.NON),
    "refaites les classeurs par « barometre rapprocher --classeurs »",
)


def repondre(barometre: Barometre, fichiers: Sequence[Path]) -> list[str]:
    """Store what workbooks answer, all or nothing, and say it in French; a line without an answer changes nothing.

    Raises
    ------
    ErreurBarometre
        A workbook is not one of pairs, is of another relève or does not read, lines are at fault, or answers
        contradict each other; all are said, and nothing is stored.
    """
    releve, lines = lire_classeurs(fichiers, str(barometre.releve), FORMULAIRE)
    known, pairs = barometre.parametres.rapprochements, rapprocher(barometre)
    already = {(*one.cle, one.nature.value, one.empreinte, one.verdict, one.raison) for one in known}
    rows = barometre.decisions.set_index("id_mouvement")

    def admit(line: Ligne[Verdict]) -> bool:
        # A pair that Sirene linked, or of another kind since: its two rows say the same.
        first, second, kind = line.cle
        there = kind in list(Nature) and first < second and {first, second} <= {*rows.index}
        same = there and empreinte_paire(rows, first, second) == line.empreinte
        return same or (*line.cle, line.empreinte, line.decision, line.raison) in already

    found: dict[tuple[str, ...], str] = {one.cle: one.empreinte for one in pairs}
    answers = [
        Rapprochement(first, second, Nature(kind), line.decision, line.raison, line.empreinte, releve, line.lieu)
        for line in confronter(lines, found, admit, FORMULAIRE)
        for first, second, kind in [line.cle]
        if line.decision
    ]
    held = qui_tiennent([*answers, *known], rows)
    events = Evenements(Liens.de(held))
    # What fell leaves the file: it would stand beside the answer that replaces it.
    own, target = [one for one in held if one in known and one.origine == releve], chemin_rapprochements(releve)
    new, kept = porter(answers, known, own, target, composer_rapprochements)
    counts = [f"{[one.verdict for one in kept].count(one)} {one.libelle}" for one in Verdict]
    told = {(*one.cle, one.nature.value): one.verdict is not Verdict.A_REVOIR for one in new}
    left = sum(not told.get(one.cle, one.suivant(events).repondue) for one in pairs)
    return [
        f"{accorder(len(new), 'réponse portée', 'réponses portées')}.",
        f"{afficher(target)} : {', '.join(counts)}.",
        f"{accorder(left, 'paire reste à relire', 'paires restent à relire')}.",
    ]
