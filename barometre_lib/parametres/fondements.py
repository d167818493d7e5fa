"""What the method rests on, `params/fondements.yaml`: what the State publishes of it, and what the project chose."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, Field

from barometre_lib.chemins import racine
from barometre_lib.parametres.fichiers import FERME, Oui, Texte, attendu, ouvrir_yaml
from barometre_lib.parametres.regles import NOMS_PARAMETRES, Parametre
from barometre_lib.parametres.variantes import NOM
from barometre_lib.typographie import enumerer
from barometre_lib.vocabulaire import Motif

# Told with a demonstration only: whoever runs the collection knows.
RESERVE = "ce qu'en dit qui n'est pas de la maison, ou rien"
# Names the rules by what they set aside.
Motifs = Annotated[tuple[Motif, ...], Field(default=(), description="les motifs des règles qu'il fonde")]


@dataclass(frozen=True)
class TexteOfficiel:
    """What the State publishes of the method."""

    __pydantic_config__ = FERME
    sujet: Texte
    texte: Annotated[Texte, attendu("ce qui est publié, et non un commentaire")]
    source: Annotated[Texte, attendu("qui les a publiés, et quand")]
    reserve: Annotated[Texte, attendu(RESERVE, default="")]
    definition: Annotated[Oui, Field(default=False, description="si ce texte définit l'industrie, oui ou non")]
    motifs: Motifs


def _juger_noms(choix: str) -> str:
    with suppress(ValueError):  # a brace left open
        named = [(name, more, how) for _, name, more, how in Formatter().parse(choix) if name is not None]
        if all(name in NOMS_PARAMETRES and not more and not how for name, more, how in named):
            return choix
    raise ValueError(f"entre accolades, {enumerer(NOMS_PARAMETRES, 'ou')}")


@dataclass(frozen=True)
class Hypothese:
    """A choice of the project, where the State's text is silent; it gives the parameters of the rules it rests on."""

    __pydantic_config__ = FERME
    sujet: Texte
    choix: Annotated[Texte, AfterValidator(_juger_noms)]
    pourquoi: Texte
    decide: Annotated[Texte, attendu("qui peut en décider autrement")]
    reserve: Annotated[Texte, attendu(RESERVE, default="")]
    motifs: Motifs
    variantes: Annotated[
        tuple[Annotated[str, Field(pattern=NOM)], ...],
        Field(default=(), description="des noms de variantes.yaml, qui mesurent son effet"),
    ]
    non_mesure: Annotated[str, Field(default="", description="pourquoi son effet ne se mesure pas")]

    def dire(self, parametres: Mapping[str, Parametre]) -> str:
        """Return the choice in words, with the values in force of the parameters that it names."""
        return self.choix.format_map(parametres)


@dataclass(frozen=True)
class Fondements:
    """What the State publishes, then the choices of the project, by name."""

    __pydantic_config__ = FERME
    etat: tuple[TexteOfficiel, ...]
    projet: Mapping[str, Hypothese]


def lire_fondements(dossier: Path | None = None) -> Fondements:
    """Read `fondements.yaml` of the project's `params` or of another folder."""
    return ouvrir_yaml((dossier or racine() / "params") / "fondements.yaml").lire(Fondements)
