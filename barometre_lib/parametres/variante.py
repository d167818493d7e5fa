"""A study variant: its rules as a command says them, and the stamp that tells them on its pages."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.parametres.regles import NOMS_PARAMETRES, ParametresRegles, lire_parametres_regles
from barometre_lib.parametres.variantes import VARIANTE
from barometre_lib.typographie import jour, minuscule
from barometre_lib.vocabulaire import Releve

TAMPON = "Variante d'étude, hors méthode officielle"
EXEMPLE = "seuil_effectif=10"
LIBELLES = {
    "debut_periode": "début de la période",
    "seuil_effectif": "effectif à dépasser",
    "seuil_variation_extension": "hausse de la production d'une extension",
    "seuil_variation_reduction": "baisse de la production d'une réduction",
    "delai_evenement": "délai où un événement est dit deux fois",
    "ordre_sources": "ordre des sources",
}

# The rules of the variants that this process loaded, the first one first.
_CHARGEES: list[list[str]] = []


def noter_variante(parametres: ParametresRegles) -> None:
    """Note the rules of a variant that this process loads; nothing of the official method.

    Raises
    ------
    ErreurBarometre
        A value is that of the method.
    """
    refuser_officielles(parametres)
    if parametres.surcharges:
        _CHARGEES.append(ecrire_regles(parametres.surcharges))


def refuser_officielles(parametres: ParametresRegles) -> None:
    """Refuse a variant of which a value is that of the method: nothing would be studied."""
    for name, official in parametres.officiels.items():
        if parametres.parametres[name].valeur == official.valeur:
            asked = f"« {parametres.variante.nom} » : " if parametres.variante else ""
            raise ErreurBarometre(
                f"Variante : {asked}« {name} » vaut {official}, ce que dit la méthode au "
                f"{jour(parametres.fin_periode)} ; attendu une autre valeur, ou aucune étude."
            )


def variantes_chargees() -> list[str]:
    """Return the rules of the first variant that this process loaded, as a command says them."""
    return list(_CHARGEES[0]) if _CHARGEES else []


def lire_regles(textes: Iterable[str]) -> dict[str, Any]:
    """Read values of parameters, `seuil_effectif=10` each; whether they fit is for whoever reads the parameters.

    Raises
    ------
    ErreurBarometre
        One is not written so, or a parameter is given twice.
    """
    chosen = dict[str, Any]()
    for text in textes:
        name, equal, value = (part.strip() for part in text.partition("="))
        if not name or not equal or name in chosen:
            what = f"« {name} » donné deux fois" if name in chosen else f"trouvé {montrer(text)}"
            raise ErreurBarometre(
                f"Variante : {what} ; attendu PARAMETRE=VALEUR, comme {EXEMPLE}, une fois chacun, parmi "
                f"{', '.join(NOMS_PARAMETRES)}."
            )
        chosen[name] = _read(value)
    return chosen


def _read(text: str) -> Any:
    for kind in (int, float, date.fromisoformat):
        with suppress(ValueError):
            return kind(text.replace(",", "."))
    return [one.strip() for one in text.split(",")] if "," in text else text


def ecrire_regles(regles: Mapping[str, Any]) -> list[str]:
    """Write values of parameters as `lire_regles` reads them, in the order of the parameters."""
    written = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in regles.items()}
    return [f"{name}={written[name]}" for name in (VARIANTE, *NOMS_PARAMETRES) if name in written]


def juger_regles(releve: Releve, textes: Iterable[str]) -> tuple[str, ...]:
    """Return the rules of a study as they are always written, once each is known to be a parameter and a value of it.

    Raises
    ------
    ErreurBarometre
        What is wrong with one, and what was expected.
    """
    asked = lire_parametres_regles(releve, surcharges=lire_regles(textes))
    refuser_officielles(asked)
    return tuple(ecrire_regles(asked.surcharges))


def dire_variante(parametres: ParametresRegles) -> str:
    """Return the stamp of a study variant, with its values and those of the method; empty for the official method."""
    told = [minuscule(parametres.variante.libelle)] if parametres.variante else []
    told += [
        f"{LIBELLES[name]}, {parametres.parametres[name]} au lieu de {official}"
        for name, official in parametres.officiels.items()
    ]
    return f"{TAMPON} : {' ; '.join(told)}" if told else ""
