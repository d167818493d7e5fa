"""Known errors of a source, declared beside its files and applied on reading: `<releve>/corrections.yaml`.

A correction names the movement, the column, what the source says and what is right; it never patches a file. Its
guard fails once the source no longer says what was declared: a correction that has become useless, or wrong, is
seen at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import Defaut, ErreurBarometre, montrer
from barometre_lib.parametres import lire_yaml
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

FICHIER = "corrections.yaml"
STATUTS_CORRECTION = {"signalee": "Signalée au service", "confirmee": "Confirmée par le service"}
ENTREES = ("mouvement", "colonne", "source", "corrige", "raison", "statut", "depuis", "jusqu_a")


@dataclass(frozen=True)
class Correction:
    """One known error of a source.

    Attributes
    ----------
    mouvement, colonne : str
        Row and column at fault.
    source, corrige : str
        What the source says, and what is right, both as the register writes them.
    raison : str
        Why, in French; shown on the quality page.
    statut : {"signalee", "confirmee"}
        Whether the service was told, or agrees.
    depuis : date
        Day on which it was declared.
    jusqu_a : str
        Relève in which the source must be right; empty when not known.
    """

    mouvement: str
    colonne: str
    source: str
    corrige: str
    raison: str
    statut: str
    depuis: date
    jusqu_a: str


def lire_corrections(releve: Releve, dossier: Path) -> tuple[Correction, ...]:
    """Read the corrections of a relève; an absent file means that there is none.

    Raises
    ------
    ErreurBarometre
        An entry is not as expected, or two of them speak of one cell.
    """
    path = dossier / str(releve) / FICHIER
    if not path.exists():
        return ()
    content = lire_yaml(path)
    entries = content.get("corrections")
    if set(content) != {"corrections"} or not isinstance(entries, list):
        raise ErreurBarometre(
            f"{afficher(path)}\u00a0: attendu une seule entrée, «\u00a0corrections\u00a0», et sa liste."
        )
    corrections = tuple(_read(entry, rank, path) for rank, entry in enumerate(entries, start=1))
    cells = [(one.mouvement, one.colonne) for one in corrections]
    for cell in cells:
        if cells.count(cell) > 1:
            raise ErreurBarometre(
                f"{afficher(path)}\u00a0: {cell[0]}, colonne {montrer(cell[1])}, est corrigé deux fois\u202f; "
                "gardez une seule correction."
            )
    return corrections


def _read(entry: Any, rank: int, path: Path) -> Correction:
    where = f"{afficher(path)}, correction n°\u00a0{rank}"
    if not isinstance(entry, dict) or set(entry) | {"jusqu_a"} != set(ENTREES):
        found = ", ".join(map(str, entry)) if isinstance(entry, dict) else montrer(str(entry), vide="rien")
        raise ErreurBarometre(
            f"{where}\u00a0: trouvé {found}\u202f; attendu {', '.join(ENTREES)} («\u00a0jusqu_a\u00a0» est facultatif)."
        )
    given = {name: entry.get(name) for name in ENTREES if name != "depuis"}
    # Nothing is an empty cell; a number or a boolean without its quotes is not what the register would hold.
    texts = {name: "" if value is None else value for name, value in given.items()}
    expected = {
        "une date AAAA-MM-JJ pour «\u00a0depuis\u00a0»": type(entry["depuis"]) is date,
        "des textes entre guillemets": all(isinstance(text, str) for text in texts.values()),
        "une colonne du registre autre que id_mouvement": texts["colonne"] in NOMS_COLONNES[1:],
        f"un statut parmi {', '.join(STATUTS_CORRECTION)}": texts["statut"] in tuple(STATUTS_CORRECTION),
        "une raison": bool(texts["raison"]),
        "deux valeurs différentes pour «\u00a0source\u00a0» et «\u00a0corrige\u00a0»": texts["source"]
        != texts["corrige"],
    }
    for phrase, met in expected.items():
        if not met:
            raise ErreurBarometre(f"{where}\u00a0: attendu {phrase}.")
    if texts["jusqu_a"]:
        try:
            Releve.lire(texts["jusqu_a"])
        except ValueError:
            raise ErreurBarometre(
                f"{where}\u00a0: trouvé {montrer(texts['jusqu_a'])}\u202f; attendu une relève, AAAA-S1 ou AAAA-S2."
            ) from None
    return Correction(**texts, depuis=entry["depuis"])


def corriger(
    textes: pd.DataFrame, corrections: Sequence[Correction], *, releve: Releve, fichier: str, defauts: list[Defaut]
) -> None:
    """Apply the corrections to a table of texts, in place.

    Parameters
    ----------
    textes : pandas.DataFrame
        What `lecture.lire_textes` reads.
    corrections : sequence of Correction
        Corrections of that relève.
    releve : Releve
        Relève.
    fichier : str
        File of the corrections, as shown to the user.
    defauts : list of Defaut
        Receives the guards that fail: the row is gone, or the source no longer says what was declared.
    """
    for one in corrections:
        rows = textes.index[textes["id_mouvement"] == one.mouvement]
        subject = f"{one.mouvement}, colonne {montrer(one.colonne)}"
        if len(rows) > 1:
            what = (
                f"{subject}\u00a0: ce mouvement figure sur {len(rows)} lignes\u202f; donnez à chacune son identifiant"
            )
        elif rows.empty:
            what = f"{subject}\u00a0: ce mouvement n'est pas dans la relève\u202f; retirez la correction"
        elif textes.at[rows[0], one.colonne] == one.corrige:
            what = f"{subject}\u00a0: la source est maintenant juste\u202f; retirez la correction"
        elif one.jusqu_a and releve >= Releve.lire(one.jusqu_a):
            what = f"{subject}\u00a0: la source devait être juste en {one.jusqu_a}\u202f; vérifiez-le auprès du service"
        elif textes.at[rows[0], one.colonne] != one.source:
            what = f"{subject}\u00a0: la source dit autre chose que ce qui est déclaré\u202f; revoyez la correction"
        else:
            textes.at[rows[0], one.colonne] = one.corrige
            continue
        defauts.append(Defaut(fichier, 0, "", "", what))
