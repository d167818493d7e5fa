"""What the gate announces of a relève as a whole.

A change of method, relèves that are missing before it, what answers to pairs of rows do to rule 9, or no longer do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.champ import NAF, SORTS
from barometre_lib.parametres.edition import chemin_edition
from barometre_lib.parametres.rapprochements import Rapprochement, qui_tiennent, tombees
from barometre_lib.parametres.regles import Parametre, lire_parametres_regles
from barometre_lib.regles import lire_liens
from barometre_lib.typographie import accorder, enumerer, jour, nombre, signe
from barometre_lib.vocabulaire import MESURES_BRUTES, Releve


@dataclass(frozen=True)
class ChangementMethode:
    """A parameter of the rules whose value is no longer that of the previous relève."""

    avant: Parametre
    apres: Parametre
    # By `annee`: `avant` and `apres`, movements counted under each value; `solde_avant`, `solde_apres`, their net.
    comptes: pd.DataFrame


def changements_de_methode(barometre: Barometre) -> list[ChangementMethode]:
    """Return the parameters that change with a relève, each with the counts of the same rows under both values.

    The previous relève is that of the folder, or else the semester before.
    """
    official = barometre.officielle
    before, now = _avant(official), official.parametres.parametres
    changed = [nom for nom, one in before.items() if one.valeur != now[nom].valeur]
    return [ChangementMethode(before[nom], now[nom], _comparer(official, before[nom])) for nom in changed]


def _avant(barometre: Barometre) -> Mapping[str, Parametre]:
    """Return the parameters of the rules just before a relève, none before the first one."""
    if barometre.precedente:
        return barometre.precedente.parametres.parametres
    semesters = barometre.releve.semestres
    if not semesters[1:]:
        return {}
    return lire_parametres_regles(Releve.lire(semesters[-2]), nomenclatures=barometre.nomenclatures).parametres


def _comparer(barometre: Barometre, avant: Parametre) -> pd.DataFrame:
    """Count the rows of a relève by year, under its own values and with one of them as it was."""
    former = lire_parametres_regles(
        barometre.releve,
        surcharges={avant.nom: avant.valeur},
        nomenclatures=barometre.nomenclatures,
        lacunes=barometre.parametres.lacunes,
    )
    counts = {"avant": Barometre(barometre.registre, former).comptes(["annee"]), "apres": barometre.comptes(["annee"])}
    return pd.DataFrame(
        {"annee": counts["apres"]["annee"]}
        | {name: table[list(MESURES_BRUTES)].sum(axis="columns") for name, table in counts.items()}
        | {f"solde_{name}": table["solde_net"] for name, table in counts.items()}
    )


def annoncer(barometre: Barometre) -> tuple[str, ...]:
    """Say of a relève what stops nothing and must be known: French sentences."""
    changed = map(_dire, changements_de_methode(barometre))
    links = (*_dire_liens(barometre), *dire_tombees(barometre))
    return (*_dire_manquantes(barometre), *changed, *_dire_champ(barometre), *links)


def _dire_liens(barometre: Barometre) -> Iterator[str]:
    links = lire_liens(barometre.registre.mouvements, barometre.parametres)
    if links:
        joined = accorder(len(links.unis), "paire n'en fait qu'un", "paires n'en font qu'un")
        parted = accorder(len(links.separes), "paire en fait deux", "paires en font deux")
        yield f"Règle 9, mouvements que la relecture a rapprochés : {joined}, {parted}."


def dire_tombees(barometre: Barometre) -> Iterator[str]:
    """Say which answers to pairs of rows no longer change the count: of this relève, or that held in the previous."""
    known, rows = barometre.parametres.rapprochements, _par_mouvement(barometre)
    if not known:
        return
    before = barometre.precedente
    held = {one.cle for one in qui_tiennent(known, _par_mouvement(before))} if before else set[tuple[str, str]]()

    def dire(one: Rapprochement) -> str:
        gone = [name for name in one.cle if name not in rows.index]
        left = f"{enumerer(gone)} n'est plus au registre" if len(gone) == 1 else "ils ne sont plus au registre"
        return (
            f"{one.premier} et {one.second} ({left if gone else 'une valeur a changé'} ; {one.lieu.rpartition('/')[2]})"
        )

    fallen = [dire(one) for one in tombees(known, rows) if one.origine == barometre.releve or one.cle in held]
    if fallen:
        count = accorder(len(fallen), "réponse ne s'applique plus", "réponses ne s'appliquent plus")
        again = f"relisez-les par « barometre rapprocher {barometre.releve} »"
        yield (
            f"Attention, rapprochements : {count} : {' ; '.join(fallen)} ; {again} ou, d'une paire qui n'y est plus, "
            "retirez la ligne."
        )


def _par_mouvement(barometre: Barometre) -> pd.DataFrame:
    return barometre.registre.mouvements.set_index("id_mouvement")


def _dire_champ(barometre: Barometre) -> Iterator[str]:
    """Say the lines of the field that begin with a relève."""
    official = barometre.officielle
    before = official.precedente.parametres.champ if official.precedente else official.parametres.champ
    for line in official.parametres.champ:
        if line not in before:
            place = f"« {line.prefixe} » ({NAF[line.naf]})"
            yield f"Changement du champ : {place} est {SORTS[line.sort]} depuis le {jour(line.depuis)}. {line.texte}."


def _dire_manquantes(barometre: Barometre) -> Iterator[str]:
    before, folder = barometre.precedente, barometre.registre.dossier
    codes = map(Releve.lire, barometre.releve.semestres)
    missing = [str(one) for one in codes if before and before.releve < one < barometre.releve]
    if before and missing:
        yield (
            f"Attention : {afficher(folder)} n'a pas {', '.join(missing)} ; la relève {barometre.releve} est comparée "
            f"à {before.releve}. Déposez ce qui manque, ou dites-le à qui lira l'évolution."
        )


def _dire(changement: ChangementMethode) -> str:
    """Say what a parameter becomes, and the years of which it moves the counts."""
    before, after = changement.avant, changement.apres
    rows = changement.comptes.to_dict("records")
    moved = [
        f"{row['annee']}, {accorder(row['apres'], 'mouvement', 'mouvements')} au lieu de {nombre(row['avant'])}, solde "
        f"net {signe(row['solde_apres'])} au lieu de {signe(row['solde_avant'])}"
        for row in rows
        if (row["avant"], row["solde_avant"]) != (row["apres"], row["solde_apres"])
    ]
    told = " ; ".join(moved) or "aucun compte ne change"
    return (
        f"Changement de méthode : « {after.nom} » vaut {after} depuis le {jour(after.depuis)}, et non plus {before}. "
        f"Comptes des mêmes lignes : {told}."
    )


def exiger_phrases(barometre: Barometre) -> None:
    """Refuse an edition that does not say each change of method, and it alone, in its own words.

    Raises
    ------
    ErreurBarometre
        The entries to add or to take off.
    """
    changed = {one.apres.nom: one for one in changements_de_methode(barometre)}
    said = barometre.edition.methode
    where = f"{afficher(chemin_edition(barometre.releve))}, « methode »"
    faults = [
        f"{where}, « {nom} » : trouvé rien ; attendu une phrase pour les lecteurs : la valeur passe de {one.avant} à "
        f'{one.apres} avec cette relève. Ajoutez : methode: {{{nom}: "…"}}'
        for nom, one in changed.items()
        if nom not in said
    ]
    faults += [
        f"{where}, « {nom} » : attendu un paramètre dont la valeur change avec cette relève ; retirez cette phrase."
        for nom in said
        if nom not in changed
    ]
    if faults:
        raise ErreurBarometre("\n".join(faults))
