"""The catalogue of pages, `params/carnets.yaml`: the only place that knows which pages a publication has."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field
from pydantic.json_schema import SkipJsonSchema

from barometre_lib.chemins import racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.attendus import Ecart
from barometre_lib.parametres.fichiers import FERME, Oui, Texte, attendu, montrer_valeur, ouvrir_yaml
from barometre_lib.vocabulaire import Dimension, Releve

Diffusion = Literal["interne", "publique"]
# What a publication writes beside the pages of the catalogue, and would lose to a page of the same path.
RESERVES = re.compile(r"index\.html|(tableaux|notebooks)/.*")
# No other sign, so that no path is absolute, leaves the folder, or is two paths on some systems and one on others.
PAGE_ATTENDUE = "un chemin relatif en .html, en minuscules sans accents, avec {code} s'il y a « pour_chaque »"
FORME_PAGE = r"^(([a-z0-9_-]|\{code\})+/)*([a-z0-9_-]|\{code\})+\.html$"


def _refuser_nom(_: object) -> object:
    raise ValueError("aucun nom : celui de la série est celui de son entrée")


@dataclass(frozen=True)
class Serie:
    """The pages that one notebook makes: one entry of the catalogue."""

    __pydantic_config__ = FERME

    carnet: Annotated[str, attendu("un carnet du dossier notebooks/", pattern=r"^[a-z0-9_]+\.ipynb$")]
    page: Annotated[str, attendu(PAGE_ATTENDUE, pattern=FORME_PAGE)]  # path in the publication
    titre: Texte  # `{nom}` and `{code}` stand for those of the territory or sector
    diffusion: Annotated[tuple[Diffusion, ...], Field(min_length=1, description="une liste : interne, publique")]
    pour_chaque: Literal[Dimension, ""] = ""  # empty: one page
    sommaire: Texte = ""  # where indexes and navigation list the pages; empty: they do not
    objet: Texte = ""  # what the index says of the page
    contacts: Oui = False  # whether press contacts stand at the foot
    commentaire: Oui = False  # whether its notebook shows what people wrote of the relève
    pdf: Oui = False
    controle: Oui = False  # whether its notebook shows what the gate found, and so waits for it
    etude: Oui = False  # whether its notebook counts under other rules: a study, stamped, internal
    # Which rows the page is about: those of the relève, or its own and the counts of all territories.
    depend_de: Literal["releve", "territoire"] = "releve"
    nom: Annotated[SkipJsonSchema[str], BeforeValidator(_refuser_nom)] = ""  # key of its entry


@dataclass(frozen=True)
class Page:
    """One page of a publication."""

    serie: Serie
    code: str = ""  # of the territory or sector; empty for a page alone
    libelle: str = ""  # its name

    @property
    def nom(self) -> str:
        """Name of the task that makes it, unique: `regional-84`, `national`."""
        return f"{self.serie.nom}-{self.code}" if self.code else self.serie.nom

    @property
    def adresse(self) -> str:
        """Path in the publication: `regions/84.html`."""
        return self.serie.page.replace("{code}", self.code)

    @property
    def titre(self) -> str:
        """Title, in French."""
        return self.serie.titre.replace("{nom}", self.libelle).replace("{code}", self.code)

    @property
    def parametres(self) -> dict[str, str]:
        """What its notebook is given beside the relève: `{"region": "84"}`."""
        return {self.serie.pour_chaque: self.code} if self.code else {}


@dataclass(frozen=True)
class Catalogue:
    """Every series of pages, in the order of the file."""

    series: tuple[Serie, ...]
    nomenclatures: Nomenclatures

    def pages(self, diffusion: Diffusion = "interne", releve: Releve | None = None) -> tuple[Page, ...]:
        """Return the pages of a publication, in the order of the file, then of codes.

        The pages by sector follow the grouping of sectors of `releve`, the present one by default.
        """
        return tuple(
            Page(serie, code, name)
            for serie in self.series
            if diffusion in serie.diffusion
            for code, name in _codes(serie.pour_chaque, self.nomenclatures, releve).items()
        )

    def page(self, nom: str, releve: Releve | None = None) -> Page:
        """Return a page by its name."""
        found = [page for kind in ("interne", "publique") for page in self.pages(kind, releve) if page.nom == nom]
        if not found:
            names = ", ".join(f"{one.nom}-<{one.pour_chaque}>" if one.pour_chaque else one.nom for one in self.series)
            raise ErreurBarometre(f"Page {montrer(nom, vide='sans nom')} inconnue ; attendu {names}.")
        return found[0]


def lire_catalogue(nomenclatures: Nomenclatures, dossier: Path | None = None) -> Catalogue:
    """Read `carnets.yaml`, in the project's `params` or in another folder that stands beside `notebooks/`.

    Raises
    ------
    ErreurBarometre
        The file is missing or an entry is not as expected, a notebook is missing, two pages have one path; all
        faults are said.
    """
    folder = dossier or racine() / "params"
    file = ouvrir_yaml(folder / "carnets.yaml")
    read, departures = file.examiner(dict[str, Serie])
    entries = {nom: entry for nom, entry in file.donnees.items() if isinstance(entry, dict)}
    file.refuser([*departures, *_ecarts(entries, folder.parent / "notebooks"), *_doublons(entries, nomenclatures)])
    return Catalogue(tuple(replace(serie, nom=nom) for nom, serie in read.items()), nomenclatures)


def lire_code(valeur: object, dimension: str, nomenclatures: Nomenclatures, releve: Releve | None = None) -> str:
    """Return the code that the parameter of a notebook gives: `"84"`, or 1, which papermill makes of `01`.

    Raises
    ------
    ErreurBarometre
        It is neither a text nor a whole number, or no code of that dimension.
    """
    codes = _codes(dimension, nomenclatures, releve)
    code = f"{valeur:02d}" if type(valeur) is int else valeur
    if not isinstance(code, str) or code not in codes:
        shown = ", ".join(codes) if len(codes) < 30 else f"{', '.join(list(codes)[:3])}…"
        raise ErreurBarometre(
            f"Paramètre « {dimension} » : trouvé {montrer_valeur(valeur)} ; attendu un code, texte ou nombre entier "
            f"({shown})."
        )
    return code


def lire_region(valeur: object, nomenclatures: Nomenclatures) -> str:
    """Return the code of a region, empty for France: `None` or an empty text; see `lire_code`."""
    france = valeur is None or (isinstance(valeur, str) and not valeur)
    return "" if france else lire_code(valeur, "region", nomenclatures)


def _codes(dimension: str, nomenclatures: Nomenclatures, releve: Releve | None = None) -> Mapping[str, str]:
    """Return code to name, in the order of codes; an empty code and name where there is no dimension."""
    if not dimension:
        return {"": ""}
    labels = nomenclatures.libelles(dimension)
    codes = nomenclatures.secteur_de_sous_secteur(releve).values() if dimension == "secteur" else labels
    return {code: labels[code] for code in sorted(set(codes))}


def _ecarts(entries: Mapping[str, Mapping[str, Any]], notebooks: Path) -> Iterator[Ecart]:
    """Yield what is wrong in a series though each of its entries may be well formed."""
    for nom, entry in entries.items():
        if not re.fullmatch("[a-z][a-z0-9_]*", str(nom)):
            yield (nom,), "attendu un nom de série en minuscules, sans accents ni tiret"
        several = "pour_chaque" in entry and entry["pour_chaque"] != ""
        page, title, notebook = (entry.get(name) for name in ("page", "titre", "carnet"))
        if isinstance(page, str):
            if several and "{code}" not in page:
                yield (nom, "page"), "attendu {code}, qui donne à chaque page de « pour_chaque » son chemin"
            if not several and "{code}" in page:
                yield (nom, "page"), "attendu un chemin sans {code}, ou « pour_chaque » qui dise de quoi"
            if RESERVES.fullmatch(page):
                yield (nom, "page"), "attendu un autre chemin : index.html, tableaux/ et notebooks/ sont pris"
        if isinstance(title, str) and re.search("[{}]", re.sub(r"\{nom\}|\{code\}", "", title) if several else title):
            words = "sans autre accolade que {nom} et {code}" if several else "sans accolade, ou « pour_chaque »"
            yield (nom, "titre"), f"attendu un titre {words}"
        if isinstance(notebook, str) and not (notebooks / Path(notebook).name).is_file():
            yield (nom, "carnet"), "attendu un carnet du dossier notebooks/ ; créez-le ou corrigez son nom"
        if entry.get("etude") == "oui" and "publique" in (entry.get("diffusion") or ()):
            yield (nom, "diffusion"), "attendu [interne] : une étude ne se publie pas"
        if entry.get("depend_de") == "territoire" and not several:
            yield (nom, "depend_de"), "attendu releve, ou « pour_chaque » qui dise quel territoire"


def _doublons(entries: Mapping[str, Mapping[str, Any]], nomenclatures: Nomenclatures) -> Iterator[Ecart]:
    """Yield the pages of which the path is also that of a page of another series."""
    paths = {}
    for nom, entry in entries.items():
        dimension, page = entry.get("pour_chaque", ""), entry.get("page")
        if isinstance(page, str) and dimension in ("", *get_args(Dimension)):
            codes = [""] if not dimension else nomenclatures.libelles(dimension)
            paths[nom] = {page.replace("{code}", code) for code in codes}
    for first, second in combinations(paths, 2):
        shared = sorted(paths[first] & paths[second])
        if shared:
            yield (second, "page"), f"attendu un autre chemin : {montrer(shared[0])} est aussi une page de « {first} »"
