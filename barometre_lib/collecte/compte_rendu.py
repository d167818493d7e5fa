"""What is told of a received file once it is stored: changes made in it, what it changes, what cannot be compared."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.collecte.grille import LIBELLES, tableur
from barometre_lib.collecte.interpretation import Changement, Ligne, sauf_identifiant
from barometre_lib.erreurs import Defaut, montrer
from barometre_lib.explication.examen import montrer_cellule
from barometre_lib.typographie import accorder, enumerer, nombre, signe, typographier
from barometre_lib.vocabulaire import NOMS_COLONNES

CHANGEMENTS_DITS, DISPARUS_DITS = 20, 10
# Kinds of change, in the order of the summary: singular, plural. The first are notations, counted and not told.
NATURES = {
    "notation": ("notation ramenée à celle du registre", "notations ramenées à celle du registre"),
    "nombre": ("nombre recalculé", "nombres recalculés"),
    "code": ("code complété", "codes complétés"),
    "commune": ("commune ramenée à son code actuel", "communes ramenées à leur code actuel"),
    "naf": ("code NAF 2025 ramené à la NAF rév. 2", "codes NAF 2025 ramenés à la NAF rév. 2"),
    "encodage": ("texte rétabli", "textes rétablis"),
    "numero": ("identifiant lu dans un nombre", "identifiants lus dans des nombres"),
    "identifiant": ("identifiant donné", "identifiants donnés"),
}


def lister_changements(changements: Sequence[Changement], fichier: str) -> pd.DataFrame:
    """Return the changes of a file as a table to be read in a spreadsheet, each text escaped: `fichier` to `raison`."""
    return tableur(
        ("fichier", "ligne", "colonne", "trouve", "retenu", "raison"),
        ((fichier, one.ligne, one.colonne, one.trouve, one.retenu, typographier(one.raison)) for one in changements),
    )


def resumer(changements: Sequence[Changement]) -> list[str]:
    """Return one sentence per kind of change, then the changes themselves, notations left out."""
    counts = Counter[str](change.nature for change in changements)
    sentences = [f"{accorder(counts[kind], *words)}." for kind, words in NATURES.items() if counts[kind]]
    told = [change for change in changements if change.nature != "notation"]
    lines = [
        f"  ligne {one.ligne}, {montrer(one.colonne)} : {montrer(one.trouve, vide='vide')} devient {one.retenu} "
        f"({one.raison})."
        for one in told
    ]
    return [*sentences, *_abreger(lines)]


def _abreger(lignes: Sequence[str], toutes: int = 0) -> list[str]:
    """Keep the first lines, and say how many others there are, of all that there would be."""
    left = max(toutes, len(lignes)) - CHANGEMENTS_DITS
    return [*lignes[:CHANGEMENTS_DITS], *([f"  … et {nombre(left)} autres."] if left > 0 else [])]


def dire_disparus(noms: Sequence[str]) -> list[str]:
    """Return a warning for the movements that a file no longer holds, nothing when there are none."""
    if not noms:
        return []
    listed = ", ".join(montrer(name) for name in noms[:DISPARUS_DITS])
    rest = f" et {nombre(left)} autres" if (left := len(noms) - DISPARUS_DITS) > 0 else ""
    total = accorder(len(noms), "mouvement déjà connu n'est", "mouvements déjà connus ne sont")
    return [f"Attention : {total} plus dans le fichier : {listed}{rest}."]


def dire_redites(lignes: Sequence[Ligne]) -> list[str]:
    """Return a warning for the rows that nothing but their identifier tells apart: rule 9 will count one of them."""
    alike = defaultdict[tuple[str, ...], list[int]](list)
    for line in lignes:
        alike[sauf_identifiant(line.textes)].append(line.numero)
    return _abreger(
        [
            f"Attention : lignes {enumerer(map(str, numbers))} : seul leur identifiant les distingue, une seule pourra "
            "compter ; gardez-en une, ou corrigez ce qui devait les distinguer."
            for numbers in alike.values()
            if len(numbers) > 1
        ]
    )


def dire_illisibles(defauts: Sequence[Defaut]) -> list[str]:
    """Return a warning for each file of the register that cannot be read whole, with its first defect."""
    first: dict[str, Defaut] = {}
    for defect in defauts:
        first.setdefault(defect.fichier, defect)
    unknown = "des identifiants ou des effectifs déjà connus n'ont pu être comparés à ceux du fichier"
    return [f"Attention : {unknown}. {defect}" for defect in first.values()]


def comparer(avant: Barometre, apres: Barometre, region: str, quand: str) -> list[str]:
    """Say what changes from what the register held of a region, `quand`, to what it is about to hold."""
    before, after = (_par_identifiant(one) for one in (avant, apres))
    added, gone = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    same = [name for name in sorted(before.keys() & after.keys()) if before[name] != after[name]]
    said = [
        f"Par rapport à {quand} : {accorder(len(added), 'mouvement ajouté', 'mouvements ajoutés')}, "
        f"{accorder(len(same), 'modifié', 'modifiés')}, {accorder(len(gone), 'retiré', 'retirés')}."
    ]
    # The others are counted: what changes in each is long to write.
    lines = [
        f"  {montrer(name)} : {' ; '.join(_cellules(before[name], after[name], (avant, apres)))}."
        for name in same[:CHANGEMENTS_DITS]
    ]
    # The same rows of the same relève count the same.
    moved = _soldes_changes(avant, apres, region) if before != after or avant.releve != apres.releve else []
    return [*said, *_abreger(lines, len(same)), f"Solde net de la région : {' ; '.join(moved) or 'inchangé'}."]


def _par_identifiant(barometre: Barometre) -> dict[str, Mapping[str, str]]:
    """Return the rows, each commune by its present code: the workbook shows it so, and no service changed it."""
    texts = barometre.registre.textes[list(NOMS_COLONNES)]
    present = barometre.nomenclatures.commune_actuelle
    now = [present.get(code, code) for code in texts["code_commune"]]
    rows = texts.assign(code_commune=now).to_dict("records")
    return {str(row["id_mouvement"]): {str(name): str(text) for name, text in row.items()} for row in rows}


def _cellules(avant: Mapping[str, str], apres: Mapping[str, str], lus: tuple[Barometre, Barometre]) -> list[str]:
    told = []
    for name in NOMS_COLONNES:
        if avant[name] != apres[name]:
            was, now = (_valeur(row, name, one) for row, one in zip((avant, apres), lus, strict=True))
            told.append(f"{LIBELLES[name]} {was} devient {now}")
    return told


def _valeur(textes: Mapping[str, str], colonne: str, lu: Barometre) -> str:
    """Write a cell in the words of the workbook, which are not those of the register."""
    if not textes[colonne]:
        return "vide"
    rows = lu.registre.mouvements
    (value,) = rows.loc[rows["id_mouvement"] == textes["id_mouvement"], colonne]
    return montrer(montrer_cellule(colonne, value, lu.parametres))


def _soldes_changes(avant: Barometre, apres: Barometre, region: str) -> list[str]:
    """Say how the net number of the region moves, year by year; one that the earlier relève did not know is given."""
    before, after = _soldes(avant, region), _soldes(apres, region)
    return [
        f"{year}, {signe(before[year])} devient {signe(net)}" if year in before else f"{year}, {signe(net)}"
        for year, net in after.items()
        if before.get(year) != net
    ]


def _soldes(barometre: Barometre, region: str) -> dict[str, int]:
    table = barometre.comptes(["annee", "region"], region=region).dropna(subset="solde_net")
    return {str(year): int(net) for year, net in zip(table["annee"], table["solde_net"], strict=True)}
