"""The open formats, read as their readers do: the register's contract as a Table Schema, the public Data Package."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import fabrique
import pandas as pd
import pytest

from barometre_lib.publication.dictionnaire import Table, mots
from barometre_lib.publication.jeu_de_donnees import decrire
from barometre_lib.publication.telechargements import ecrire_tableaux
from barometre_lib.publication.vue import Vue
from barometre_lib.vocabulaire import COLONNES

# It lifts, for the whole process, the limit of a cell that the register's reading relies on.
LIMITE = csv.field_size_limit()
from frictionless import Dialect, Package, Report, Resource, Schema, validate  # noqa: E402
from frictionless.formats import CsvControl  # noqa: E402

csv.field_size_limit(LIMITE)

SCHEMA = fabrique.RACINE / "params" / "schemas" / "registre.json"
FICHIERS = sorted((fabrique.RACINE / "data" / "releves").glob("*/*.csv"))


def juger(path: Path) -> Report:
    """Judge a file of a region by the schema; columns that a file may lack need not be there."""
    with path.open(encoding="utf-8", newline="") as file:
        present = next(csv.reader(file, delimiter=";"))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    absent = {one.nom for one in COLONNES if one.facultative and one.nom not in present}
    schema["fields"] = [one for one in schema["fields"] if one["name"] not in absent]
    dialect = Dialect(controls=[CsvControl(delimiter=";")])
    where = {"path": path.name, "basepath": str(path.parent)}
    return Resource(**where, schema=Schema.from_descriptor(schema), dialect=dialect).validate()


class TestRegistre:
    """`params/schemas/registre.json`."""

    def test_le_schema_est_valide_et_dit_chaque_colonne(self) -> None:
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        assert [one["name"] for one in schema["fields"]] == [one.nom for one in COLONNES]
        assert Schema.from_descriptor(schema).primary_key == ["id_mouvement"]
        assert all(one["description"] for one in schema["fields"])

    @pytest.mark.parametrize("releve", ["2023-S2", "2025-S2"])
    def test_la_demonstration_s_y_tient(self, releve: str) -> None:
        files = [path for path in FICHIERS if path.parent.name == releve]
        assert len(files) == 18
        found = {path.name: juger(path).flatten(["rowNumber", "fieldName", "note"]) for path in files}
        assert {name: errors for name, errors in found.items() if errors} == {}

    @pytest.mark.parametrize(
        ("changes", "column", "kind"),
        [
            ({"type_mouvement": "création"}, "type_mouvement", "constraint-error"),
            ({"nom_site": ""}, "nom_site", "constraint-error"),
            ({"sous_secteur": "chimies"}, "sous_secteur", "constraint-error"),
            ({"siret": "123"}, "siret", "constraint-error"),
            ({"effectif": "-1"}, "effectif", "constraint-error"),
            ({"effectif": "12,5"}, "effectif", "type-error"),
            ({"date_effet": "31/12/2024"}, "date_effet", "type-error"),
            ({"citable": "peut-être"}, "citable", "type-error"),
            ({"commentaire": "x" * 2001}, "commentaire", "constraint-error"),
        ],
        ids=lambda one: "-".join(one) if isinstance(one, dict) else None,
    )
    def test_un_defaut_est_vu(self, changes: dict[str, str], column: str, kind: str, tmp_path: Path) -> None:
        folder = fabrique.ecrire_releve(tmp_path, [fabrique.ligne(**changes)])
        assert juger(folder / "2024-S2" / "84.csv").flatten(["type", "fieldName"]) == [[kind, column]]


class TestJeuDeDonnees:
    """`tableaux/datapackage.json` of a public edition."""

    def test_l_edition_publique_s_y_tient(self, publication_publique: Path) -> None:
        tables = publication_publique / "tableaux"
        report = validate(str(tables / "datapackage.json"))
        assert report.flatten(["name", "fieldName", "note"]) == []
        package = Package(str(tables / "datapackage.json"))
        assert {one.path for one in package.resources} == {path.name for path in tables.glob("*.csv")}
        assert package.licenses == [{**mots()["jeu_de_donnees"]["licence"]}]
        assert "Insee" in package.sources[0]["title"]
        # « s » is no number, and a code is a text.
        read = {one.name: one for one in package.resources}
        assert {type(row["emplois_crees"]) for row in read["emplois-investissement"].read_rows()} <= {int, type(None)}
        assert read["annee-region"].read_rows()[0]["region"] == "01"

    def test_un_tableau_qui_n_y_est_plus_fidele_est_vu(self, publication_publique: Path, tmp_path: Path) -> None:
        tables = Path(shutil.copytree(publication_publique / "tableaux", tmp_path / "tableaux"))
        table = tables / "annee-region.csv"
        table.write_bytes(table.read_bytes().replace(b"2024;84;", b"2024;86;"))
        report = validate(str(tables / "datapackage.json"))
        assert report.flatten(["fieldName", "type"]) == [["region", "constraint-error"]]

    def test_memes_octets_et_rien_d_interne(self, tmp_path: Path) -> None:
        source = fabrique.editer(fabrique.barometre([fabrique.ligne()]), exemples={})
        made = []
        for name in ("a", "b"):
            offered = ecrire_tableaux(tmp_path / name, Vue.de(source))
            assert offered[-1].href == "tableaux/datapackage.json"
            made.append((tmp_path / name / "tableaux" / "datapackage.json").read_bytes())
        assert made[0] == made[1]
        shown = {field["name"] for one in json.loads(made[0])["resources"] for field in one["schema"]["fields"]}
        allowed = {name for name, column in mots()["colonnes"].items() if "type" in column}
        assert shown <= allowed and not {"id_mouvement", "motif", "solde_net_min", "manque"} & allowed
        ecrire_tableaux(tmp_path / "interne", source)
        assert not (tmp_path / "interne" / "tableaux" / "datapackage.json").exists()
        table = Table("a", "", "", pd.DataFrame({"motif": ["compte"]}))
        notes = Table(
            "notes", "", "", pd.DataFrame([("Indicateur", ""), ("Sources", "")], columns=["rubrique", "texte"])
        )
        with pytest.raises(KeyError, match="type"):
            decrire((notes, table), replace(source.contexte(), publique=True))
