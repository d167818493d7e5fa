"""Rule 9 on one row: the rows of its site, the events that they tell, which row stays and why."""

from typing import Any

import pandas as pd

from barometre_lib.erreurs import montrer
from barometre_lib.explication.examen import montrer_cellule
from barometre_lib.parametres.rapprochements import COMPAREES, qui_tiennent
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles import lire_liens
from barometre_lib.regles.doublon import juger
from barometre_lib.typographie import enumerer, jour
from barometre_lib.vocabulaire import SOURCES, TYPES_MOUVEMENT, Motif

JUGEES = (Motif.COMPTE.value, Motif.DOUBLON.value)


def montrer_site(decisions: pd.DataFrame, identifiant: str, parametres: ParametresRegles) -> dict[str, Any]:
    """Return the rows of the site of a row, what rule 9 says of them, and the answers given of them."""
    rows = decisions.set_index("id_mouvement", drop=False).rename_axis(None)
    links = lire_liens(decisions, parametres)
    sites = pd.Series(links.sites(decisions).to_numpy(), index=rows.index)
    own = rows[sites == sites[identifiant]].sort_values(["date_effet", "id_mouvement"])
    told = juger(own[own["motif"].isin(JUGEES)].reset_index(drop=True), links, parametres)
    said = [_dire(rows.loc[one.mouvement], rows.loc[one.par], evenement=one.evenement) for one in told]
    known = rows[list(COMPAREES)]
    answers = [one for one in qui_tiennent(parametres.rapprochements, known) if {*one.cle} & {*own.index}]
    return {
        "lignes": [
            {
                "id_mouvement": row["id_mouvement"],
                "type": TYPES_MOUVEMENT[row["type_mouvement"]],
                "date_effet": montrer_cellule("date_effet", row["date_effet"], parametres),
                "source": SOURCES[row["source"]],
                "motif": row["motif"],
            }
            for row in own.to_dict("records")
        ],
        "regle_9": said,
        "reponses": [
            f"{enumerer(one.cle)}, {one.nature.libelle} : {one.verdict.libelle}, {montrer(one.raison)} ({one.origine})"
            for one in answers
        ],
    }


def _dire(ecartee: Any, reste: Any, *, evenement: bool) -> str:
    """Say why a row is set aside by another one."""
    one, other = ecartee["id_mouvement"], reste["id_mouvement"]
    if not evenement:
        kind = TYPES_MOUVEMENT[reste["type_mouvement"]].split()[0].lower()
        since = {"ouverture": "sans fermeture comptée entre les deux", "fermeture": "sans réouverture entre les deux"}
        when = since.get(reste["type_mouvement"], "dans le même semestre")
        return f"{one} est écartée : elle suit {other}, {kind} du même site le {jour(reste['date_effet'])}, {when}"
    if ecartee["source"] != reste["source"]:
        better, worse = (SOURCES[row["source"]] for row in (reste, ecartee))
        why = f"sa source ({better}) est plus sûre que l'autre ({worse})"
    elif ecartee["date_effet"] != reste["date_effet"]:
        why = "à source égale, sa date est la première"
    else:
        why = "à source et à date égales, son identifiant est le premier"
    return f"{one} et {other} disent un seul événement : {other} reste et le date, car {why}"
