"""What is decided for one edition: dates, state, coverage, examples."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.attendus import Ecart
from barometre_lib.parametres.fichiers import FERME, Texte, attendu, ouvrir_yaml
from barometre_lib.parametres.lacunes import Lacunes
from barometre_lib.parametres.region import COURRIEL
from barometre_lib.parametres.regles import NOMS_PARAMETRES
from barometre_lib.parametres.textes import juger_ligne
from barometre_lib.typographie import INSECABLE, heure, jour, typographier
from barometre_lib.vocabulaire import Releve

Couverture = Literal["oui", "non", "inconnue", "non_actualisee"]
# The region was late: its rows are those of the previous relève.
NON_ACTUALISEE: Couverture = "non_actualisee"
COUVERTURE_ATTENDUE = "oui, non, inconnue ou non_actualisee"
Etat = Literal["travail", "sous_embargo", "diffuse", "rectifie"]
ETATS: dict[Etat, str] = {
    "travail": "document de travail",
    "sous_embargo": "sous embargo",
    "diffuse": "diffusée",
    "rectifie": "rectifiée",
}
# Of the day of an edition released on a day that nothing tells.
INCERTAIN = "incertain"
# An entry of older editions: the gate asks for its conversion, which must read the others.
ACQUITTEMENTS = "acquittements"
FORME_EMBARGO = r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}"


def _lire_region(code: str, info: ValidationInfo[Container[str]]) -> str:
    if code not in info.context:
        raise ValueError("le code d'une région, entre guillemets")
    return code


def _lire_parametre(nom: str) -> str:
    if nom not in NOMS_PARAMETRES:
        raise ValueError(f"un paramètre des règles, {', '.join(NOMS_PARAMETRES)}")
    return nom


def _lire_embargo(value: object) -> datetime:
    # With seconds, YAML itself would make it a date; strptime alone would let « 2025-3-1 6:0 » pass.
    if isinstance(value, str) and re.fullmatch(FORME_EMBARGO, value):
        with suppress(ValueError):
            return datetime.strptime(value, "%Y-%m-%d %H:%M")
    raise ValueError("« AAAA-MM-JJ HH:MM », un jour du mois de publication")


JOUR_ATTENDU = f"une date AAAA-MM-JJ du mois de publication, ou {INCERTAIN}"
Region = Annotated[str, attendu("le code d'une région, entre guillemets"), AfterValidator(_lire_region)]
NomParametre = Annotated[str, attendu("le nom d'un paramètre des règles"), AfterValidator(_lire_parametre)]
Embargo = Annotated[
    datetime, BeforeValidator(_lire_embargo), WithJsonSchema({"type": "string", "pattern": f"^{FORME_EMBARGO}$"})
]
ECHEANCE_ATTENDUE = "une date AAAA-MM-JJ, au plus tard dans le mois de publication, ou rien"
PHRASE_MAX = 400
MOTIF_ATTENDU = "le motif d'une édition dont l'état est rectifie, et d'elle seule"
Rectificatif = Annotated[
    str, attendu(MOTIF_ATTENDU, pattern=r"\S", default=""), AfterValidator(lambda text: " ".join(text.split()))
]


def _lire_exemple(valeur: object) -> object:
    if not isinstance(valeur, str | dict):
        raise ValueError("un identifiant, entre guillemets au besoin, ou des entrées id et texte")
    return {"id": valeur} if isinstance(valeur, str) else valeur


def _lire_phrase(texte: str) -> str:
    if fault := next(juger_ligne(texte), ""):
        raise ValueError(f"une phrase que chacun peut lire ({fault})")
    return texte


@dataclass(frozen=True)
class Exemple:
    """A movement that a page tells about."""

    __pydantic_config__ = FERME
    id: Texte  # as the register names it
    # What the service says of it, in a sentence: its targets said as such. Empty: its columns are told.
    texte: Annotated[
        str,
        attendu(f"une phrase de {PHRASE_MAX} caractères au plus, sur une ligne, ou rien", max_length=PHRASE_MAX),
        AfterValidator(_lire_phrase),
    ] = ""


@dataclass(frozen=True)
class Collecte:
    """When and where the services are asked to send their workbook: said in it, as far as it is known."""

    __pydantic_config__ = FERME
    echeance: Annotated[date | None, attendu(ECHEANCE_ATTENDUE, default=None)] = None
    # Of the desk that collects, not of the press.
    adresse: Annotated[str, attendu("l'adresse d'un service de l'État, en .gouv.fr, ou rien", pattern=COURRIEL)] = ""


@dataclass(frozen=True)
class Edition:
    """What is decided for the edition of one relève: `params/releves/<releve>.yaml`."""

    __pydantic_config__ = FERME
    # Month of publication, and its day while it is certain.
    mois: Annotated[str, attendu("« AAAA-MM », entre guillemets", pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")]
    jour: Annotated[
        date | None,
        attendu(JOUR_ATTENDU, default=None),
        BeforeValidator(lambda value: None if value == INCERTAIN else value),
        WithJsonSchema({"type": "string", "pattern": f"^([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{INCERTAIN})$"}),
    ]
    # Address of the national release, empty when unknown.
    communique: Annotated[str, attendu("une adresse https://, ou rien", pattern="^https://", default="")]
    etat: Etat
    # Day and hour, in France, until which an edition under embargo is not to be told.
    embargo: Annotated[Embargo | None, attendu("« AAAA-MM-JJ HH:MM », un jour du mois de publication", default=None)]
    rectificatif: Rectificatif  # why an edition already released was changed, in French; empty unless it was
    # Whether each region is covered by the collection; the movements that its page tells about, all citable.
    couverture: Annotated[dict[Region, Couverture], attendu(f"pour chaque région, {COUVERTURE_ATTENDUE}")]
    exemples: Annotated[
        dict[Region, list[Annotated[Exemple, BeforeValidator(_lire_exemple, json_schema_input_type=Texte | Exemple)]]],
        attendu("pour chaque région, une liste d'identifiants, ou d'entrées id et texte", default={}),
    ]
    collecte: Annotated[Collecte, Field(default=Collecte(), description="des entrées echeance et adresse, ou rien")]
    # What this edition says of each parameter of the rules whose value changes with it.
    methode: Annotated[dict[NomParametre, Texte], attendu("pour chaque paramètre qui change, une phrase", default={})]

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

    def rectifier(self, raison: str) -> Self:
        """Return this edition as rectified for a reason given when it is published; itself when there is none."""
        return replace(self, etat="rectifie", rectificatif=raison) if raison else self

    def couverte(self, region: str) -> bool:
        """Tell whether a region is known to be covered: only then has it a rank and a colour on maps."""
        return self.couverture[region] == "oui"

    @property
    def non_precisees(self) -> list[str]:
        """Codes of the regions of which it is not known whether they are covered."""
        return [code for code, one in self.couverture.items() if one not in ("oui", NON_ACTUALISEE)]


def chemin_edition(releve: Releve, dossier: Path | None = None) -> Path:
    """Return where the edition of a relève is decided, whether the file exists or not."""
    return (dossier or racine() / "params") / "releves" / f"{releve}.yaml"


def lire_edition(releve: Releve, *, nomenclatures: Nomenclatures | None = None, dossier: Path | None = None) -> Edition:
    """Read `params/releves/<releve>.yaml`."""
    regions = (nomenclatures or Nomenclatures.du_projet()).regions
    file = ouvrir_yaml(chemin_edition(releve, dossier))
    file.donnees.pop(ACQUITTEMENTS, None)
    edition, departures = file.examiner(Edition, contexte=regions)
    file.refuser([*departures, *_ecarts(file.donnees, regions)])
    read: Edition = edition
    return read


def lire_mois(releve: Releve, nomenclatures: Nomenclatures) -> str:
    """Return the month of the edition of a relève, 2025-03; empty when nothing is decided of it."""
    return lire_edition(releve, nomenclatures=nomenclatures).mois if chemin_edition(releve).exists() else ""


def lire_lacunes(releve: Releve, anterieures: Iterable[Releve], nomenclatures: Nomenclatures) -> Lacunes:
    """Read in the editions which regions a relève does not update; `anterieures` are relèves of the register.

    Raises
    ------
    ErreurBarometre
        An edition is not as expected, or no earlier relève updates a region.
    """
    late = [code for code, one in _couverture(releve, nomenclatures).items() if one == NON_ACTUALISEE]
    found = dict[str, Releve]()
    for earlier in sorted((one for one in anterieures if one < releve), reverse=True) if late else ():
        coverage = _couverture(earlier, nomenclatures)
        found |= {code: earlier for code in late if code not in found and coverage.get(code) != NON_ACTUALISEE}
    if lost := [code for code in late if code not in found]:
        where = f"{afficher(chemin_edition(releve))}, « couverture », « {lost[0]} »"
        raise ErreurBarometre(
            f"{where} : trouvé {NON_ACTUALISEE}, mais aucune relève précédente du registre n'a actualisé cette région, "
            "il n'y a rien à reporter ; mettez cette relève dans le registre, ou écrivez oui, non ou inconnue."
        )
    return Lacunes(found)


def _couverture(releve: Releve, nomenclatures: Nomenclatures) -> Mapping[str, Couverture]:
    there = chemin_edition(releve).exists()
    return lire_edition(releve, nomenclatures=nomenclatures).couverture if there else {}


def _ecarts(entrees: Mapping[str, Any], regions: Iterable[str]) -> Iterator[Ecart]:
    """Yield what is wrong between entries, though each may be well formed."""
    month, state = entrees.get("mois"), entrees.get("etat")
    for name in ("jour", "embargo"):
        day = str(entrees.get(name) or "")
        if re.match(r"\d{4}-\d{2}-\d{2}", day) and isinstance(month, str) and day[:7] != month:
            yield (name,), f"attendu un jour du mois de publication, {month}"
    asked = entrees.get("collecte")
    deadline = str(asked.get("echeance") or "") if isinstance(asked, dict) else ""
    if re.match(r"\d{4}-\d{2}-\d{2}", deadline) and isinstance(month, str) and deadline[:7] > month:
        yield ("collecte", "echeance"), f"attendu {ECHEANCE_ATTENDUE}, {month}"
    if state in ("diffuse", "rectifie") and not entrees.get("jour"):
        yield ("jour",), f"attendu, d'une édition diffusée, {JOUR_ATTENDU}"
    if state == "sous_embargo" and not entrees.get("embargo"):
        yield ("embargo",), "attendu, d'une édition sous embargo, « AAAA-MM-JJ HH:MM »"
    if bool(str(entrees.get("rectificatif") or "").strip()) != (state == "rectifie"):
        yield ("rectificatif",), f"attendu {MOTIF_ATTENDU}"
    coverage = entrees.get("couverture")
    for code in set(regions).difference(coverage) if isinstance(coverage, dict) else ():
        yield ("couverture", code), f"attendu {COUVERTURE_ATTENDUE}, entre guillemets"
