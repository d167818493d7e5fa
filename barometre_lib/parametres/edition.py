"""What is decided for one edition: dates, state, coverage, examples."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
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
            found = montrer("" if content.get(key) is None else str(content[key]), vide="rien")
            raise ErreurBarometre(
                f"{afficher(path)}, «\u00a0{key}\u00a0»\u00a0: trouvé {found}\u202f; attendu {expected}."
            )

    unknown = set(content) - {"mois", "jour", "communique", "etat", "couverture", "exemples"}
    if unknown:
        raise ErreurBarometre(f"{afficher(path)}\u00a0: entrée inconnue «\u00a0{sorted(map(str, unknown))[0]}\u00a0».")
    month, day = content.get("mois"), content.get("jour")
    expect(
        isinstance(month, str) and bool(re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month)), "mois", "«\u00a0AAAA-MM\u00a0»"
    )
    expect(
        day is None or (type(day) is date and f"{day:%Y-%m}" == month),
        "jour",
        "une date du mois de publication",
    )
    address = content.get("communique")
    expect(address is None or str(address).startswith("https://"), "communique", "une adresse https:// ou rien")
    expect(content.get("etat") in get_args(Etat), "etat", ", ".join(get_args(Etat)))
    examples = content.get("exemples") or {}
    expect(
        isinstance(content.get("couverture"), dict), "couverture", "les codes des régions, chacun oui, non ou inconnue"
    )
    for code in sorted(regions | set(map(str, content["couverture"]))):
        if code not in regions or content["couverture"].get(code) not in get_args(Couverture):
            raise ErreurBarometre(
                f"{afficher(path)}, «\u00a0couverture\u00a0» de la région «\u00a0{code}\u00a0»\u00a0: "
                f"trouvé {montrer(str(content['couverture'].get(code, '')), vide='rien')}\u202f; "
                "attendu le code d'une région et oui, non ou inconnue, le tout entre guillemets."
            )
    expect(
        isinstance(examples, dict)
        and set(examples) <= regions
        and all(isinstance(ids, list) and all(isinstance(one, str) for one in ids) for ids in examples.values()),
        "exemples",
        "pour chaque région, une liste d'identifiants de mouvement",
    )
    return Edition(releve, content["mois"], day, address or "", content["etat"], content["couverture"], examples)
