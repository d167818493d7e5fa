"""The regions that the edition says were late: their rows must be those of the previous relève."""

from collections.abc import Set

from barometre_lib.barometre import Barometre
from barometre_lib.chemins import afficher
from barometre_lib.parametres.edition import NON_ACTUALISEE, chemin_edition
from barometre_lib.qualite.refus import ControleRefuse
from barometre_lib.registre.lecture import Registre
from barometre_lib.typographie import accorder
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

Ligne = tuple[str, ...]
# Movements named in a refusal.
DITS = 5


def refuser_retards(barometre: Barometre) -> None:
    """Refuse a relève in which a region said to be late has other rows than in the previous one, corrections applied.

    Raises
    ------
    ControleRefuse
        There is one, all are said; or every region is late, and nothing is known of the relève.
    """
    previous, phrases = barometre.precedente if barometre.parametres.lacunes else None, list[str]()
    late = barometre.parametres.lacunes.actualisees
    if late.keys() >= barometre.nomenclatures.regions.keys():
        where = f"{afficher(chemin_edition(barometre.releve))}, « couverture »"
        phrases.append(f"{where} : toutes les régions sont {NON_ACTUALISEE} ; attendu une au moins qui ait répondu.")
    for region in late:
        if previous and (changed := _rows(barometre, region) ^ _rows(previous, region)):
            phrases.append(_dire(barometre.registre, previous.releve, region, changed))
    if phrases:
        raise ControleRefuse([], phrases)


def _rows(barometre: Barometre, region: str) -> set[Ligne]:
    texts = barometre.registre.textes
    return set(texts.loc[texts["region_fichier"] == region, list(NOMS_COLONNES)].itertuples(index=False, name=None))


def _dire(registre: Registre, precedente: Releve, region: str, lignes: Set[Ligne]) -> str:
    code, different = registre.releve, sorted({name for name, *_ in lignes})
    named = ", ".join(different[:DITS]) + (", …" if different[DITS:] else "")
    file = afficher(registre.dossier / str(code) / f"{region}.csv")
    return (
        f"{afficher(chemin_edition(code))}, « couverture », « {region} » : trouvé {NON_ACTUALISEE}, mais {file} n'est "
        f"pas celui de la relève {precedente} : {accorder(len(different), 'mouvement diffère', 'mouvements diffèrent')}"
        f" ({named}). Si la région a répondu, écrivez oui, non ou inconnue ; sinon, retirez ce fichier et lancez "
        f"« barometre reporter {code} --region {region} »."
    )
