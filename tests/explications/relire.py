"""Rewrite the explanations that `test_expliquer.py` holds, one of each motif: read the difference before it is kept.

`python tests/explications/relire.py`, from the project's root.
"""

from pathlib import Path

from barometre_lib import Barometre

ICI = Path(__file__).parent
# A row of each motif, of 2025-S2, and how its file is named.
LIGNES = {
    "abandonne": "04-00003",
    "non_effectif": "11-00246",
    "hors_periode": "11-00017",
    "hors_champ": "11-00022",
    "artisanat": "11-00015",
    "effectif_manquant": "03-00007",
    "sous_seuil": "04-00004",
    "significativite_inconnue": "11-00121",
    "non_significatif": "11-00013",
    "doublon": "11-00067",
    "compte": "84-00543",
}
RELEVE = "2025-S2"


def expliquer(motif: str, barometre: Barometre) -> str:
    """Return the explanation of the row of a motif, spaces as a keyboard makes them."""
    told = str(barometre.expliquer(LIGNES[motif]))
    return told.replace("\u00a0", " ").replace("\u202f", " ") + "\n"


def main() -> None:
    """Write each explanation."""
    barometre = Barometre.charger(RELEVE)
    for motif in LIGNES:
        (ICI / f"{motif}.txt").write_text(expliquer(motif, barometre), encoding="utf-8")


if __name__ == "__main__":
    main()
