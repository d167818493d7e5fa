"""Reading of a relève: the CSV of the regions, first as texts with their lines, then typed and placed."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import Defaut, ErreurBarometre, RegistreRefuse, dire_erreur_systeme, montrer, rendre_visible
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.fichiers import lire_yaml, montrer_valeur
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.registre.conformite import Exigence, exigences
from barometre_lib.registre.corrections import FICHIER, Correction, corriger, lire_corrections
from barometre_lib.registre.derivation import DONT_DERIVE, deriver, typer
from barometre_lib.registre.fichier import lire_fichier
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

SUFFIXE_PARQUET = ".parquet"


@dataclass(frozen=True)
class Registre:
    """All the rows of one relève."""

    releve: Releve
    # One row per movement: the columns of the register, typed, then those of `derivation.deriver`.
    mouvements: pd.DataFrame
    demonstration: bool  # whether the rows are fictitious
    textes: pd.DataFrame  # the same rows, in the same order, as `lire_textes` gives them: with their file and line
    dossier: Path  # that holds the relèves
    corrections: tuple[Correction, ...] = ()  # known errors of the source, already applied

    def lire_comme(self, parametres: ParametresRegles, anterieure: Callable[[Releve], Any]) -> pd.DataFrame:
        """Return the rows as a study variant reads them: a column as if it were empty, a headcount of another day.

        `anterieure` gives what has the register of an earlier relève.
        """
        variant, rows = parametres.variante, self.mouvements
        if variant is None or not (variant.vides or variant.effectif):
            return rows
        if variant.effectif == "plus_haut":
            codes = releves_anterieures(self.releve, self.dossier)
            known = pd.concat([rows, *(anterieure(one).registre.mouvements for one in codes)])
            rows = rows.assign(effectif=rows["id_mouvement"].map(known.groupby("id_mouvement")["effectif"].max()))
        elif variant.effectif == "dernier":
            rows = rows.assign(effectif=rows["effectif_dernier"].fillna(rows["effectif"]))
        empty = typer(self.textes[list(NOMS_COLONNES)].assign(**dict.fromkeys(variant.vides, "")))[list(variant.vides)]
        rows = rows.assign(**empty)
        placed = not DONT_DERIVE.isdisjoint(variant.vides)
        return deriver(rows[list(NOMS_COLONNES)], parametres.nomenclatures, self.releve) if placed else rows


def lire_registre(releve: Releve, dossier: Path, nomenclatures: Nomenclatures) -> Registre:
    """Read, type and place every row of a relève, `dossier` being the folder that holds `<releve>/`.

    Raises
    ------
    RegistreRefuse
        A file is missing, or rows cannot be read; every defect is given.
    """
    texts, defects = lire_textes(releve, dossier, nomenclatures)
    asked = exigences(nomenclatures)
    defects += chercher_defauts(texts, [one for one in asked if one.lecture])
    if defects:
        # What the gate alone asks is said too: a service mends its file once.
        raise RegistreRefuse([*defects, *chercher_defauts(texts, [one for one in asked if not one.lecture])])
    return typer_registre(texts, releve, dossier, nomenclatures)


def typer_registre(textes: pd.DataFrame, releve: Releve, dossier: Path, nomenclatures: Nomenclatures) -> Registre:
    """Type and place rows already known to be readable."""
    movements = deriver(typer(textes[list(NOMS_COLONNES)]), nomenclatures, releve)
    corrections = lire_corrections(releve, dossier)
    return Registre(releve, movements, est_demonstration(releve, dossier), textes, dossier, corrections)


def releves_presentes(dossier: Path, suffixe: str = "") -> list[Releve]:
    """Return the relèves that a folder holds, the first one first: as folders of CSV, or as files of a suffix."""
    found = []
    for path in dossier.glob(f"????-S?{suffixe}"):
        with suppress(ValueError):
            found += [Releve.lire(path.name.removesuffix(suffixe))] if suffixe or path.is_dir() else []
    return sorted(found)


def releves_anterieures(releve: Releve, dossier: Path) -> list[Releve]:
    """Return the earlier relèves that the folder holds, from the first to the nearest."""
    return [one for one in releves_presentes(dossier) if one < releve]


def releve_precedente(releve: Releve, dossier: Path) -> Releve | None:
    """Return the nearest earlier relève that the folder holds, None when there is none."""
    return max(releves_anterieures(releve, dossier), default=None)


def exiger_comparables(anterieur: Registre, present: Registre) -> None:
    """Refuse to compare two relèves of which one is fictitious and the other is not."""
    if anterieur.demonstration != present.demonstration:
        real, made_up = sorted((anterieur, present), key=lambda one: one.demonstration)
        raise ErreurBarometre(
            f"Relèves {anterieur.releve} et {present.releve} : {made_up.releve} est une démonstration et "
            f"{real.releve} non ; elles ne se comparent pas, rangez-les dans deux dossiers (--registre)."
        )


def releves_manquantes(anterieure: Releve, releve: Releve, dossier: Path) -> list[str]:
    """Return the relèves between two of them that a folder has not."""
    there = {str(one) for one in releves_presentes(dossier)}
    return [one for one in releve.semestres if str(anterieure) < one < str(releve) and one not in there]


def chercher_defauts(textes: pd.DataFrame, demandes: list[Exigence]) -> list[Defaut]:
    """Return one defect for each row and requirement that is not met."""
    defects = []
    for requirement in demandes:
        faulty, shown = requirement.fautif(textes), ["fichier", "ligne", requirement.colonne]
        if faulty.any():
            for file, line, value in textes.loc[faulty, shown].itertuples(index=False):
                defects.append(Defaut(file, line, requirement.colonne, value, f"attendu {requirement.attendu}"))
    return defects


def fichiers_attendus(releve: Releve, dossier: Path, nomenclatures: Nomenclatures) -> list[Path]:
    """Return the 18 files that a relève must have, in the order of region codes, whether they exist or not."""
    return [dossier / str(releve) / f"{region}.csv" for region in nomenclatures.regions]


def releves_completes(dossier: Path, nomenclatures: Nomenclatures) -> list[Releve]:
    """Return the relèves of a folder that have all their files: one that is being collected has not."""
    present = releves_presentes(dossier)
    return [one for one in present if all(path.exists() for path in fichiers_attendus(one, dossier, nomenclatures))]


def lire_code_releve(texte: object) -> Releve:
    """Return the relève that a text names, whether it exists or not.

    Raises
    ------
    ErreurBarometre
        The text is not `AAAA-S1` or `AAAA-S2`.
    """
    if isinstance(texte, Releve):
        return texte
    with suppress(ValueError):
        if isinstance(texte, str):
            return Releve.lire(texte)
    found = "absente" if isinstance(texte, str) and not texte else montrer_valeur(texte)
    raise ErreurBarometre(f"Relève {found} : attendu AAAA-S1 ou AAAA-S2, depuis 2022-S1.")


def trouver_releve(texte: object, dossier: Path) -> Releve:
    """Return the relève that a text names, once it is known to be in the folder of relèves.

    Raises
    ------
    ErreurBarometre
        The text is not `AAAA-S1` or `AAAA-S2`, or the relève is not there.
    """
    releve = lire_code_releve(texte)
    try:
        present = (dossier / str(releve)).is_dir()
    except OSError as error:
        raise ErreurBarometre(f"{montrer(str(dossier))} : {dire_erreur_systeme(error)}.") from None
    if present:
        return releve
    if not dossier.is_dir():
        raise ErreurBarometre(f"{afficher(dossier)} : ce dossier n'existe pas ; donnez celui qui contient les relèves.")
    if chercher_parquet(str(releve), dossier):
        raise ErreurBarometre(
            f"{afficher(dossier)} : la relève {releve} n'y est qu'en Parquet, que lisent « decider » et "
            f"« compter » ; ici il faut ses fichiers CSV, déposez leur dossier {releve}."
        )
    known = sorted({*releves_presentes(dossier), *releves_presentes(dossier, SUFFIXE_PARQUET)})
    listed = f"relèves présentes : {', '.join(map(str, known))}"
    if not known:
        listed = "aucune relève n'y est présente, donnez le dossier parent"
    raise ErreurBarometre(f"{afficher(dossier)} : la relève {montrer(str(releve))} est introuvable ; {listed}.")


def chercher_parquet(texte: str, dossier: Path) -> Path | None:
    """Return the Parquet file of a relève that the folder of relèves holds in no other form, None when it has its CSV.

    Raises
    ------
    ErreurBarometre
        The text is not `AAAA-S1` or `AAAA-S2`.
    """
    releve = lire_code_releve(texte)
    path = dossier / f"{releve}{SUFFIXE_PARQUET}"
    # Not Path.exists and Path.is_dir: they raise when the system refuses, and trouver_releve then says why.
    return path if os.path.lexists(path) and not os.path.isdir(dossier / str(releve)) else None  # noqa: PTH112


def lire_textes(releve: Releve, dossier: Path, nomenclatures: Nomenclatures) -> tuple[pd.DataFrame, list[Defaut]]:
    """Read the files of a relève as texts, its corrections applied, without judging the cells.

    Returns
    -------
    textes : pandas.DataFrame
        One row per record, every column of the register as text, plus `fichier` (as shown to the
        user), `region_fichier` (whose file it is) and `ligne` (where the record starts).
    defauts : list of Defaut
        Files missing or unreadable, headers and lines that are not those of the register, corrections whose
        guard fails.
    """
    folder = dossier / str(releve)
    defects: list[Defaut] = []
    records: list[list[str | int]] = []
    expected = fichiers_attendus(releve, dossier, nomenclatures)
    for path in expected:
        records += lire_fichier(path, defects)
    # Files whose name starts with a dot are the system's, not the services'.
    for path in sorted(set(folder.glob("[!.]*.csv")) - set(expected)):
        what = f"{montrer(path.stem)} n'est pas le code d'une région ; renommez ou retirez ce fichier"
        defects.append(Defaut(afficher(path), 0, "", "", what))
    table = mettre_en_table(records)
    corrections = lire_corrections(releve, dossier)
    corriger(table, corrections, releve=releve, fichier=afficher(folder / FICHIER), defauts=defects)
    return table, defects


def mettre_en_table(enregistrements: Sequence[Sequence[str | int]]) -> pd.DataFrame:
    """Return records, each its file, the region of the file, its line then its cells, as a table of texts."""
    table = pd.DataFrame(enregistrements, columns=["fichier", "region_fichier", "ligne", *NOMS_COLONNES])
    # Names of files may hold what no library can encode.
    table["fichier"] = table["fichier"].map(rendre_visible)
    return table.astype(dict.fromkeys(["fichier", "region_fichier", *NOMS_COLONNES], "str"))


def est_demonstration(releve: Releve, dossier: Path) -> bool:
    """Tell whether `provenance.yaml` says that the rows are fictitious; an absent file means real data.

    Raises
    ------
    ErreurBarometre
        The file does not say `demonstration: oui` or `non`.
    """
    path = dossier / str(releve) / "provenance.yaml"
    if not path.exists():
        return False
    value = lire_yaml(path).get("demonstration")
    # An unquoted `oui` is a text for YAML 1.2 and for PyYAML alike; only yes/no/on/off are booleans there.
    if value not in ("oui", "non"):
        found = montrer("" if value is None else str(value))
        raise ErreurBarometre(f"{afficher(path)}, « demonstration » : trouvé {found} ; attendu oui ou non.")
    return bool(value == "oui")
