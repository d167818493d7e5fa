"""Known errors of a source, declared beside its files and applied on reading: `<releve>/corrections.yaml`.

A correction names the movement, the column, what the source says and what is right; it never patches a file. Its
guard fails once the source no longer says what was declared: a correction that has become useless, or wrong, is
seen at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import AfterValidator, Field

from barometre_lib.erreurs import Defaut, montrer
from barometre_lib.parametres.attendus import Ecart
from barometre_lib.parametres.fichiers import FERME, Jour, Texte, attendu, ouvrir_yaml
from barometre_lib.typographie import enumerer
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

FICHIER = "corrections.yaml"
STATUTS_CORRECTION = {"signalee": "Signalée au service", "confirmee": "Confirmée par le service"}
Cellule = Annotated[str, attendu("un texte entre guillemets, ou rien", default="")]
COLONNE = f"^({'|'.join(NOMS_COLONNES[1:])})$"


def _lire_terme(texte: str) -> str:
    try:
        return texte and str(Releve.lire(texte))
    except ValueError:
        raise ValueError("une relève, AAAA-S1 ou AAAA-S2") from None


@dataclass(frozen=True)
class Correction:
    """One known error of a source."""

    __pydantic_config__ = FERME
    mouvement: Texte
    colonne: Annotated[str, attendu("une colonne du registre autre que id_mouvement", pattern=COLONNE)]
    source: Cellule  # what the source says, as the register writes it
    corrige: Cellule  # what is right
    raison: Texte  # in French; shown on the quality page
    # Whether the service was told, or agrees.
    statut: Annotated[Literal["signalee", "confirmee"], Field(description=enumerer(STATUTS_CORRECTION, "ou"))]
    depuis: Jour  # declared on that day
    jusqu_a: Annotated[Cellule, AfterValidator(_lire_terme)]  # relève in which the source must be right, if known


@dataclass(frozen=True)
class FichierCorrections:
    """The file of the corrections of a relève."""

    __pydantic_config__ = FERME
    corrections: Annotated[tuple[Correction, ...], Field(description="la liste des corrections")]


def lire_corrections(releve: Releve, dossier: Path) -> tuple[Correction, ...]:
    """Read the corrections of a relève; an absent file means that there is none.

    Raises
    ------
    ErreurBarometre
        Entries are not as expected, or two of them speak of one cell; all faults are said.
    """
    path = dossier / str(releve) / FICHIER
    if not path.exists():
        return ()
    file = ouvrir_yaml(path)
    corrections = file.lire(FichierCorrections).corrections
    file.refuser(_ecarts(corrections))
    return corrections


def _ecarts(corrections: Sequence[Correction]) -> Iterator[Ecart]:
    seen = set()
    for rank, one in enumerate(corrections):
        cell = (one.mouvement, one.colonne)
        if one.source == one.corrige:
            yield ("corrections", rank), "attendu deux valeurs différentes pour « source » et « corrige »"
        if cell in seen:
            subject = f"{montrer(one.mouvement)}, colonne {montrer(one.colonne)}"
            yield ("corrections", rank), f"{subject}, est corrigé deux fois ; gardez une seule correction"
        seen.add(cell)


def corriger(
    textes: pd.DataFrame, corrections: Sequence[Correction], *, releve: Releve, fichier: str, defauts: list[Defaut]
) -> None:
    """Apply the corrections of a relève, those of `fichier`, to its table of texts, in place.

    `defauts` receives the guards that fail: the row is gone, or the source no longer says what was declared.
    """
    for one in corrections:
        rows = textes.index[textes["id_mouvement"] == one.mouvement]
        subject = f"{one.mouvement}, colonne {montrer(one.colonne)}"
        if len(rows) > 1:
            what = f"{subject} : ce mouvement figure sur {len(rows)} lignes ; donnez à chacune son identifiant"
        elif rows.empty:
            what = f"{subject} : ce mouvement n'est pas dans la relève ; retirez la correction"
        elif textes.at[rows[0], one.colonne] == one.corrige:
            what = f"{subject} : la source est maintenant juste ; retirez la correction"
        elif one.jusqu_a and releve >= Releve.lire(one.jusqu_a):
            what = f"{subject} : la source devait être juste en {one.jusqu_a} ; vérifiez-le auprès du service"
        elif textes.at[rows[0], one.colonne] != one.source:
            what = f"{subject} : la source dit autre chose que ce qui est déclaré ; revoyez la correction"
        else:
            textes.at[rows[0], one.colonne] = one.corrige
            continue
        defauts.append(Defaut(fichier, 0, "", "", what))
