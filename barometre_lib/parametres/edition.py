"""What is decided for one edition: dates, state, coverage, examples."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from barometre_lib.chemins import racine
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.vocabulaire import Releve

Couverture = Literal["oui", "non", "inconnue"]
Etat = Literal["travail", "sous_embargo", "diffuse", "rectifie"]


@dataclass(frozen=True)
class Edition:
    """What is decided for the edition of one relève: `params/releves/<releve>.yaml`.

    Attributes
    ----------
    releve : Releve
        Relève that the edition publishes.
    mois : str
        Month of publication, `2025-03`.
    jour : date or None
        Day of publication, None while not certain.
    communique : str
        Address of the national release, empty when unknown.
    etat : {"travail", "sous_embargo", "diffuse", "rectifie"}
        State.
    couverture : mapping of str to {"oui", "non", "inconnue"}
        Whether each region is covered by the collection.
    exemples : mapping of str to list of str
        Movements that the page of a region tells about; all must be citable.
    """

    releve: Releve
    mois: str
    jour: date | None
    communique: str
    etat: Etat
    couverture: Mapping[str, Couverture]
    exemples: Mapping[str, list[str]]

    def couverte(self, region: str) -> bool:
        """Tell whether a region is known to be covered: only then has it a rank and a colour on maps."""
        return self.couverture[region] == "oui"


def lire_edition(releve: Releve, *, nomenclatures: Nomenclatures | None = None, dossier: Path | None = None) -> Edition:
    """Read `params/releves/<releve>.yaml`.

    Raises
    ------
    ErreurBarometre
        The file is missing, or one of its entries is not as expected.
    """
    path = (dossier or racine() / "params") / "releves" / f"{releve}.yaml"
    content = lire_yaml(path)
    regions = set((nomenclatures or Nomenclatures()).regions)

    def expect(condition: bool, key: str, expected: str) -> None:
        if not condition:
            raise ErreurBarometre(f"{path}, « {key} » : trouvé {content.get(key)!r} ; attendu {expected}.")

    unknown = set(content) - {"mois", "jour", "communique", "etat", "couverture", "exemples"}
    if unknown:
        raise ErreurBarometre(f"{path} : entrée inconnue « {sorted(map(str, unknown))[0]} ».")
    month, day = content.get("mois"), content.get("jour")
    expect(isinstance(month, str) and bool(re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month)), "mois", "« AAAA-MM »")
    expect(
        day is None or (type(day) is date and f"{day:%Y-%m}" == month),
        "jour",
        "une date du mois de publication",
    )
    address = content.get("communique")
    expect(address is None or str(address).startswith("https://"), "communique", "une adresse https:// ou rien")
    expect(content.get("etat") in get_args(Etat), "etat", ", ".join(get_args(Etat)))
    coverage, examples = content.get("couverture"), content.get("exemples") or {}
    expect(
        isinstance(coverage, dict)
        and set(coverage) == regions
        and all(value in get_args(Couverture) for value in coverage.values()),
        "couverture",
        "les 18 régions entre guillemets, chacune oui, non ou inconnue entre guillemets",
    )
    expect(
        isinstance(examples, dict)
        and set(examples) <= regions
        and all(isinstance(ids, list) and all(isinstance(one, str) for one in ids) for ids in examples.values()),
        "exemples",
        "pour chaque région, une liste d'identifiants de mouvement",
    )
    return Edition(releve, content["mois"], day, address or "", content["etat"], content["couverture"], examples)
