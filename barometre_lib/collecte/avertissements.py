"""What the suites of the gate would warn of in a received file: told to its author at once, and no cause of refusal."""

from collections.abc import Sequence
from dataclasses import replace

from barometre_lib.barometre import Barometre
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.interpretation import Ligne
from barometre_lib.collecte.registre_voisin import est_comparable
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import lire_parametres_regles
from barometre_lib.qualite import (
    Gravite,
    construire_tables,
    dire_resultat,
    etablir_resultats,
    lire_suites,
)
from barometre_lib.registre import Registre, lire_registre, mettre_en_table, typer_registre
from barometre_lib.vocabulaire import NOMS_COLONNES


def relire(lignes: Sequence[Ligne], fichier: str, destination: Destination, nomenclatures: Nomenclatures) -> list[str]:
    """Return the warnings that the rows call for, on their own and beside the region's rows of the previous relève.

    Parameters
    ----------
    lignes : sequence of Ligne
        Rows that meet the contract of the register.
    fichier : str
        Received file as shown to the user.
    destination : Destination
        Where they go.
    nomenclatures : Nomenclatures
        Reference tables.

    Returns
    -------
    list of str
        French sentences: each check, then the line and the identifier of each row.
    """
    records: list[list[str | int]] = [
        [fichier, destination.region, line.numero, *(line.textes[name] for name in NOMS_COLONNES)] for line in lignes
    ]
    rows = typer_registre(mettre_en_table(records), destination.releve, destination.registre, nomenclatures)
    previous, alone = _previous(destination, nomenclatures)
    tables = construire_tables(_relever(rows, nomenclatures), previous)
    judged = {
        "mouvements": tables["mouvements"],
        # The movements that have vanished are told apart.
        "suivi": tables["suivi"][tables["suivi"]["present"]],
    }
    results, _ = etablir_resultats(lire_suites(nomenclatures), judged, ())
    warnings = [one for one in results if one.controle.gravite is Gravite.AVERTISSEMENT and one.constats]
    return [*alone, *(sentence for one in warnings for sentence in dire_resultat(one))]


def _previous(destination: Destination, nomenclatures: Nomenclatures) -> tuple[Barometre | None, list[str]]:
    """Return the region's rows of the previous relève, or none and why nothing is compared."""
    code = destination.precedente
    if code is None:
        return None, []
    nothing = f"La relève {code} ne se compare pas à ce fichier\u00a0: "
    try:
        if not est_comparable(destination):
            return None, [f"{nothing}l'une est une démonstration, l'autre non."]
        whole = lire_registre(code, destination.registre, nomenclatures)
    except ErreurBarometre as error:
        return None, [f"{nothing}{str(error).splitlines()[0]}"]
    kept = whole.textes["region_fichier"] == destination.region
    region: Registre = replace(whole, mouvements=whole.mouvements[kept], textes=whole.textes[kept])
    return _relever(region, nomenclatures), []


def _relever(rows: Registre, nomenclatures: Nomenclatures) -> Barometre:
    """Return rows as one relève under the official method."""
    return Barometre(rows, lire_parametres_regles(rows.releve, nomenclatures=nomenclatures))
