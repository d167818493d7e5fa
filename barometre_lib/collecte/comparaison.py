"""What a received file changes: movements added, changed, withdrawn, and by how much the region's counts move."""

from collections.abc import Mapping

from barometre_lib.barometre import Barometre
from barometre_lib.collecte.grille import LIBELLES
from barometre_lib.erreurs import montrer
from barometre_lib.typographie import accorder, nombre, signe
from barometre_lib.vocabulaire import NOMS_COLONNES

DITS = 20


def comparer(avant: Barometre, apres: Barometre, region: str, quand: str) -> list[str]:
    """Say what changes from what the register held of a region, `quand`, to what it is about to hold."""
    before, after = (_par_identifiant(one) for one in (avant, apres))
    added, gone = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    changed = {name: _cellules(before[name], after[name]) for name in sorted(before.keys() & after.keys())}
    changed = {name: cells for name, cells in changed.items() if cells}
    said = [
        f"Par rapport à {quand} : {accorder(len(added), 'mouvement ajouté', 'mouvements ajoutés')}, "
        f"{accorder(len(changed), 'modifié', 'modifiés')}, {accorder(len(gone), 'retiré', 'retirés')}."
    ]
    lines = [f"  {montrer(name)} : {' ; '.join(cells)}." for name, cells in changed.items()]
    said += lines[:DITS]
    if (left := len(lines) - DITS) > 0:
        said.append(f"  … et {nombre(left)} autres.")
    return [*said, _comptes(avant, apres, region)]


def _par_identifiant(barometre: Barometre) -> dict[str, Mapping[str, str]]:
    """Return the rows, each commune by its present code: the workbook shows it so, and no service changed it."""
    texts = barometre.registre.textes[list(NOMS_COLONNES)]
    present = barometre.nomenclatures.commune_actuelle
    now = [present.get(code, code) for code in texts["code_commune"]]
    rows = texts.assign(code_commune=now).to_dict("records")
    return {str(row["id_mouvement"]): {str(name): str(text) for name, text in row.items()} for row in rows}


def _cellules(avant: Mapping[str, str], apres: Mapping[str, str]) -> list[str]:
    return [
        f"{LIBELLES[name]} {montrer(avant[name], vide='vide')} devient {montrer(apres[name], vide='vide')}"
        for name in NOMS_COLONNES
        if avant[name] != apres[name]
    ]


def _comptes(avant: Barometre, apres: Barometre, region: str) -> str:
    """Say how the net number of the region moves, year by year; one that the earlier relève did not know is given."""
    before, after = _soldes(avant, region), _soldes(apres, region)
    moved = [
        f"{year}, {signe(before[year])} devient {signe(net)}" if year in before else f"{year}, {signe(net)}"
        for year, net in after.items()
        if before.get(year) != net
    ]
    return f"Solde net de la région : {' ; '.join(moved) if moved else 'inchangé'}."


def _soldes(barometre: Barometre, region: str) -> dict[str, int]:
    table = barometre.comptes(["annee", "region"], region=region).dropna(subset="solde_net")
    return {str(year): int(net) for year, net in zip(table["annee"], table["solde_net"], strict=True)}
