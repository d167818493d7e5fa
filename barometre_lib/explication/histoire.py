"""What a row was in each earlier relève, and why it changed."""

from typing import Any

from barometre_lib.explication.examen import montrer_cellule
from barometre_lib.registre.lecture import releves_anterieures
from barometre_lib.revisions import libelle_cause
from barometre_lib.typographie import enumerer, minuscule
from barometre_lib.vocabulaire import NOMS_COLONNES

# Where and how a row counts: what a revision follows.
CONTRIBUTION = ["motif", "type_mouvement", "semestre", "region", "sous_secteur"]


def raconter(barometre: Any, identifiant: str) -> list[dict[str, Any]]:
    """Return, for each relève of the folder up to this one, the motif of a row and what changed since the one before.

    `barometre` is the relève object, whose earlier relèves are under the same rules.
    """
    told, before = list[dict[str, Any]](), None
    for code in [*releves_anterieures(barometre.releve, barometre.registre.dossier), barometre.releve]:
        then = barometre.anterieure(code)
        found = then.decisions.set_index("id_mouvement")
        row = found.loc[identifiant] if identifiant in found.index else None
        one: dict[str, Any] = {"releve": str(code), "motif": "" if row is None else row["motif"], "change": []}
        if row is not None and before is not None:
            one["change"] = [
                {"colonne": name, "avant": old, "apres": new}
                for name in NOMS_COLONNES[1:]
                for old, new in [[montrer_cellule(name, side[name], then.parametres) for side in (before, row)]]
                if old != new
            ]
        moved = told and (row is None) != (before is None)
        if row is not None and before is not None:
            moved = not row[CONTRIBUTION].equals(before[CONTRIBUTION])
        one["causes"] = _causes(then, identifiant) if moved else []
        told.append(one)
        before = row
    return told


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
