"""A released public edition of real data is not replaced in silence."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from barometre_lib import Barometre
from barometre_lib.campagne.rectification import refuser_remplacement_public
from barometre_lib.erreurs import ErreurBarometre


@pytest.fixture
def deux(tmp_path: Path) -> tuple[Path, Path]:
    """Return a public edition in place and another ready, one page of which differs."""
    for folder, text in (("avant", "un"), ("apres", "deux")):
        (tmp_path / folder / "regions").mkdir(parents=True)
        (tmp_path / folder / "regions" / "84.html").write_text(text, encoding="utf-8")
        (tmp_path / folder / "index.html").write_text("même", encoding="utf-8")
    return tmp_path / "avant", tmp_path / "apres"


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
def test_seule_une_edition_diffusee_demande_un_motif(  # noqa: PLR0913  one per case
    deux: tuple[Path, Path],
    charger: Callable[[str], Barometre],
    *,
    etat: str,
    motif: str,
    demonstration: bool,
    refuse: bool,
) -> None:
    edition = replace(charger("2024-S2").edition, etat=etat, rectificatif="").rectifier(motif)  # type: ignore[arg-type]
    if refuse:
        with pytest.raises(ErreurBarometre, match=r"1 fichier changerait \(regions/84.html\)"):
            refuser_remplacement_public(*deux, edition, demonstration=demonstration)
    else:
        refuser_remplacement_public(*deux, edition, demonstration=demonstration)


def test_ce_qui_ne_change_pas_ou_n_est_pas_encore_la_passe(
    deux: tuple[Path, Path], charger: Callable[[str], Barometre], tmp_path: Path
) -> None:
    edition = replace(charger("2024-S2").edition, etat="diffuse")
    refuser_remplacement_public(deux[0], deux[0], edition, demonstration=False)
    refuser_remplacement_public(tmp_path / "absente", deux[1], edition, demonstration=False)
