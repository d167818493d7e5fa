"""A released edition of real data is not replaced in silence, whichever edition it is, and wherever it was."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fabrique
import pytest
import yaml

from barometre_lib.campagne import rectification
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import Entrees
from barometre_lib.campagne.rectification import chemin_journal, lire_journal
from barometre_lib.registre.lecture import trouver_releve

DIT = r"2024-S2 : cette édition est diffusée, et 1 fichier changerait .regions/84\.html.*MOTIF"
PAGES = {"index.html": "a", "regions/84.html": "b"}


@pytest.fixture
def sorties(petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of publications of a project free to be changed."""
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    return petite_racine / "outputs"


def etude(sorties: Path, **options: Any) -> Any:
    """Return what a campaign knows of the relève that it is about to publish."""
    return SimpleNamespace(releve="2024-S2", consignes=Consignes(sorties, **{"relu_par": "Bureau"} | options))


def diffuser(folder: Path, study: Any) -> None:
    """Let a publication take its place, as `publier` does."""
    rectification.diffuser(folder, study.releve, study.consignes)


def preparer(sorties: Path, pages: dict[str, str] | None = None, *, publique: bool = False, **changes: Any) -> Path:
    """Write, beside, a publication of real data; a state and a reason are those of its edition."""
    edition = fabrique.EDITION | {key: changes.pop(key) for key in ("etat", "rectificatif") if key in changes}
    stated = {"releve": "2024-S2", "demonstration": False, "edition": edition, "publique": publique}
    return fabrique.deposer_publication(sorties / "nouvelle", PAGES | (pages or {}), **stated | changes)


def publier(sorties: Path, study: Any, **changes: Any) -> Path:
    """Put a publication in place as `publier` does."""
    folder, place = preparer(sorties, publique=study.consignes.publique, **changes), study.consignes.dossier / "2024-S2"
    diffuser(folder, study)
    place.parent.mkdir(exist_ok=True)
    return folder.rename(place)


CHANGEE = {"regions/84.html": "c"}
RECTIFIEE = {"etat": "rectifie", "rectificatif": "Erreur."}


@pytest.mark.parametrize("diffusion", ["interne", "publique"])
@pytest.mark.parametrize(
    ("avant", "apres", "dit"),
    [
        pytest.param({}, {"pages": CHANGEE}, DIT, id="autres octets"),
        pytest.param({}, {}, "", id="memes octets"),
        pytest.param({}, {"pages": {"regions/11.html": "n"}}, "diffusions.yaml : .*plus ceux", id="page ajoutee"),
        pytest.param({"demonstration": True}, {"pages": CHANGEE}, "", id="demonstration"),
        pytest.param({"etat": "sous_embargo"}, {"pages": CHANGEE}, "", id="sous embargo"),
        pytest.param({"etat": "travail"}, {"pages": CHANGEE}, "", id="travail"),
        pytest.param({}, {"pages": CHANGEE, "rectificatif": "Erreur."}, "", id="motif"),
        pytest.param(RECTIFIEE, {"pages": CHANGEE, "rectificatif": "Erreur."}, DIT, id="motif ancien"),
        pytest.param(RECTIFIEE, {"pages": CHANGEE, "rectificatif": "Autre."}, "", id="motif neuf"),
    ],
)
def test_remplacer_une_edition_diffusee_demande_un_motif(
    avant: dict[str, Any], apres: dict[str, Any], dit: str, diffusion: str, sorties: Path
) -> None:
    """Its manifest says in which state it was published, whatever the parameters say now."""
    study = etude(sorties, diffusion=diffusion)
    publier(sorties, study, **avant)
    again = preparer(sorties, publique=study.consignes.publique, **apres)
    if dit:
        with fabrique.refus(dit):
            diffuser(again, study)
    else:
        diffuser(again, study)


def test_une_page_retiree_est_un_changement(sorties: Path) -> None:
    publier(sorties, etude(sorties))
    again = fabrique.deposer_publication(sorties / "nouvelle", {"index.html": "a"}, releve="2024-S2")
    with fabrique.refus(DIT):
        diffuser(again, etude(sorties))


@pytest.mark.parametrize(
    ("pages", "dit"),
    [({"index.html": "d", "regions/11.html": "n"}, ""), ({"regions/84.html": "c"}, DIT)],
    ids=["completee", "changee"],
)
def test_une_publication_partielle_se_complete_sans_motif(pages: dict[str, str], dit: str, sorties: Path) -> None:
    publier(sorties, etude(sorties, relu_par=""), regions_absentes=["11"])
    assert not chemin_journal("2024-S2").exists()
    again = preparer(sorties, pages)
    if dit:
        with fabrique.refus(dit):
            diffuser(again, etude(sorties))
    else:
        diffuser(again, etude(sorties))


def test_ce_qui_est_diffuse_est_note_une_fois_avec_qui_l_a_relu(sorties: Path) -> None:
    study, path = etude(sorties), chemin_journal("2024-S2")
    with fabrique.refus("2024-S2 : cette édition est diffusée et ses données sont réelles.*--relu-par"):
        publier(sorties, etude(sorties, relu_par=""))
    assert not path.exists()
    publier(sorties, study)
    told = path.read_text(encoding="utf-8")
    diffuser(preparer(sorties), etude(sorties, relu_par=""))
    assert path.read_text(encoding="utf-8") == told
    diffuser(preparer(sorties, {"index.html": "z"}, rectificatif="Erreur : « x » #1."), study)
    diffuser(preparer(sorties, publique=True), etude(sorties, diffusion="publique"))
    assert path.read_text(encoding="utf-8").startswith(told)
    entries = lire_journal("2024-S2", study.consignes)
    assert [(one.edition, one.motif, one.relu_par) for one in entries] == [
        ("interne", "", "Bureau"),
        ("interne", "Erreur : « x » #1.", "Bureau"),
        ("publique", "", "Bureau"),
    ]


def test_le_journal_n_est_d_aucune_empreinte(sorties: Path) -> None:
    asked = Consignes(sorties)
    before = Entrees.lire(trouver_releve("2024-S2", asked.registre), asked.registre, sorties.parent)
    publier(sorties, etude(sorties))
    assert Entrees.lire(trouver_releve("2024-S2", asked.registre), asked.registre, sorties.parent) == before


@pytest.mark.parametrize(
    ("demonstration", "etat", "essai"),
    [(True, "diffuse", False), (False, "travail", False), (False, "sous_embargo", False), (False, "diffuse", True)],
    ids=["demonstration", "travail", "embargo", "verifier"],
)
def test_rien_d_autre_n_est_note(sorties: Path, etat: str, *, demonstration: bool, essai: bool) -> None:
    publier(sorties, etude(sorties, relu_par="", essai=essai), demonstration=demonstration, etat=etat)
    assert not chemin_journal("2024-S2").exists()


@pytest.mark.parametrize("dossier", ["outputs", "ailleurs"])
def test_une_publication_perdue_ou_faite_ailleurs_ne_desarme_rien(sorties: Path, dossier: str) -> None:
    publier(sorties, etude(sorties)).rename(sorties / "perdue")
    there, other = sorties.parent / dossier, {"regions/84.html": "c"}
    with fabrique.refus(
        r"2024-S2\.diffusions\.yaml : cette édition est diffusée, et ses fichiers ne seraient plus ceux"
    ):
        diffuser(preparer(there, other), etude(there))
    diffuser(preparer(there), etude(there))
    # A page tried apart, the demonstration, what `verifier` makes: no release.
    diffuser(preparer(there, other, regions_absentes=["11"]), etude(there))
    diffuser(preparer(there, other, demonstration=True), etude(there))
    diffuser(preparer(there, other), etude(there, essai=True))


def sans_entree(rang: int) -> Callable[[str], str]:
    def take(text: str) -> str:
        content = yaml.safe_load(text)
        del content["diffusions"][rang]
        return yaml.safe_dump(content)

    return take


@pytest.mark.parametrize(
    ("altere", "dit"),
    [
        pytest.param(None, "est diffusée et n'y est pas.*restaurez", id="absent"),
        pytest.param(lambda _: "", "attendu des entrées", id="vide"),
        pytest.param(lambda _: "diffusions: []\n", "n'y est pas", id="aucune"),
        pytest.param(lambda text: text[:-30], "empreinte", id="coupe"),
        pytest.param(lambda _: "[", "YAML", id="pas du yaml"),
        pytest.param(lambda text: text.replace("edition: interne", "edition: x", 1), "ou publique", id="edition"),
        pytest.param(lambda text: text.replace("motif: ''", "motif: Autre", 1), "retirée ou modifiée", id="motif"),
        pytest.param(lambda text: text.replace("Bureau", "Moi", 1), "retirée ou modifiée", id="relecteur"),
        pytest.param(sans_entree(0), "retirée ou modifiée", id="premiere retiree"),
        pytest.param(sans_entree(1), "n'y est pas", id="derniere retiree"),
    ],
)
def test_un_journal_absent_ou_altere_est_refuse(altere: Callable[[str], str] | None, dit: str, sorties: Path) -> None:
    """Beside a released edition; a reason does not do in its place."""
    publier(sorties, etude(sorties)).rename(sorties / "premiere")
    again = preparer(sorties, {"index.html": "z"}, rectificatif="Erreur.", etat="rectifie")
    diffuser(again, etude(sorties))
    again.rename(sorties / "2024-S2")
    path = chemin_journal("2024-S2")
    assert len(lire_journal("2024-S2", etude(sorties).consignes)) == 2
    text = path.read_text(encoding="utf-8")
    path.unlink()
    if altere:
        path.write_text(altere(text), encoding="utf-8")
    with fabrique.refus(dit):
        lire_journal("2024-S2", replace(etude(sorties).consignes, rectificatif="Encore."))


def test_une_campagne_arretee_apres_la_note_reprend(sorties: Path) -> None:
    """Killed between the note and the exchange: the same command again changes nothing of the note."""
    publier(sorties, etude(sorties))
    again = preparer(sorties, CHANGEE, **RECTIFIEE)
    for _ in range(2):
        diffuser(again, etude(sorties))
        assert len(lire_journal("2024-S2", etude(sorties).consignes)) == 2


def test_une_edition_publique_perdue_ne_se_rectifie_pas(sorties: Path) -> None:
    """What its sums said could be said otherwise."""
    study = etude(sorties, diffusion="publique")
    publier(sorties, study).rename(sorties / "ailleurs")
    assert lire_journal("2024-S2", study.consignes)
    with fabrique.refus("n'est plus là.*Remettez-la"):
        lire_journal("2024-S2", replace(study.consignes, rectificatif="Erreur."))
