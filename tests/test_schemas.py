"""What pydantic says, in French; the schemas that editors use, true to the models and up to date."""

import json
import re
import runpy
import string
from datetime import date
from pathlib import Path
from typing import Any

import fabrique
import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from pydantic_core._pydantic_core import list_all_errors

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.attendus import dire_attendu, mots_de_pydantic
from barometre_lib.parametres.edition import lire_edition
from barometre_lib.parametres.fichiers import ouvrir_yaml
from barometre_lib.parametres.regles import lire_parametres_regles
from barometre_lib.qualite.suites import FichierSuite, MetaSuite, lire_suites
from barometre_lib.vocabulaire import Motif, Releve

KINDS = (
    "carnets",
    "cartes",
    "contact",
    "corrections",
    "diffusions",
    "edition",
    "fondements",
    "manifeste",
    "manifeste-public",
    "parametre",
    "registre",
    "suite",
    "variantes",
)
SCHEMAS = fabrique.RACINE / "params" / "schemas"
FICHIERS = sorted((fabrique.RACINE / "params").rglob("*.yaml"))
ERREURS = {one["type"]: one for one in list_all_errors()}
# Contexts whose words are pydantic's own, in English.
EN_ANGLAIS = {"error", "encoding_error", "field_type", "expected_plural"}


def noms(modele: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(modele) if name}


def test_chaque_erreur_de_pydantic_a_ses_mots_et_aucune_autre() -> None:
    assert set(mots_de_pydantic()) == set(ERREURS)


@pytest.mark.parametrize("kind", ERREURS)
def test_une_erreur_de_pydantic_se_dit_en_francais(kind: str) -> None:
    words, context = mots_de_pydantic()[kind], ERREURS[kind].get("example_context") or {}
    assert noms(words) <= set(context)
    # A limit that pydantic gives is said; its own English never is.
    if kind not in ("value_error", "assertion_error"):
        assert noms(words) & EN_ANGLAIS == set()
        limits = {name for name, value in context.items() if isinstance(value, int) and not name.startswith("actual")}
        assert limits <= noms(words)
    said = dire_attendu(kind, {name: f"<{name}>" for name in context})
    assert all(f"<{name}>" in said for name in noms(words))
    assert not re.search(r"\b(should|input|valid|must|be|is|the|of)\b", said.replace("<", " <").lower())


def test_une_liste_de_choix_se_dit_en_francais() -> None:
    assert dire_attendu("literal_error", {"expected": "'a', 'b' or 'c'"}) == "a, b ou c"


def test_le_verrou_tient_le_plancher_de_pydantic() -> None:
    project = (fabrique.RACINE / "pyproject.toml").read_text(encoding="utf-8")
    lock = (fabrique.RACINE / "requirements.lock").read_text(encoding="utf-8")
    floor = Requirement(re.search(r'"(pydantic>=[^"]*)"', project)[1])  # type: ignore[index]
    locked = re.search(r"^pydantic==(\S+)", lock, re.MULTILINE)
    assert locked and Version(locked[1]) in floor.specifier


# --- every fault at once --------------------------------------------------------------------------


def fautes(path: Path, read: Any) -> list[str]:
    """Return what a refusal says of a file, one sentence a line, its path taken off."""
    with pytest.raises(ErreurBarometre) as refused:
        read()
    said = re.sub("[\u00a0\u202f]", " ", str(refused.value)).splitlines()
    assert all(line.startswith(str(path)) for line in said)
    return [line.removeprefix(str(path)) for line in said]


def test_une_edition_dit_toutes_ses_fautes(tmp_path: Path) -> None:
    """Of its entries, and between them."""
    (tmp_path / "releves").mkdir()
    path = tmp_path / "releves" / "2024-S2.yaml"
    path.write_text(
        'mois: "2024-11"\njour: 13 mars\netat: publie\ncouleur: bleu\ncouverture:\n  "84": peut-être\n  "99": "oui"\n'
        "exemples: {11: [A]}\netat: publie\nmethode: {seuil: x}\n"
        "embargo: 2024-12-01 06:00\n",
        encoding="utf-8",
    )
    said = fautes(path, lambda: lire_edition(Releve(2024, 2), dossier=tmp_path))
    missing = [line for line in said if re.search(r"ligne 5, « couverture », « \d\d » : trouvé rien", line)]
    assert len(missing) == 17
    said = [line for line in said if line not in missing]
    expected = [
        ", ligne 2, « jour » : trouvé « 13 mars » ; attendu une date AAAA-MM-JJ du mois de publication, ou incertain.",
        ", ligne 3, « etat » : trouvé « publie » ; attendu travail, sous_embargo, diffuse ou rectifie.",
        ", ligne 4, « couleur » : entrée inconnue ; attendu mois, jour",
        ", ligne 6, « couverture », « 84 » : trouvé « peut-être » ; attendu",
        ", ligne 7, « couverture », « 99 » : entrée inconnue ; attendu le code d'une région, entre guillemets.",
        ", ligne 8, « exemples », « 11 » : entrée inconnue ; attendu le code d'une région, entre guillemets.",
        ", ligne 9 : « etat » répété ; gardez une seule de ces entrées.",
        ", ligne 10, « methode », « seuil » : entrée inconnue ; attendu un paramètre des règles, debut_periode, ",
        ", ligne 11, « embargo » : trouvé « 2024-12-01 06:00 » ; attendu un jour du mois de publication, 2024-11.",
    ]
    assert len(said) == len(expected)
    assert all(line.startswith(words) for line, words in zip(said, expected, strict=True)), said


def test_puis_toutes_les_fautes_entre_les_entrees(tmp_path: Path) -> None:
    (tmp_path / "releves").mkdir()
    path = tmp_path / "releves" / "2024-S2.yaml"
    path.write_text(
        'mois: "2024-11"\njour: 2024-12-01\netat: rectifie\nembargo: 2024-10-01 06:00\ncouverture: {"84": "oui"}\n',
        encoding="utf-8",
    )
    said = fautes(path, lambda: lire_edition(Releve(2024, 2), dossier=tmp_path))
    missing = [line for line in said if "« couverture »" in line]
    assert len(missing) == 17 and missing[0].startswith(", ligne 5, « couverture », « 01 » : trouvé rien ; attendu oui")
    words = [
        "« rectificatif » : trouvé rien",
        "ligne 2, « jour »",
        "ligne 4, « embargo »",
    ]
    others = [line for line in said if line not in missing]
    assert len(others) == len(words) and all(word in line for word, line in zip(words, others, strict=True)), said


def test_les_fautes_de_plusieurs_fichiers_se_disent_a_la_fois(tmp_path: Path) -> None:
    root = fabrique.petite_racine(tmp_path / "racine")
    for name in ("seuil_effectif", "debut_periode"):
        path = root / "params" / "regles" / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("valeur: 20", "valeur: vingt"), encoding="utf-8")
    for path in (root / "params" / "qualite").glob("[35]*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("libelle: ", "titre: ", 1), encoding="utf-8")
    with fabrique.refus("debut_periode.yaml, ligne .*« vingt22-01-01 ».*\n.*seuil_effectif.yaml, ligne .*« vingt »"):
        lire_parametres_regles(Releve(2024, 2), nomenclatures=fabrique.nomenclatures(), dossier=root / "params")
    with fabrique.refus("3_coherence_ligne.yaml.*« titre ».*\n.*5_evolution.yaml.*« titre »"):
        lire_suites(fabrique.nomenclatures(), root / "params" / "qualite")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("libelle: " + "[" * 3000, id="crochets"),
        pytest.param("libelle: &a [*a]", id="boucle"),
        pytest.param("libelle: !!python/object:os.system {}", id="etiquette"),
        pytest.param("? [a, b]\n: 1\n", id="cle en liste"),
        pytest.param("libelle: !!binary aGk=", id="octets"),
        pytest.param("libelle: 2024-01-01\nobjet: .nan\ncontroles: {1: 2, null: 3, 1.5: 4}", id="types"),
    ],
)
def test_un_yaml_retors_est_refuse_sans_trace(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with fabrique.refus("x.yaml"):
        ouvrir_yaml(path).lire(FichierSuite)


# --- schemas --------------------------------------------------------------------------------------


def test_les_schemas_sont_a_jour() -> None:
    made = runpy.run_path(str(SCHEMAS / "engendrer.py"))["engendrer"]()
    assert {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")} == made
    assert set(made) == {f"{kind}.json" for kind in KINDS}
    # What editors show is French; docstrings are not.
    assert [name for name, text in made.items() if str(Motif.__doc__) in text] == []


def en_json(value: Any) -> Any:
    """Return what a file holds as an editor sees it: dates are texts there."""
    if isinstance(value, dict):
        return {str(key): en_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [en_json(one) for one in value]
    return str(value) if isinstance(value, date) else value


@pytest.mark.parametrize("path", FICHIERS, ids=lambda path: path.name)
def test_chaque_fichier_designe_son_schema_et_s_y_tient(path: Path) -> None:
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", path.read_text(encoding="utf-8").splitlines()[0])
    assert named, path
    schema = json.loads((path.parent / named[1]).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    content = en_json(yaml.safe_load(path.read_text(encoding="utf-8")))
    jsonschema.validate(content, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content | {"inconnue": 1}, schema)


def test_une_entree_vide_est_comme_absente_mais_rien_ne_disparait_en_silence(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    head = "name: a\nmeta: {libelle: b, objet: c, table: textes}\n"
    path.write_text(f"{head}notes:\nexpectations: []\n", encoding="utf-8")
    assert ouvrir_yaml(path).lire(FichierSuite) == FichierSuite("a", MetaSuite("b", "c", "textes"), [])
    entries = "  - type: expect_x\n    kwargs: {}\n    meta: {attendu: }\n  - kwargs:\n"
    path.write_text(f"{head}expectations:\n{entries}", encoding="utf-8")
    assert fautes(path, lambda: ouvrir_yaml(path).lire(FichierSuite)) == [
        ", ligne 7, « expectations » n° 2, « kwargs » : trouvé rien ; attendu les arguments de l'expectation.",
        ", ligne 7, « expectations » n° 2, « type » : trouvé rien ; attendu un type d'expectation, comme "
        "expect_column_values_to_be_in_set.",
    ]
