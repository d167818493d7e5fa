"""The gate itself: have the suites judge a relève, point at the rows at fault, stop or let through."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.erreurs import ErreurBarometre, RegistreRefuse
from barometre_lib.parametres.acquittements import Acquittement, lire_acquittements
from barometre_lib.qualite.annonces import annoncer
from barometre_lib.qualite.bilan import Bilan, Resultat, etablir_resultats, inutiles
from barometre_lib.qualite.refus import ControleRefuse, refuser
from barometre_lib.qualite.retards import refuser_retards
from barometre_lib.qualite.suites import Gravite, Suite, lire_suites
from barometre_lib.qualite.tables import construire_tables, tables_de_lignes
from barometre_lib.registre.lecture import trouver_releve


class ErreurControle(ErreurBarometre):
    """A gate that cannot be trusted: a fault of the package, never of the register."""


def controler_releve(releve: str, registre: Path | None = None) -> Bilan:
    """Refuse a register that departs from its contract, or has warnings that nobody acknowledged.

    `registre` is the folder that holds the relèves, `data/releves` by default.

    Raises
    ------
    ControleRefuse
        Something stops publication; every row at fault is given.
    ErreurBarometre
        The relève does not exist, or a file beside it (provenance, corrections, suites, edition) cannot be read.
    ErreurControle
        An expectation raised or was not judged.
    """
    return controler(charger_controlable(releve, registre))


def controler_releves(releves: Iterable[str], registre: Path) -> dict[str, Bilan]:
    """Do the same for several relèves, each read once; the first that is refused is what is raised."""
    return {code: controler(one) for code, one in charger_controlables(releves, registre).items()}


def controler(barometre: Barometre) -> Bilan:
    """Do the same for a relève already read."""
    refuser_retards(barometre)
    bilan = examiner(barometre)
    refuser(bilan, barometre.registre.textes)
    return bilan


def charger_controlable(releve: str, registre: Path | None = None) -> Barometre:
    """Read a relève, refused as the gate refuses when its rows cannot be typed, placed or identified."""
    try:
        return Barometre.charger(releve, registre=registre)
    except RegistreRefuse as error:
        raise ControleRefuse(error.defauts, []) from None


def charger_controlables(releves: Iterable[str], registre: Path) -> dict[str, Barometre]:
    """Read relèves, each once: the earlier ones are what the latest compares with."""
    read: dict[str, Barometre] = {}
    for releve in sorted(releves, reverse=True):
        latest = next(iter(read.values()), None)
        code = trouver_releve(releve, registre)
        read[releve] = latest.anterieure(code) if latest else charger_controlable(releve, registre)
    return {releve: read[releve] for releve in releves}


@lru_cache(maxsize=8)
def examiner(barometre: Barometre, acquittements: tuple[Acquittement, ...] | None = None) -> Bilan:
    """Have Great Expectations judge a relève, compared with the previous one of its folder, once.

    `acquittements` are those of `params/releves` by default.
    """
    if known := _CONNUS.get(str(barometre.releve)):
        return known
    decided = lire_acquittements(barometre.releve) if acquittements is None else acquittements
    before, suites = barometre.officielle.precedente, lire_suites(barometre.nomenclatures)
    results = _judge(suites, tables_controlees(barometre), decided)
    rows, corrections = len(barometre.registre.textes), barometre.registre.corrections
    code, useless = before.releve if before else None, inutiles(results, decided, barometre.releve)
    return Bilan(barometre.releve, code, rows, suites, results, corrections, useless, annoncer(barometre))


@lru_cache(maxsize=1)
def tables_controlees(barometre: Barometre) -> Mapping[str, pd.DataFrame]:
    """Return the tables that the suites judge of a relève."""
    with _sans_interruption():
        return construire_tables(barometre.officielle, barometre.officielle.precedente)


def examiner_lignes(present: Barometre, precedent: Barometre | None) -> tuple[Resultat, ...]:
    """Return what the suites on rows warn of in a part of a relève that meets its contract.

    What has vanished is told apart.
    """
    tables = tables_de_lignes(present, precedent)
    followed = tables["suivi"]
    judged = {"mouvements": tables["mouvements"], "suivi": followed[followed["present"]]}
    suites = lire_suites(present.nomenclatures)
    asked = [one.reduire(lambda check: check.gravite is Gravite.AVERTISSEMENT) for one in suites]
    return _judge(asked, judged)


def _judge(
    suites: Sequence[Suite], tables: Mapping[str, pd.DataFrame], acquittements: Sequence[Acquittement] = ()
) -> tuple[Resultat, ...]:
    with _sans_interruption():
        # Imported here: it brings Great Expectations.
        from barometre_lib.qualite.evaluation import evaluer

        return etablir_resultats(suites, tables, evaluer(suites, tables), acquittements)


_CONNUS: dict[str, Bilan] = {}


def retenir(bilan: Bilan) -> None:
    """Have this process, that of one notebook of a campaign, take for a relève what the gate has already found."""
    _CONNUS[str(bilan.releve)] = bilan


@contextmanager
def _sans_interruption() -> Iterator[None]:
    """Say of what stops a suite that it is no fault of the register."""
    try:
        yield
    except ErreurBarometre:
        raise
    except Exception as error:
        raise ErreurControle(f"Contrôle interrompu : {error}. Signalez cette erreur.") from error
