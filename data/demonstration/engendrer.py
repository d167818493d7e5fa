"""Make the rows of the demonstration register from the table of counts, byte for byte.

Run as `python data/demonstration/engendrer.py [--sorties DIR]`.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
from pathlib import Path
from typing import Any

import yaml
from grille import DOSSIER, REFERENCE, RELEVES, ecrire, lire_comptes, lire_csv
from lignes import COLONNES, Fabrique
from mouvements import Mouvements
from plan import planchers, planifier
from registre import Registre
from retouches import Vue, lire_retouches, retoucher, retoucher_lignes


def lire_yaml(nom: str) -> Any:
    """Read one of the settings files of this folder."""
    return yaml.safe_load((DOSSIER / nom).read_text(encoding="utf-8"))


def en_csv(lignes: list[dict[str, str]]) -> str:
    """Write rows in the order of their identifiers, with minimal quoting."""
    flux = io.StringIO()
    redacteur = csv.DictWriter(flux, COLONNES, delimiter=";", lineterminator="\n")
    redacteur.writeheader()
    redacteur.writerows(sorted(lignes, key=lambda ligne: ligne["id_mouvement"]))
    return flux.getvalue()


def provenance(releve: str, reglages: dict[str, Any]) -> str:
    """Say where the rows of a relève come from."""
    fiche = {
        "demonstration": "oui",
        "livre_par": reglages["livre_par"],
        "livre_le": reglages["livraisons"][releve],
        "remarque": reglages["remarque"],
    }
    texte: str = yaml.safe_dump(fiche, allow_unicode=True, sort_keys=False, width=110)
    return texte


def jouer() -> dict[str, list[Vue]]:
    """Give the rows as each of the five relèves knows them."""
    reglages, retouches = lire_yaml("generation.yaml"), lire_retouches()
    tables = retoucher(lire_comptes(), retouches, -1)
    alea = random.Random(reglages["graine"])  # noqa: S311
    fabrique = Fabrique(reglages, lire_yaml("lexique.yaml"), lire_yaml("naf_par_sous_secteur.yaml"), alea)
    mouvements = Mouvements(fabrique, planchers(tables))
    registre = Registre(mouvements, planifier(tables), lire_yaml("sites_nommes.yaml"))
    vues: dict[str, list[Vue]] = {}
    for releve in RELEVES:
        registre.jouer(releve)
        vues[releve] = [Vue(m, m.motif == "compte", dict(m.ligne)) for m in mouvements.tous]
    retoucher_lignes(fabrique, vues, retouches)
    return vues


def engendrer(sorties: Path) -> dict[str, int]:
    """Write the five relèves under `sorties`, and give the number of rows of each."""
    vues, reglages = jouer(), lire_yaml("generation.yaml")
    for releve in RELEVES:
        for region in lire_csv(REFERENCE / "regions.csv"):
            lignes = [v.ligne for v in vues[releve] if v.mouvement.region == region["code"]]
            ecrire(sorties / releve / f"{region['code']}.csv", en_csv(lignes))
        ecrire(sorties / releve / "provenance.yaml", provenance(releve, reglages))
    return {releve: len(lignes) for releve, lignes in vues.items()}


def main() -> None:
    """Read the command line, write the register, say what was written."""
    analyseur = argparse.ArgumentParser(description="Engendre le registre de démonstration.")
    analyseur.add_argument("--sorties", type=Path, default=DOSSIER.parent / "releves", help="dossier des relèves")
    for releve, nombre in engendrer(analyseur.parse_args().sorties).items():
        print(f"{releve} : {nombre} lignes.")


if __name__ == "__main__":
    main()
