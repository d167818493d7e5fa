"""The sums of jobs and investment that the public edition tells, and the audit of all that its editions tell together.

Little is published, and it is protected simply: over a year, for France and by sector, each sum rounded on its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.secret import Apport, Savoir, Somme, auditer
from barometre_lib.registre.lecture import releves_anterieures, releves_presentes, trouver_releve
from barometre_lib.sommes import ENSEMBLE, NON_ACTUALISE, SECRET, SOMMES, donnants
from barometre_lib.vocabulaire import LIBELLES

# To how many units sums are rounded, and how many units one of their register is: jobs, and euros.
PAS = {"emplois": 50, "investissement_meur": 10_000_000}
UNITES = {"emplois": 1, "investissement_meur": 1_000_000}
NOM = "emplois-investissement"
# Public tables that hold sums: by what, and whether they are rounded. Versions before 0.5 published the last two.
TABLES = {NOM: ("secteur", True), f"{NOM}-secteur": ("secteur", False), f"{NOM}-region": ("region", False)}

# Sums of one table, by what is summed and by code.
Cellules = dict[tuple[str, str], Somme]


def sommes_publiques(barometre: Barometre, remplacee: Path | None = None) -> pd.DataFrame:
    """Return the public sums of a relève by `secteur`, without a row when its own period is not a year.

    Parameters
    ----------
    remplacee : Path, optional
        Folder of the released edition that this one replaces: no sum is told again with another value.

    Returns
    -------
    pandas.DataFrame
        As `sommes.sommer`; a value is a rounded number, « s » when hidden, or « non actualisé ».
    """
    table = barometre.sommes["secteur"].copy()
    if barometre.releve.semestre == 1:
        return table.head(0)
    earlier = releves_anterieures(barometre.releve, barometre.registre.dossier)
    family = [*(barometre.anterieure(one) for one in earlier), barometre]
    knowledge, told = connaitre(family), list[Somme]()
    for one in (one for one in family if one.releve.semestre == 2):
        # An earlier edition may have told of a movement that is now counted in another year.
        kept = _retenir(_cellules(one, "secteur"), told, knowledge)
        told += kept.values()
    before = {key: text for name in list(TABLES)[:2] for key, text in _lire(remplacee, name).items()}
    for name, (_, column) in SOMMES.items():
        values = [
            _dire(kept, before, (name, code), column, empty=not sites)
            for code, sites in zip(table["secteur"], table[f"sites_{name}"], strict=True)
        ]
        table[name] = pd.Series(values, dtype="object")
    return table


def _dire(
    kept: Cellules, before: Mapping[tuple[str, str], str], key: tuple[str, str], column: str, *, empty: bool
) -> int | str | None:
    """Return what a cell shows, given what the edition that it replaces told."""
    value = None if empty else _arrondir(kept[key], column) if key in kept else SECRET
    earlier = before.get(key, "") if before else None
    if earlier and _est_nombre(earlier) and isinstance(value, int):
        earlier = str(_arrondir(Somme("", frozenset([Apport("", "", _unites(earlier, column))])), column))
    if earlier is None or earlier == ("" if value is None else str(value)):
        return value
    return SECRET if SECRET in (value, earlier) else NON_ACTUALISE


def refuser_fuites(travail: Path, publiees: Path, barometre: Barometre) -> None:
    """Refuse a public edition that, read with those in place, would tell what a site gives.

    What those in place tell without it is out already.

    Raises
    ------
    ErreurBarometre
        The sum that tells it; or the register of an edition in place is not there, and nothing can be judged.
    """
    folder = barometre.registre.dossier
    places = {one: publiees / str(one) for one in releves_presentes(publiees)} | {barometre.releve: travail}
    last = max(places)
    latest = barometre if last == barometre.releve else Barometre.charger(str(last), registre=folder)
    read = [latest.anterieure(trouver_releve(str(one), folder)) for one in sorted(places)]
    knowledge = connaitre(read)
    told = {one.releve: lire_sommes(places[one.releve], one) for one in read}
    found = auditer([somme for some in told.values() for somme in some], knowledge)
    if found:
        del told[barometre.releve]
        printed = connaitre([one for one in read if one.releve in told]).dits if told else frozenset[Apport]()
        others = [somme for some in told.values() for somme in some]
        known = auditer(others, replace(knowledge, dits=printed))
        found = [one for one in found if not any(before.dit_deja(one) for before in known)]
    if found:
        raise ErreurBarometre(
            f"Édition publique {barometre.releve} : {found[0].libelle} : {found[0].raison} ; rien n'a été publié. "
            "Retirez l'exemple qui le révèle (params/releves), ou refaites d'abord les éditions publiques en place."
        )


def lire_sommes(dossier: Path, barometre: Barometre) -> list[Somme]:
    """Return the sums that the files of a public edition tell, and those that they hide together."""
    found = []
    for name, (dimension, rounded) in TABLES.items():
        texts, hidden = _lire(dossier, name), defaultdict[str, list[Somme]](list)
        cells = _cellules(barometre, dimension) if texts else {}
        for (measure, code), text in texts.items():
            of_register = cells.get((measure, code), Somme(_libelle(barometre, measure, code, dimension), frozenset()))
            if _est_nombre(text):
                column = SOMMES[measure][1]
                found.append(_borner(of_register, _unites(text, column), PAS[column] if rounded else 1))
            elif _est_nombre(texts.get((measure, ENSEMBLE), "")):
                hidden[measure].append(of_register)
        found += [_ensemble(some) for some in hidden.values()]
    return found


def connaitre(barometres: Sequence[Barometre]) -> Savoir:
    """Return what readers know of the movements of relèves: whose they are, and what the examples tell of them."""
    names = ["id_mouvement", "cle_site", "siret", "entreprise"]
    rows = pd.concat([one.decisions.loc[lambda table: table["compte"], names] for one in barometres])
    # A site that has its SIRET later is the same one.
    sites = dict(zip(rows["id_mouvement"], rows["cle_site"], strict=True))
    signs, first = defaultdict[str, set[str]](set), {site: site for site in sites.values()}

    def chief(site: str) -> str:
        while first[site] != site:
            site = first[site]
        return site

    for name, siret, firm in zip(rows["id_mouvement"], rows["siret"], rows["entreprise"], strict=True):
        for sign in filter(None, (siret[:9], " ".join(firm.casefold().split()))):
            signs[sign].add(sites[name])
    for own in signs.values():
        for site in own:
            first[chief(site)] = chief(min(own))
    signed = {site for own in signs.values() for site in own}
    firms = {site: chief(site) if site in signed else "" for site in first}
    of_firm = defaultdict[str, set[str]](set)
    for site, firm in firms.items():
        of_firm[firm].add(site)
    readers = defaultdict[str, set[frozenset[str]]](set)
    for own in (*signs.values(), *of_firm.values(), *({site} for site in first if site not in signed)):
        for site in own:
            readers[site].add(frozenset(own))
    told = {
        apport
        for one in barometres
        for region in (one.edition_connue.exemples if one.edition_connue else ())
        for name in SOMMES
        for _, apport in _apports(one.exemples(region), name, "region")
    }
    return Savoir(sites, firms, readers, frozenset(told))


def _apports(rows: pd.DataFrame, name: str, dimension: str) -> Iterator[tuple[str, Apport]]:
    """Yield the code and the number of each movement that gives one."""
    column = SOMMES[name][1]
    kept = donnants(rows[["id_mouvement", "type_mouvement", column, dimension]], name)
    for code, one, value in zip(kept[dimension], kept["id_mouvement"], kept[column].astype("float64"), strict=True):
        yield str(code), Apport(one, name, round(value * UNITES[column]))


def _cellules(barometre: Barometre, dimension: str) -> Cellules:
    found = defaultdict[tuple[str, str], set[Apport]](set)
    for name in SOMMES:
        for code, apport in _apports(barometre.mouvements_de_la_periode, name, dimension):
            found[name, code].add(apport)
            found[name, ENSEMBLE].add(apport)
    return {key: Somme(_libelle(barometre, *key, dimension), frozenset(some)) for key, some in found.items()}


def _retenir(cells: Cellules, told: Sequence[Somme], knowledge: Savoir) -> Cellules:
    """Return the sums that may be told beside others: every sure one, else all but the smallest, the total at last."""
    kept: Cellules = {}
    for name, (_, column) in SOMMES.items():
        mine = {
            key: _borner(one, _arrondir(one, column) * UNITES[column], PAS[column])
            for key, one in cells.items()
            if key[0] == name
        }
        sure = {key: one for key, one in mine.items() if not auditer([one], knowledge)}
        ordered = sorted(sure, key=lambda key: (key[1] == ENSEMBLE, sure[key].haut, key))
        while (name, ENSEMBLE) in ordered:
            shown = [sure[key] for key in ordered]
            hidden = [one for key, one in mine.items() if key not in ordered]
            if not auditer([*told, *shown, *([_ensemble(hidden)] if hidden else [])], knowledge):
                kept |= zip(ordered, shown, strict=True)
                break
            del ordered[0]
    return kept


def _ensemble(hidden: Sequence[Somme]) -> Somme:
    """Return what sums hide together: the total, less what is shown."""
    return Somme(f"{hidden[0].libelle} et autres sommes cachées", frozenset().union(*(one.apports for one in hidden)))


def _borner(somme: Somme, units: int, step: int) -> Somme:
    return Somme(somme.libelle, somme.apports, max(0, units - step // 2), units + (step - 1) // 2)


def _arrondir(somme: Somme, column: str) -> int:
    """Round a sum, in the unit of the register."""
    step, total = PAS[column], sum(one.valeur for one in somme.apports)
    return (total + step // 2) // step * step // UNITES[column]


def _unites(text: str, column: str) -> int:
    return round(float(text) * UNITES[column])


def _est_nombre(text: str) -> bool:
    return text not in ("", SECRET, NON_ACTUALISE)


def _lire(edition: Path | None, name: str) -> dict[tuple[str, str], str]:
    """Return what the cells of a table of a public edition say, nothing without that table."""
    path = edition / "tableaux" / f"{name}.csv" if edition else None
    if path is None or not path.is_file():
        return {}
    try:
        table = pd.read_csv(path, sep=";", dtype="str", keep_default_na=False)
        codes = table[TABLES[name][0]]
        cells = {(one, code): text for one in SOMMES for code, text in zip(codes, table[one], strict=True)}
        if not all(isfinite(float(text)) for text in filter(_est_nombre, cells.values())):
            raise ValueError
    except (OSError, ValueError, KeyError):
        raise ErreurBarometre(
            f"{afficher(path)} : ce n'est pas un tableau de sommes du baromètre ; refaites cette édition publique."
        ) from None
    return cells


def _libelle(barometre: Barometre, name: str, code: str, dimension: str) -> str:
    where = {**barometre.nomenclatures.libelles(dimension), ENSEMBLE: "France"}.get(code, code)
    return f"« {LIBELLES[name]} », {where}, relève {barometre.releve}"
