"""The same movement in two relèves: an identifier that changed, an identifier taken for another site."""

from typing import Any, NamedTuple

import pandas as pd

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.registre.derivation import simplifier_firme
from barometre_lib.typographie import accorder, enumerer, simplifier
from barometre_lib.vocabulaire import Releve

# Named in a refusal, at most.
NOMMES_MAX = 10
# Days that an observation bears: a register that tells one was seen on that day or later.
JOURS_OBSERVES = ("date_annonce", "effectif_au")


class Appariement(NamedTuple):
    """Rows gone and rows new that may be one movement under two identifiers."""

    identifiants: dict[str, str]  # later identifier to the earlier one, where each row has the other alone
    incertains: frozenset[str]  # those of which a row has several


def apparier(avant: pd.DataFrame, apres: pd.DataFrame, delai: int) -> Appariement:
    """Match the rows that only one of two relèves has and that share a site, a type and a date, within so many days."""
    columns = ["id_mouvement", "cle_site", "type_mouvement", "date_effet"]
    gone = avant.loc[~avant["id_mouvement"].isin(apres["id_mouvement"]), columns]
    new = apres.loc[~apres["id_mouvement"].isin(avant["id_mouvement"]), columns]
    pairs = gone.merge(new, on=["cle_site", "type_mouvement"], suffixes=("", "_apres"))
    apart = (pairs["date_effet"] - pairs["date_effet_apres"]).abs()
    pairs = pairs[apart <= pd.Timedelta(days=delai)]
    earlier, later = pairs["id_mouvement"], pairs["id_mouvement_apres"]
    alone = ~earlier.duplicated(keep=False) & ~later.duplicated(keep=False)
    uncertain = {*earlier[~alone], *later[~alone]}
    return Appariement(dict(zip(later[alone], earlier[alone], strict=True)), frozenset(uncertain))


def refuser_reemplois(avant: pd.DataFrame, apres: pd.DataFrame, releves: tuple[Releve, Releve]) -> None:
    """Refuse identifiers that name another site than before: neither the SIRET, the name, the firm nor the place stays.

    Raises
    ------
    ErreurBarometre
        There are some; they are named.
    """
    both = avant.merge(apres, on="id_mouvement", suffixes=("", "_apres"))
    both = both[(both["commune"] != both["commune_apres"]) & (both["nom_site"] != both["nom_site_apres"])]
    reused = [str(row.id_mouvement) for row in both.itertuples() if _est_autre(row)]
    if reused:
        named, more = reused[:NOMMES_MAX], len(reused) - NOMMES_MAX
        shown = enumerer([f"« {one} »" for one in named] + ([accorder(more, "autre", "autres")] if more > 0 else []))
        raise ErreurBarometre(
            f"Relèves {releves[0]} et {releves[1]} : identifiants repris pour un autre site (SIRET, nom, entreprise et "
            f"commune ont tous changé) : {shown} ; donnez au nouveau site un identifiant qui n'a jamais servi, et "
            "remettez la ligne de l'ancien."
        )


def refuser_plus_ancienne(avant: pd.DataFrame, releves: tuple[Releve, Releve]) -> None:
    """Refuse an earlier relève that tells of a day after the last one of the later relève: it was made after it.

    Raises
    ------
    ErreurBarometre
        It does; a row is named.
    """
    last = pd.Timestamp(releves[1].dernier_jour)
    for column in JOURS_OBSERVES:
        beyond = avant[avant[column] > last]
        if len(beyond):
            name, day = beyond.sort_values([column, "id_mouvement"]).iloc[-1][["id_mouvement", column]]
            count = accorder(len(beyond), "ligne dit", "lignes disent")
            raise ErreurBarometre(
                f"Relève {releves[1]} : plus ancienne que le contenu de {releves[0]}, dont {count} un jour d'après le "
                f"{last:%d/%m/%Y} (« {name} », « {column} » : {day:%d/%m/%Y}) ; vérifiez que chaque dossier contient "
                "bien sa relève."
            )


def _est_autre(row: Any) -> bool:
    """Tell whether nothing but the identifier links two rows; a SIRET or a firm that is not told links nothing."""
    firm, later = simplifier_firme(row.entreprise), simplifier_firme(row.entreprise_apres)
    linked = (row.siret and row.siret == row.siret_apres) or (firm and firm == later)
    return not linked and simplifier(row.nom_site) != simplifier(row.nom_site_apres)
