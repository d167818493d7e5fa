"""What the gate found, as the desk works on it: workbooks where each warning awaits a decision.

A workbook for each region, and one of all regions for the desk; `acquittement` reads them back.
"""

from collections.abc import Sequence
from pathlib import Path

from barometre_lib.barometre import Barometre
from barometre_lib.chemins import afficher
from barometre_lib.collecte.a_remplir import (
    EMPREINTE,
    RAISON,
    RESERVE,
    Colonne,
    Feuille,
    composer_classeur,
    deposer_classeurs,
    montrer_cote,
)
from barometre_lib.collecte.fiches import Cote, Fiche
from barometre_lib.parametres.acquittements import Decision
from barometre_lib.qualite.suites import Gravite
from barometre_lib.typographie import accorder, majuscule
from barometre_lib.vocabulaire import Releve

FEUILLE, INFORMATIONS = "Avertissements", "Informations"
DECISION = "Décision"
TITRE = "Avertissements de la relève"
CONSIGNE = (
    "Pour chaque avertissement, choisissez une décision. « corrigé » : la ligne est, ou sera, corrigée. « justifié » : "
    "le registre a raison, et la raison dit pourquoi, à qui lira la page de qualité. « à revoir » : il reste à relire. "
    "Lignes et colonnes se trient et se filtrent ; n'y changez ni le titre, ni l'empreinte."
)


def _fichier(cote: Cote, releve: Releve | None) -> str:
    """Return the name of a file of a relève, with the other relève that it is of."""
    path = Path(cote.fichier)
    return path.name if path.parent.name == str(releve) else "/".join(path.parts[-2:])


def _partenaire(fiche: Fiche) -> str:
    """Return which row a check speaks of too: another movement, or the same one in the previous relève."""
    here, other = fiche.ici, fiche.partenaire
    if other is None:
        return ""
    place = f"{_fichier(other, None)}, ligne {other.ligne}"
    if other.reference == here.reference:
        changed = [one for one, own in ((other.site, here.site), (other.commune, here.commune)) if one != own]
        return "\n".join(["Relève précédente", *changed, place])
    more = [f"Le plus proche de {fiche.partenaires}"] if fiche.partenaires > 1 else []
    return "\n".join([other.reference, other.site, other.commune, place, *more])


def _deja(fiche: Fiche) -> str:
    if fiche.decision and fiche.decision.origine != fiche.releve:
        return f"Reporté de {fiche.decision.origine}."
    if fiche.tombee:
        return f"Une valeur a changé depuis la raison de {fiche.tombee.origine} : {fiche.tombee.raison}"
    return ""


# Heading to width, and what stands there; the sheet of informations has the first ones alone.
COLONNES: dict[str, Colonne] = {
    "Référence": (11, lambda one: one.ici.reference),
    "Contrôle": (18, lambda one: one.controle.libelle),
    "Site": (18, lambda one: one.ici.site),
    "Commune": (13, lambda one: one.ici.commune),
    "Trouvé": (20, lambda one: montrer_cote(one.ici, one.partenaire)),
    "Attendu": (19, lambda one: majuscule(one.controle.attendu)),
    "Partenaire": (17, _partenaire),
    "Chez le partenaire": (20, lambda one: montrer_cote(one.partenaire, one.ici)),
    "Ligne": (6, lambda one: one.ici.ligne or None),
    "Depuis": (8, lambda one: str(one.depuis)),
}
A_REMPLIR: dict[str, Colonne] = {
    "Déjà décidé": (13, _deja),
    DECISION: (10, lambda one: one.decision.decision.libelle if one.decision else None),
    RAISON: (28, lambda one: one.decision.raison if one.decision else None),
}
# What is not printed, so that the rest is large enough on paper.
HORS_PAGE: dict[str, Colonne] = {
    "Fichier": (10, lambda one: _fichier(one.ici, one.releve)),
    "Gravité": (14, lambda one: one.controle.gravite.libelle),
    EMPREINTE: (10, lambda one: "/".join([*one.cle, one.empreinte])),
}
# What the package says, which gets the spaces of French; the rest is as it was typed.
DITES = ("Contrôle", "Attendu")


def ecrire_classeurs(
    dossier: Path, barometre: Barometre, fiches: Sequence[Fiche], *, forcer: bool = False
) -> list[str]:
    """Write the workbook of each region that has a warning, and the desk's, of all of them; say so in French.

    Refused as `deposer_classeurs` says.
    """
    releve, regions = barometre.releve, barometre.nomenclatures.regions
    kept = [one for one in fiches if one.controle.gravite is not Gravite.BLOQUANT]
    books = {f"avertissements-{releve}": (f"{TITRE} {releve}, bureau", kept)}
    for code in regions:
        of_region = [one for one in kept if one.region == code]
        if any(one.controle.gravite is Gravite.AVERTISSEMENT for one in of_region):
            books[f"avertissements-{releve}-{code}"] = f"{TITRE} {releve}, {regions[code].nom} ({code})", of_region
    made = {name: _composer(title, rows, releve) for name, (title, rows) in books.items()}
    told = deposer_classeurs("--avertissements", dossier, barometre.registre.dossier, made, forcer=forcer)
    return [f"{told}, puis « barometre acquitter {afficher(dossier)}/*.xlsx »."]


def _composer(titre: str, fiches: Sequence[Fiche], releve: Releve) -> bytes:
    warnings = [one for one in fiches if one.controle.gravite is Gravite.AVERTISSEMENT]
    # What is still to be read comes first.
    warnings.sort(key=lambda one: one.decision is not None and one.decision.justifie)
    done = sum(one.decision is not None and one.decision.justifie for one in warnings)
    justified = accorder(done, "déjà justifié", "déjà justifiés")
    told = f"{accorder(len(warnings), 'avertissement', 'avertissements')}, dont {justified}. {RESERVE}"
    choices = [one.libelle for one in Decision]
    columns, beside = COLONNES | A_REMPLIR | HORS_PAGE, tuple(HORS_PAGE)
    sheets = [Feuille(FEUILLE, [titre, told, CONSIGNE], columns, warnings, DITES, DECISION, choices, beside)]
    others = [one for one in fiches if one.controle.gravite is Gravite.INFORMATION]
    if others:
        told = f"{accorder(len(others), 'information', 'informations')}, sans rien à décider."
        columns = COLONNES | {name: one for name, one in HORS_PAGE.items() if name != EMPREINTE}
        sheets.append(Feuille(INFORMATIONS, [titre, told], columns, others, DITES, hors_page=beside))
    return composer_classeur(sheets, releve)
