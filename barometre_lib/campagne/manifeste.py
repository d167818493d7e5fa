"""The manifest: the one statement that a publication succeeded, and of what it was made."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.empreintes import empreintes_fichiers
from barometre_lib.campagne.taches import Tache
from barometre_lib.parametres.edition import Edition
from barometre_lib.qualite.bilan import Resultat

if TYPE_CHECKING:
    from barometre_lib.campagne.etude import Etude

NOM = "manifeste.json"


def ecrire_manifeste(dossier: Path, etude: "Etude", *, taches: Sequence[Tache], absentes: Sequence[str]) -> None:
    """Write `manifeste.json` in a publication otherwise complete; `absentes` are the regions without a page."""
    given, barometre = etude.empreintes.entrees, etude.barometre
    outputs = [path for path in dossier.rglob("*") if path.is_file()]
    content = {
        "releve": etude.releve,
        "demonstration": barometre.registre.demonstration,
        "regions_absentes": list(absentes),
        "edition": _say_edition(barometre.edition.rectifier(given.rectificatif)),
        "france": dire_france(barometre),
        **asdict(given),
        "controles": {result.controle.nom: _say(result) for result in etude.bilan.resultats},
        "pages": {tache.page.nom: etude.empreintes.tache(tache) for tache in taches},
        "sorties": empreintes_fichiers(outputs, dossier),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (dossier / NOM).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _say_edition(edition: Edition) -> dict[str, Any]:
    """Return what the index of the publications says of an edition, and what a later one must know of it."""
    return {
        "mois": edition.mois,
        "jour": edition.jour.isoformat() if edition.jour else "",
        "etat": edition.etat,
        "situation": edition.situation,
        "rectificatif": edition.rectificatif,
    }


def dire_france(barometre: Barometre) -> dict[str, Any]:
    """Return the net number of France over the period that pages are about."""
    contexte = barometre.contexte()
    counts = barometre.comptes([contexte.maille])
    net = counts.loc[counts[contexte.maille] == contexte.periode, "solde_net"].iloc[0]
    return {"periode": contexte.periode, "solde_net": int(net)}


def _say(result: Resultat) -> dict[str, Any]:
    """Return what a check found as numbers of rows alone: a manifest is shared, the register is not."""
    return {
        "suite": result.suite.nom,
        "gravite": result.controle.gravite.value,
        "lignes": result.lignes,
        "en_defaut": len(result.constats),
        "acquittees": len(result.constats) - len(result.en_attente),
    }


def lire_manifestes(sorties: Path) -> list[dict[str, Any]]:
    """Return the manifests of the publications that a folder holds, by relève; what is not one of ours is left out."""
    read = [(path.name, lire_manifeste(path)) for path in sorted(sorties.iterdir()) if path.is_dir()]
    return [one for name, one in read if one and one.get("releve") == name and {"edition", "france"} <= set(one)]


def lire_manifeste(dossier: Path) -> dict[str, Any] | None:
    """Return the manifest of a publication, None where there is none that can be read."""
    try:
        content = json.loads((dossier / NOM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
