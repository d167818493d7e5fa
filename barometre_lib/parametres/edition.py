"""What is decided for one edition: dates, state, coverage, examples."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Self, get_args

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.typographie import INSECABLE, heure, jour, typographier
from barometre_lib.vocabulaire import Releve

Couverture = Literal["oui", "non", "inconnue"]
Etat = Literal["travail", "sous_embargo", "diffuse", "rectifie"]
ETATS: dict[Etat, str] = {
    "travail": "document de travail",
    "sous_embargo": "sous embargo",
    "diffuse": "diffusée",
    "rectifie": "rectifiée",
}
ENTREES = frozenset(
    {"mois", "jour", "communique", "etat", "embargo", "rectificatif", "couverture", "exemples", "acquittements"}
)
FORME_EMBARGO = r"\d{4}-\d\d-\d\d \d\d:\d\d"


@dataclass(frozen=True)
class Acquittement:
    """Warnings that the desk has looked at and lets through.

    Attributes
    ----------
    controle : str
        Name of the check; empty when the references alone say which warnings.
    references : tuple of str
        Movements, regions or sums; empty when the number alone says which warnings of the check.
    nombre : int or None
        How many rows the check found when it was acknowledged; it must find as many, whichever they are.
    raison : str
        Why, in French; printed on the quality page.
    """

    controle: str
    references: tuple[str, ...]
    nombre: int | None
    raison: str


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
    acquittements : tuple of Acquittement
        Warnings of the quality gate that do not stop this edition.
    embargo : datetime or None
        Day and hour, in France, until which an edition under embargo is not to be told.
    rectificatif : str
        Why an edition already released was changed, in French; empty unless it was.
    """

    releve: Releve
    mois: str
    jour: date | None
    communique: str
    etat: Etat
    couverture: Mapping[str, Couverture]
    exemples: Mapping[str, list[str]]
    acquittements: tuple[Acquittement, ...] = ()
    embargo: datetime | None = None
    rectificatif: str = ""

    @property
    def situation(self) -> str:
        """Its state in French, as the foot of a page says it: `diffusée`, `sous embargo jusqu'au…`."""
        if self.etat == "rectifie":
            return typographier(f"rectifiée : {self.rectificatif}")
        if self.etat == "sous_embargo" and self.embargo:
            return f"sous embargo jusqu'au {jour(self.embargo)} à{INSECABLE}{heure(self.embargo)}"
        return ETATS[self.etat]

    @property
    def avis(self) -> str:
        """What the head of a page must say of its state, in French; empty for a released edition."""
        if self.etat == "travail":
            return typographier("Document de travail : l'édition n'est pas arrêtée.")
        if self.etat == "sous_embargo":
            return typographier(f"{self.situation[:1].upper()}{self.situation[1:]} : ne pas communiquer avant.")
        return f"Édition {self.situation}" if self.etat == "rectifie" else ""

    def rectifier(self, motif: str) -> Self:
        """Return this edition as rectified for a reason given when it is published; itself when there is none."""
        return replace(self, etat="rectifie", rectificatif=motif) if motif else self

    def couverte(self, region: str) -> bool:
        """Tell whether a region is known to be covered: only then has it a rank and a colour on maps."""
        return self.couverture[region] == "oui"


def chemin_edition(releve: Releve, dossier: Path | None = None) -> Path:
    """Return where the edition of a relève is decided, whether the file exists or not."""
    return (dossier or racine() / "params") / "releves" / f"{releve}.yaml"


def lire_edition(releve: Releve, *, nomenclatures: Nomenclatures | None = None, dossier: Path | None = None) -> Edition:
    """Read `params/releves/<releve>.yaml`.

    Raises
    ------
    ErreurBarometre
        The file is missing, or one of its entries is not as expected.
    """
    path = chemin_edition(releve, dossier)
    content = lire_yaml(path)
    regions = set((nomenclatures or Nomenclatures()).regions)

    def expect(condition: bool, key: str, expected: str) -> None:
        if not condition:
            found = montrer("" if content.get(key) is None else str(content[key]), vide="rien")
            raise ErreurBarometre(
                f"{afficher(path)}, «\u00a0{key}\u00a0»\u00a0: trouvé {found}\u202f; attendu {expected}."
            )

    unknown = set(content) - ENTREES
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
    embargo, rectified = _read_embargo(content.get("embargo")), content.get("rectificatif")
    expect(
        content.get("embargo") is None or bool(embargo and f"{embargo:%Y-%m}" == month),
        "embargo",
        "«\u00a0AAAA-MM-JJ HH:MM\u00a0», un jour du mois de publication",
    )
    expect(
        (isinstance(rectified, str) and bool(rectified.strip()))
        if content["etat"] == "rectifie"
        else rectified is None,
        "rectificatif",
        "le motif d'une édition dont l'état est rectifie, et d'elle seule",
    )
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
    acknowledged = content.get("acquittements") or []
    expect(isinstance(acknowledged, list), "acquittements", "une liste")
    return Edition(
        releve,
        content["mois"],
        day,
        address or "",
        content["etat"],
        content["couverture"],
        examples,
        tuple(_read_acknowledgement(entry, rank, path) for rank, entry in enumerate(acknowledged, start=1)),
        embargo,
        " ".join((rectified or "").split()),
    )


def _read_embargo(value: Any) -> datetime | None:
    """Read `2025-03-13 06:00`; None when it is anything else. With seconds, YAML itself would make it a date."""
    if not isinstance(value, str) or not re.fullmatch(FORME_EMBARGO, value, re.ASCII):
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M")
    except ValueError:
        return None


def _read_acknowledgement(entry: Any, rank: int, path: Path) -> Acquittement:
    read = entry if isinstance(entry, dict) else {}
    check, references, number = (read.get(name) for name in ("controle", "references", "nombre"))
    reason = str(read.get("raison") or "").strip()
    listed = isinstance(references, list) and bool(references) and all(isinstance(one, str) for one in references)
    counted = type(number) is int and number > 0 and isinstance(check, str)
    well_formed = (
        set(read) <= {"controle", "references", "nombre", "raison"}
        and (check is None or isinstance(check, str))
        and ((listed and number is None) or (counted and references is None))
        and reason
    )
    if not well_formed:
        raise ErreurBarometre(
            f"{afficher(path)}, acquittement n°\u00a0{rank}\u00a0: attendu une «\u00a0raison\u00a0», et des "
            "«\u00a0references\u00a0» (identifiants ou régions, entre guillemets) avec ou sans "
            "«\u00a0controle\u00a0», ou un «\u00a0controle\u00a0» et le «\u00a0nombre\u00a0» de lignes relues."
        )
    return Acquittement(check or "", tuple(references or ()), number, reason)
