"""The field of the barometer: what becomes of each NAF code, of rév. 2 or 2025, on a day.

The longest prefix that a code starts with decides, among the lines of its own NAF. Where these say nothing of a code of
NAF 2025, it is what the codes of rév. 2 that lead to it are, if they agree; else it is to be asked.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures, lire_table
from barometre_lib.vocabulaire import FONDEMENTS

Sort = Literal["dans", "hors", "artisanat"]
# Why a NAF code is out of the field.
RAISONS = ("logistique", "dechets", "autre")
SORTS = {"dans": "dans le champ", "hors": "hors du champ", "artisanat": "artisanat, écarté"}
NAF = {"rev2": "NAF rév. 2", "2025": "NAF 2025"}
COLONNES = ["prefixe", "sort", "raison", "naf", "depuis", "fonde_par", "texte"]


@dataclass(frozen=True)
class LigneChamp:
    """One line of `champ_industrie.csv`: what becomes of the codes of a NAF that start with a prefix, from a day on."""

    prefixe: str
    sort: Sort
    raison: str
    naf: str
    depuis: date
    fonde_par: str  # one of `FONDEMENTS`
    texte: str

    @property
    def cle(self) -> tuple[str, str]:
        """What a later line takes the place of."""
        return self.naf, self.prefixe


def lire_champ(path: Path, nomenclatures: Nomenclatures) -> tuple[LigneChamp, ...]:
    """Read `champ_industrie.csv`, whatever the day.

    Raises
    ------
    ErreurBarometre
        The file is missing, or a line is not as expected, repeated, or speaks of no NAF code.
    """
    table = lire_table(path)
    if list(table.columns) != COLONNES:
        raise ErreurBarometre(f"{afficher(path)} : colonnes {';'.join(table.columns)} ; attendu {';'.join(COLONNES)}.")
    lines = []
    for number, cells in enumerate(table.itertuples(index=False), start=2):
        row: dict[str, Any] = dict(zip(COLONNES, cells, strict=True))
        if what := _defaut(row, nomenclatures):
            raise ErreurBarometre(f"{afficher(path)}, ligne {number} : {what}.")
        lines.append(LigneChamp(**row | {"depuis": _jour(row["depuis"])}))
    keys = [(*line.cle, line.depuis) for line in lines]
    repeated = [prefix for naf, prefix, day in keys if keys.count((naf, prefix, day)) > 1]
    if repeated:
        raise ErreurBarometre(
            f"{afficher(path)} : le préfixe « {repeated[0]} » figure sur plusieurs lignes d'une NAF et d'une date ; "
            "gardez-en une."
        )
    return tuple(lines)


def _defaut(ligne: Mapping[str, str], nomenclatures: Nomenclatures) -> str:
    """Return what is wrong with a line, nothing when it is well made."""
    prefix, fate, reason, naf = ligne["prefixe"], ligne["sort"], ligne["raison"], ligne["naf"]
    what = ""
    if fate not in SORTS or not re.fullmatch(r"[A-U]|\d\d(\.\d{1,2}[A-Z]?)?", prefix):
        found = f"trouvé « {prefix};{fate} »"
        what = f"{found} ; attendu une section ou un préfixe NAF, puis dans, hors ou artisanat"
    elif reason not in (RAISONS if fate == "hors" else ("",)):
        wanted = f"attendu {', '.join(RAISONS)} pour un préfixe hors du champ, rien pour les autres"
        what = f"trouvé la raison « {reason} » ; {wanted}"
    elif naf not in NAF:
        what = f"trouvé la NAF « {naf} » ; attendu {' ou '.join(NAF)}"
    elif prefix not in _prefixes(nomenclatures, naf):
        more = "" if naf == "rev2" else " (attendu au moins deux chiffres : le champ n'y lit pas les sections)"
        what = f"aucun code de la {NAF[naf]} ne commence par « {prefix} »{more}"
    elif ligne["fonde_par"] not in FONDEMENTS:
        what = f"trouvé « {ligne['fonde_par']} » ; attendu qui fonde la ligne, {' ou '.join(FONDEMENTS)}"
    elif _jour(ligne["depuis"]) is None:
        what = f"trouvé la date « {ligne['depuis']} » ; attendu une date AAAA-MM-JJ"
    return what


@lru_cache
def _prefixes(nomenclatures: Nomenclatures, naf: str) -> frozenset[str]:
    codes = [*nomenclatures.naf, *nomenclatures.section_naf.values()] if naf == "rev2" else nomenclatures.naf_2025
    return frozenset(code[:size] for code in codes for size in range(1, len(code) + 1))


def _jour(texte: str) -> date | None:
    with suppress(ValueError):
        return datetime.strptime(texte, "%Y-%m-%d").date()
    return None


def champ_au(jour: date, champ: Sequence[LigneChamp]) -> tuple[LigneChamp, ...]:
    """Return the lines in force on a day: of one prefix, the latest."""
    dated = sorted((line for line in champ if line.depuis <= jour), key=lambda line: line.depuis)
    latest = {line.cle: line for line in dated}
    return tuple(line for line in champ if latest.get(line.cle) is line)


@lru_cache
def decider_champ(champ: tuple[LigneChamp, ...], nomenclatures: Nomenclatures) -> Mapping[str, LigneChamp]:
    """Return the line that decides each NAF sub-class; one of NAF 2025 that is absent is to be asked."""
    decided = {}
    for code, section in nomenclatures.section_naf.items():
        line = _la_plus_longue(champ, "rev2", code, section)
        if line is None:
            raise ErreurBarometre(
                f"params/champ_industrie.csv : aucun préfixe ne décide du code NAF {code} ; ajoutez sa section."
            )
        decided[code] = line
    for code, sources in nomenclatures.antecedents_naf.items():
        former = [decided[source] for source in sources]
        line = _la_plus_longue(champ, "2025", code) or (former[0] if len({one.sort for one in former}) == 1 else None)
        if line:
            decided[code] = line
    return decided


def _la_plus_longue(champ: Sequence[LigneChamp], naf: str, code: str, section: str = "") -> LigneChamp | None:
    fitting = [line for line in champ if line.naf == naf and (line.prefixe == section or code.startswith(line.prefixe))]
    return max(fitting, key=lambda line: len(line.prefixe), default=None)
