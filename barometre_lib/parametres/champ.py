"""The field of the barometer: what becomes of each NAF code, by the longest prefix that it starts with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures, lire_table

Sort = Literal["dans", "hors", "artisanat"]
# Why a NAF code is out of the field.
RAISONS = ("logistique", "dechets", "autre")


@dataclass(frozen=True)
class LigneChamp:
    """One line of `champ_industrie.csv`: what becomes of the NAF codes that start with a prefix."""

    prefixe: str
    sort: Sort
    raison: str
    texte: str


def lire_champ(path: Path, nomenclatures: Nomenclatures) -> tuple[LigneChamp, ...]:
    """Read `champ_industrie.csv`.

    Raises
    ------
    ErreurBarometre
        The file is missing, or a line is not as expected, repeated, or speaks of no NAF code.
    """
    table = lire_table(path)
    expected = ["prefixe", "sort", "raison", "texte"]
    if list(table.columns) != expected:
        raise ErreurBarometre(f"{afficher(path)} : colonnes {';'.join(table.columns)} ; attendu {';'.join(expected)}.")
    lines = [LigneChamp(*row) for row in table.itertuples(index=False)]
    sections = nomenclatures.section_naf.values()
    for number, line in enumerate(lines, start=2):
        if line.sort not in get_args(Sort) or not re.fullmatch(r"[A-U]|\d\d(\.\d{1,2}[A-Z]?)?", line.prefixe):
            found = f"trouvé « {line.prefixe};{line.sort} »"
            what = f"{found} ; attendu une section ou un préfixe NAF, puis dans, hors ou artisanat"
        elif line.raison not in (RAISONS if line.sort == "hors" else ("",)):
            what = (
                f"trouvé la raison « {line.raison} » ; "
                f"attendu {', '.join(RAISONS)} pour un préfixe hors du champ, rien pour les autres"
            )
        elif line.prefixe not in sections and not any(code.startswith(line.prefixe) for code in nomenclatures.naf):
            what = f"aucun code NAF ne commence par « {line.prefixe} »"
        else:
            continue
        raise ErreurBarometre(f"{afficher(path)}, ligne {number} : {what}.")
    prefixes = [line.prefixe for line in lines]
    repeated = [prefix for prefix in prefixes if prefixes.count(prefix) > 1]
    if repeated:
        raise ErreurBarometre(
            f"{afficher(path)} : le préfixe « {repeated[0]} » figure sur plusieurs lignes ; gardez-en une."
        )
    return tuple(lines)


def decider_champ(champ: Sequence[LigneChamp], nomenclatures: Nomenclatures) -> dict[str, LigneChamp]:
    """Return the line that decides each NAF sub-class: the one with the longest prefix."""
    by_length = sorted(champ, key=lambda line: len(line.prefixe), reverse=True)
    decided = {}
    for code, section in nomenclatures.section_naf.items():
        line = next((line for line in by_length if line.prefixe == section or code.startswith(line.prefixe)), None)
        if line is None:
            raise ErreurBarometre(
                f"params/champ_industrie.csv : aucun préfixe ne décide du code NAF {code} ; ajoutez sa section."
            )
        decided[code] = line
    return decided
