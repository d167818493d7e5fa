"""What a row was in each earlier relève, and why it changed."""

from typing import Any

from barometre_lib.explication.examen import montrer_cellule
from barometre_lib.registre.lecture import releves_anterieures
from barometre_lib.revisions import libelle_cause
from barometre_lib.revisions.appariement import apparier
from barometre_lib.typographie import enumerer, minuscule, periode, signe
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

COLONNES = NOMS_COLONNES[1:]
# Where and how a row counts: what a revision follows.
CONTRIBUTION = ["type_mouvement", "semestre", "region", "departement", "sous_secteur"]


def raconter(barometre: Any, identifiant: str) -> list[dict[str, Any]]:
    """Return, for each relève of the folder up to this one, the motif of a row and what changed since the one before.

    `barometre` is the relève object, whose earlier relèves are under the same rules.
    """
    told, before, former = list[dict[str, Any]](), None, identifiant
    for code, name in _nommer(barometre, identifiant).items():
        then = barometre.anterieure(code)
        row = next(iter(then.decisions.query("id_mouvement == @name").to_dict("records")), None)
        cells = (
            [one and montrer_cellule(column, one[column], then.parametres) for one in (before, row)]
            for column in COLONNES
        )
        changes = [
            {"colonne": column, "avant": old, "apres": new}
            for column, (old, new) in zip(COLONNES, cells, strict=True)
            if before and row and old != new
        ]
        moved = told and _contribution(before) != _contribution(row)
        told.append(
            {"releve": str(code), "id_mouvement": name, "motif": row["motif"] if row else "", "change": changes}
            | {"causes": _causes(then, former, name) if moved else []}
        )
        before, former = row, name
    return told


def _nommer(barometre: Any, identifiant: str) -> dict[Releve, str]:
    """Return the identifier of a row in each relève, the earliest first: it may have changed, as revisions match it."""
    names, later = {barometre.releve: identifiant}, barometre
    for code in reversed(releves_anterieures(barometre.releve, barometre.registre.dossier)):
        then, name = barometre.anterieure(code), names[later.releve]
        before, after = (one.registre.mouvements for one in (then, later))
        if not before["id_mouvement"].eq(name).any() and after["id_mouvement"].eq(name).any():
            name = apparier(before, after, later.parametres.delai_evenement).identifiants.get(name, name)
        names[code], later = name, then
    return dict(reversed(names.items()))


def _contribution(ligne: Any) -> list[Any]:
    return [ligne[name] for name in CONTRIBUTION] if ligne and ligne["compte"] else []


def _causes(barometre: Any, *identifiants: str) -> list[str]:
    """Return why the contribution of a row changed since the previous relève, nothing where it did not."""
    changes = barometre.revisions()
    told = dict[str, None]()
    for one in changes[changes["id_mouvement"].isin(identifiants)].to_dict("records"):
        others = [minuscule(libelle_cause(cause)) for cause in one["autres_causes"].split(",") if cause]
        beside = f" ; ont aussi changé : {enumerer(others)}" if others else ""
        by = f", par la ligne {one['id_origine']} du même site" if one["induit"] == "oui" and one["id_origine"] else ""
        effect = f"{periode(one['periode'])}, {signe(one['solde_net'])}"
        told[f"{minuscule(libelle_cause(one['cause']))} ({effect}){by}{beside}"] = None
    return [*told]
