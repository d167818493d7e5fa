"""Pieces of page: HTML made from templates that escape everything, shown by JupyterLab as by the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from barometre_lib import typographie
from barometre_lib.restitution.composition import composer_html

GABARITS = Path(__file__).parent / "gabarits"
# What an output says of itself when its HTML is a fragment's.
MARQUE = {"text/html": {"fragment": True}}
# Functions of `typographie` that templates may use.
FILTRES = (
    *("accorder", "accorder_en_lettres", "nombre", "montant", "signe"),
    *("mois", "jour", "periode", "au_cours_de", "de_periode"),
    *("de", "enumerer", "majuscule"),
)


@dataclass(frozen=True, repr=False)
class Fragment:
    """A piece of HTML that a notebook displays."""

    html: Markup  # safe: whatever it holds went through a template

    def __repr__(self) -> str:
        # Not the default one: an address in memory would make executed notebooks differ.
        return f"<Fragment de {len(self.html)} caractères>"

    def __html__(self) -> str:
        return str(self.html)

    _repr_html_ = __html__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], Mapping[str, Any]]:
        return {"text/html": str(self.html)}, MARQUE


@cache
def environnement(dossier: Path = GABARITS) -> Environment:
    """Return the environment of a folder of templates: everything escaped, an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(dossier),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({name: getattr(typographie, name) for name in FILTRES})
    return environment


def remplir(gabarit: str, valeurs: Mapping[str, Any], *, dossier: Path = GABARITS) -> Markup:
    """Fill a template, `gabarit` without its `.html.j2`, and set what it says as French wants it."""
    html = environnement(dossier).get_template(f"{gabarit}.html.j2").render(valeurs)
    return Markup(composer_html(html))  # noqa: S704


def rendre(gabarit: str, **valeurs: Any) -> Fragment:
    """Fill a template of `gabarits/` with what it names, and return the piece of page."""
    return Fragment(remplir(gabarit, valeurs))


def section(ancre: str, titre: str, *contenus: Fragment | None) -> Fragment:
    """Put pieces of page under a heading of the second level; one that there is not is left out."""
    return rendre("section", ancre=ancre, titre=titre, contenus=[one for one in contenus if one])
