"""`barometre verifier`: the same bytes again, or what differs and why; and the schema of the manifest."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import fabrique
import jsonschema
import pytest
from console import lancer as lancer_ici
from processus import attendre, demarrer, lancer

from barometre_lib.campagne import verification
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import inventorier
from barometre_lib.erreurs import ErreurBarometre

SCHEMA = json.loads((fabrique.RACINE / "params" / "schemas" / "manifeste.json").read_text(encoding="utf-8"))


def test_la_vraie_commande_refait_les_memes_octets(petite: Path) -> None:
    done = lancer("verifier", "2024-S2", "--sorties", petite / "sorties", BAROMETRE_RACINE=str(petite / "racine"))
    assert done.returncode == 0, done.stderr
    assert "identiques octet pour octet" in done.stderr


def test_ce_qui_differe_se_dit(
    petite_publication: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is made again is what was published, save what the manifest says of a parameter."""
    root, sorties = petite_publication
    folder = sorties / "2024-S2"
    kept = shutil.copytree(folder, tmp_path / "kept")

    def publish(releves: list[str], consignes: Consignes) -> Iterator[str]:
        assert (releves, consignes.forcer) == (["2024-S2"], True)
        assert set(consignes.entrees("2024-S2").parametres) and consignes.regions == ["94"]
        again = shutil.copytree(kept, consignes.sorties / "2024-S2")
        with (again / "manifeste.json").open("a", encoding="utf-8") as manifest:
            manifest.write(" ")
        return iter(["publié"])

    monkeypatch.setattr(verification, "publier", publish)
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    assert lancer_ici(capsys, "verifier", "2024-S2", "--sorties", str(tmp_path / "rien")).code == 1
    before = (folder / "manifeste.json").read_bytes()
    with (root / "params" / "releves" / "2024-S2.yaml").open("a", encoding="utf-8") as file:
        file.write("# relu\n")
    (folder / "regions" / "94.html").write_text("autre", encoding="utf-8")
    os.mkfifo(folder / "regions" / "tube")
    ended = lancer_ici(capsys, "verifier", "2024-S2", "--sorties", str(sorties))
    assert ended.code == 1
    assert "Entrée, paramètre : params/releves/2024-S2.yaml n'est plus celui de la publication." in ended.stderr
    assert "Sortie regions/94.html : modifiée depuis la publication" in ended.stderr
    assert "Sortie manifeste.json : refaite, elle diffère." in ended.stderr
    assert "Sortie « regions/tube » (ni fichier, ni dossier) : étrangère" in ended.stderr
    assert "4 écarts" in ended.stderr
    assert (folder / "manifeste.json").read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="without forks, no watcher")
def test_tue_il_ne_laisse_pas_son_dossier(petite: Path, tmp_path: Path) -> None:
    where = {"BAROMETRE_RACINE": str(petite / "racine"), "TMPDIR": str(tmp_path)}
    running = demarrer("verifier", "2024-S2", "--sorties", petite / "sorties", **where)
    with running:
        attendre(lambda: list(tmp_path.glob("barometre-verifier-*/.travail*")))
        running.kill()
        running.communicate()
    attendre(lambda: not list(tmp_path.iterdir()))


class TestComparaison:
    """What each difference is called, without making anything."""

    @pytest.fixture
    def deux(self, tmp_path: Path) -> tuple[Path, Path, dict[str, str]]:
        for folder in ("a", "b"):
            (tmp_path / folder).mkdir()
            for name in ("manifeste.json", "index.html", "national.html"):
                (tmp_path / folder / name).write_text(name, encoding="utf-8")
        stated = {name: one for name, one in inventorier(tmp_path / "a").items() if name != "manifeste.json"}
        return tmp_path / "a", tmp_path / "b", stated

    def test_rien(self, deux: tuple[Path, Path, dict[str, str]]) -> None:
        assert list(verification._compare(*deux)) == []

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda a, b: (a / "index.html").unlink(), "absente de la publication"),
            (lambda a, b: (a / "x").touch(), "Sortie « x » : étrangère"),
            (lambda a, b: (a / "x").mkdir(), "Sortie « x » (un dossier vide) : étrangère"),
            (lambda a, b: (a / "x").symlink_to(b / "index.html"), "Sortie « x » (un lien) : étrangère"),
            (lambda a, b: os.mkfifo(a / "x"), "Sortie « x » (ni fichier, ni dossier) : étrangère"),
            (lambda a, b: (a / "\x1b[31m").touch(), "Sortie « \\u001b[31m » : étrangère"),
            (
                lambda a, b: [(a / "index.html").unlink(), (a / "index.html").symlink_to(b / "index.html")],
                "index.html : modifiée",
            ),
            (lambda a, b: (a / "index.html").write_text("?"), "modifiée"),
            (lambda a, b: (b / "index.html").unlink(), "n'est plus faite"),
            (lambda a, b: (b / "index.html").write_text("?"), "refaite, elle diffère"),
            (lambda a, b: (b / "manifeste.json").write_text("?"), "manifeste.json : refaite"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_chaque_ecart(self, deux: tuple[Path, Path, dict[str, str]], change: object, said: str) -> None:
        change(*deux[:2])  # type: ignore[operator]
        told = list(verification._compare(*deux))
        assert len(told) == 1
        assert said in told[0].replace("\u00a0", " ")


@pytest.mark.parametrize("content", [None, "", "[]", "{}"], ids=["absent", "vide", "liste", "sans sorties"])
def test_une_publication_sans_manifeste_ne_se_verifie_pas(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "2024-S2").mkdir()
    if content is not None:
        (tmp_path / "2024-S2" / "manifeste.json").write_text(content, encoding="utf-8")
    with pytest.raises(ErreurBarometre, match=r"manifeste\.json.*\n.*aucune publication à vérifier"):
        verification.verifier("2024-S2", Consignes(tmp_path))


class TestSchema:
    def test_le_manifeste_le_suit(self, publication: Path) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        jsonschema.validate(json.loads((publication / "manifeste.json").read_text(encoding="utf-8")), SCHEMA)

    @pytest.mark.parametrize("key", SCHEMA["required"])
    def test_il_exige_et_decrit_chaque_cle(self, publication: Path, key: str) -> None:
        assert SCHEMA["properties"][key]["description"]
        manifest = json.loads((publication / "manifeste.json").read_text(encoding="utf-8"))
        del manifest[key]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(manifest, SCHEMA)

    def test_il_refuse_ce_qu_il_ne_connait_pas(self, publication: Path) -> None:
        manifest = json.loads((publication / "manifeste.json").read_text(encoding="utf-8"))
        for change in ({"date": "2026"}, {"code": "court"}, {"regions_absentes": ["999"]}):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(manifest | change, SCHEMA)


def test_une_copie_se_verifie_comme_l_original(publication: Path, tmp_path: Path) -> None:
    shutil.copytree(publication, tmp_path / "2024-S2")
    copy = Consignes(tmp_path)
    assert copy.a_jour("2024-S2", copy.entrees("2024-S2"))
