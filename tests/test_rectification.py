"""A released edition of real data is not replaced in silence, whichever edition it is."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fabrique
import pytest

from barometre_lib.campagne.manifeste import NOM
from barometre_lib.campagne.rectification import refuser_remplacement
from barometre_lib.parametres.edition import Edition, lire_edition
from barometre_lib.vocabulaire import Releve

DIT = r"avant : cette édition est diffusée, et 1 fichier changerait .regions/84\.html.*MOTIF"
PAGES = {"index.html": "a", "regions/84.html": "b"}


def deposer(folder: Path, pages: dict[str, str | None], manifeste: dict[str, Any] | None = None) -> Path:
    """Write a publication: its pages, and its manifest when it has one."""
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    if manifeste is not None:
        (folder / NOM).write_text(json.dumps(manifeste), encoding="utf-8")
    return folder


def etude(motif: str = "", etat: str = "diffuse", *, demonstration: bool = False) -> Any:
    """Return what a campaign knows of the relève that it is about to publish."""
    official: Edition = lire_edition(Releve.lire("2024-S2"), nomenclatures=fabrique.nomenclatures())
    return SimpleNamespace(
        barometre=SimpleNamespace(
            edition=replace(official, etat=etat, rectificatif=""),  # type: ignore[arg-type]
            registre=SimpleNamespace(demonstration=demonstration),
        ),
        consignes=SimpleNamespace(rectificatif=motif),
    )


@pytest.mark.parametrize(
    ("avant", "pages", "motif", "refuse"),
    [
        pytest.param({}, {"regions/84.html": "c"}, "", True, id="autres octets"),
        pytest.param({}, {}, "", False, id="memes octets"),
        pytest.param({}, {"regions/84.html": None}, "", True, id="page retiree"),
        pytest.param({}, {"regions/11.html": "n"}, "", False, id="page ajoutee"),
        pytest.param({"demonstration": True}, {"regions/84.html": "c"}, "", False, id="demonstration"),
        pytest.param({"etat": "sous_embargo"}, {"regions/84.html": "c"}, "", False, id="sous embargo"),
        pytest.param({"etat": "travail"}, {"regions/84.html": "c"}, "", False, id="travail"),
        pytest.param({}, {"regions/84.html": "c"}, "Erreur.", False, id="motif"),
        pytest.param(
            {"etat": "rectifie", "motif": "Erreur."}, {"regions/84.html": "c"}, "Erreur.", True, id="motif ancien"
        ),
        pytest.param(
            {"etat": "rectifie", "motif": "Erreur."}, {"regions/84.html": "c"}, "Autre.", False, id="motif neuf"
        ),
        pytest.param(
            {"absentes": ["11"]}, {"index.html": "d", "regions/11.html": "n"}, "", False, id="partielle completee"
        ),
        pytest.param({"absentes": ["11"]}, {"regions/84.html": "c"}, "", True, id="partielle changee"),
    ],
)
def test_remplacer_une_edition_interne_diffusee_demande_un_motif(
    avant: dict[str, Any], pages: dict[str, str | None], motif: str, refuse: bool, tmp_path: Path
) -> None:
    """Its manifest says in which state it was published, whatever the parameters say now."""
    manifest = {
        "demonstration": avant.get("demonstration", False),
        "regions_absentes": avant.get("absentes", []),
        "edition": {"etat": avant.get("etat", "diffuse"), "rectificatif": avant.get("motif", "")},
    }
    previous = deposer(tmp_path / "avant", dict(PAGES), manifest)
    work = deposer(tmp_path / "apres", PAGES | pages, {"autre": "manifeste"})
    if refuse:
        with fabrique.refus(DIT):
            refuser_remplacement(previous, work, etude(motif))
    else:
        refuser_remplacement(previous, work, etude(motif))
        refuser_remplacement(tmp_path / "rien", work, etude(motif))


@pytest.mark.parametrize(
    ("etat", "motif", "demonstration", "refuse"),
    [
        ("diffuse", "", False, True),
        ("diffuse", "", True, False),
        ("diffuse", "Une erreur de saisie", False, False),
        ("travail", "", False, False),
        ("sous_embargo", "", False, False),
    ],
    ids=["diffusee", "demonstration", "motivee", "travail", "embargo"],
)
def test_remplacer_une_edition_publique_diffusee_demande_un_motif(
    tmp_path: Path, *, etat: str, motif: str, demonstration: bool, refuse: bool
) -> None:
    previous = deposer(tmp_path / "avant", dict(PAGES))
    work = deposer(tmp_path / "apres", PAGES | {"regions/84.html": "c"})
    asked = etude(motif, etat, demonstration=demonstration)
    if refuse:
        with fabrique.refus(DIT):
            refuser_remplacement(previous, work, asked)
    else:
        refuser_remplacement(previous, work, asked)
    # What does not change, or is not there yet, passes.
    refuser_remplacement(previous, previous, asked)
    refuser_remplacement(tmp_path / "absente", work, asked)
