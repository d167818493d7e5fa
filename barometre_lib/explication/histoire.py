"""What a row was in each earlier relève, and why it changed."""

from typing import Any

from barometre_lib.explication.examen import montrer_cellule
from barometre_lib.registre.lecture import releves_anterieures
from barometre_lib.revisions import libelle_cause
from barometre_lib.typographie import enumerer, minuscule
from barometre_lib.vocabulaire import NOMS_COLONNES

COLONNES = NOMS_COLONNES[1:]
# Where and how a row counts: what a revision follows.
CONTRIBUTION = ["type_mouvement", "semestre", "region", "departement", "sous_secteur"]


def raconter(barometre: Any, identifiant: str) -> list[dict[str, Any]]:
    """Return, for each relève of the folder up to this one, the motif of a row and what changed since the one before.

    `barometre` is the relève object, whose earlier relèves are under the same rules.
    """
    told, before = list[dict[str, Any]](), None
    for code in [*releves_anterieures(barometre.releve, barometre.registre.dossier), barometre.releve]:
        then = barometre.anterieure(code)
        row = next(iter(then.decisions.query("id_mouvement == @identifiant").to_dict("records")), None)
        cells = (
            [one and montrer_cellule(name, one[name], then.parametres) for one in (before, row)] for name in COLONNES
        )
        changes = [
            {"colonne": name, "avant": old, "apres": new}
            for name, (old, new) in zip(COLONNES, cells, strict=True)
            if before and row and old != new
        ]
        moved = told and _contribution(before) != _contribution(row)
        told.append(
            {"releve": str(code), "motif": row["motif"] if row else "", "change": changes}
            | {"causes": _causes(then, identifiant) if moved else []}
        )
        before = row
    return told


def _contribution(ligne: Any) -> list[Any]:
    return [ligne[name] for name in CONTRIBUTION] if ligne and ligne["compte"] else []


def _causes(barometre: Any, identifiant: str) -> list[str]:
    """Return why the contribution of a row changed since the previous relève, nothing where it did not."""
    changes = barometre.revisions()
    told = dict[str, None]()
    for one in changes[changes["id_mouvement"] == identifiant].to_dict("records"):
        others = [minuscule(libelle_cause(cause)) for cause in one["autres_causes"].split(",") if cause]
        beside = f" ; aussi : {enumerer(others)}" if others else ""
        by = f", par la ligne {one['id_origine']} du même site" if one["induit"] == "oui" and one["id_origine"] else ""
        told[f"{minuscule(libelle_cause(one['cause']))}{by}{beside}"] = None
    return [*told]
