"""Former publications: kept when they are replaced, listed, put back, deleted for good; a killed run loses none."""

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fabrique
import pytest
from console import Sortie, lancer

from barometre_lib.campagne import dossier, retablissement
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.dossier import NOUVELLE, chantier, mettre_en_place
from barometre_lib.campagne.historique import ANCIENNES, GARDEES, gardees, identifier
from barometre_lib.campagne.marques import marquer
from barometre_lib.campagne.rectification import chemin_journal, diffuser, lire_journal
from barometre_lib.erreurs import ErreurBarometre

R = "2024-S2"
DIFFUSEE = {"demonstration": False}


@pytest.fixture
def sorties(petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    return petite_racine / "outputs"


def poser(dossier: Path, texte: str, *, publique: bool = False, **changes: Any) -> Path:
    pages = changes.pop("pages", {"index.html": texte})
    return fabrique.deposer_publication(dossier, pages, publique=publique, releve=R, **changes)


def mettre(sorties: Path, texte: str, **changes: Any) -> str:
    """Put a publication in place as a campaign does, and return its checksum."""
    with chantier(sorties, R) as work:
        poser(work, texte, **changes)
        mettre_en_place(work, sorties, R)
    return identifier(sorties / R)


def lu(sorties: Path) -> str:
    return (sorties / R / "index.html").read_text(encoding="utf-8")


class TestGarder:
    def test_ce_qui_est_remplace_est_garde_cinq_fois_au_plus(self, sorties: Path) -> None:
        made = [mettre(sorties, str(rank)) for rank in range(GARDEES + 3)]
        assert [one.name for one in gardees(sorties, R)] == made[-2:1:-1]
        assert not list(sorties.glob(".travail-*")) and lu(sorties) == "7"
        if os.name != "nt":
            assert not (sorties / ANCIENNES).stat().st_mode & stat.S_IRWXO

    def test_ce_qui_est_en_place_n_est_pas_garde_deux_fois(self, sorties: Path) -> None:
        first, second = mettre(sorties, "a"), mettre(sorties, "b")
        assert mettre(sorties, "a") == first
        assert [one.name for one in gardees(sorties, R)] == [second]
        mettre(sorties, "a", edition=fabrique.EDITION | {"etat": "diffuse"})
        assert [one.name for one in gardees(sorties, R)] == [second]

    @pytest.mark.parametrize("echange", [True, False])
    def test_une_campagne_tuee_a_tout_moment_n_en_perd_aucune(
        self, sorties: Path, monkeypatch: pytest.MonkeyPatch, *, echange: bool
    ) -> None:
        """Each rename is the last one: the next campaign has the former publication, in place or kept, and no draft."""
        if not echange:
            monkeypatch.setattr(dossier, "echanger", lambda *_: False)
        replace, swap, mend, done = Path.replace, dossier.echanger, dossier._mend, False
        for stop in range(12):
            shutil.rmtree(sorties, ignore_errors=True)
            mettre(sorties, "avant")
            left = iter([None] * stop)

            def count(left: Any = left) -> None:
                next(left)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Path, "replace", lambda *a, count=count: (count(), replace(*a))[1])
                patch.setattr(dossier, "echanger", lambda *a, count=count: (count(), swap(*a))[1])
                # Killed, it puts nothing away.
                patch.setattr(dossier, "_mend", lambda work: mend(work) if not list(work.glob("*")) else None)
                try:
                    mettre(sorties, "apres")
                    done = True
                except StopIteration:
                    pass
            with chantier(sorties, R):
                pass
            texts = {(one / "index.html").read_text(encoding="utf-8") for one in gardees(sorties, R)}
            assert (lu(sorties), texts) in [("avant", set()), ("apres", {"avant"})]
            assert not list(sorties.glob(".travail-*"))
            if done:
                break
        assert done and stop >= 2

    def test_un_brouillon_abandonne_n_est_pas_garde(self, sorties: Path) -> None:
        mettre(sorties, "a")
        marquer(sorties / f".travail-{R}")
        poser(sorties / f".travail-{R}" / NOUVELLE, "brouillon")
        mettre(sorties, "b")
        assert [(one / "index.html").read_text("utf-8") for one in gardees(sorties, R)] == ["a"]

    def test_ce_que_quelqu_un_y_a_mis_reste(self, sorties: Path) -> None:
        mettre(sorties, "a")
        mettre(sorties, "b")
        (noted,) = gardees(sorties, R)
        (noted / "note.txt").write_text("à moi")
        (noted.parent / "vacances").mkdir()
        for rank in range(GARDEES + 2):
            mettre(sorties, str(rank))
        assert (noted / "note.txt").exists() and (noted.parent / "vacances").is_dir()
        assert len(gardees(sorties, R)) == GARDEES + 1
        asked = Consignes(sorties)
        found, faults = retablissement.lire_gardees(R, asked)
        assert len(found) == GARDEES and "note.txt" in faults[0]
        with fabrique.refus("note.txt.*rien n'y a été touché"):
            retablissement.supprimer(R, noted.name, asked)
        assert noted.is_dir()

    @pytest.mark.parametrize("ou", [ANCIENNES, f"{ANCIENNES}/{R}"])
    def test_un_lien_ou_un_dossier_etranger_est_refuse_avant_tout(
        self, sorties: Path, tmp_path: Path, ou: str, ici: Callable[..., Sortie], petite_racine: Path
    ) -> None:
        mettre(sorties, "a")
        (tmp_path / "ailleurs").mkdir()
        if "/" in ou:
            marquer(sorties / ANCIENNES)
        (sorties / ou).symlink_to(tmp_path / "ailleurs")
        ended = ici(R, "--sorties", sorties, racine=petite_racine)
        assert ended.code == 1 and f"{Path(ou).name} : ce n'est pas" in ended.stderr
        assert lu(sorties) == "a" and not list((tmp_path / "ailleurs").iterdir())


class TestRetablir:
    def test_retablir_garde_a_son_tour_ce_qui_y_etait(self, sorties: Path, capsys: pytest.CaptureFixture[str]) -> None:
        first = mettre(sorties, "a")
        second = mettre(sorties, "b")
        told = lancer(capsys, "retablir", R, "--sorties", str(sorties))
        assert told.stdout.splitlines()[0] == "publiee_le;remplacee_le;empreinte;etat;periode;solde_net;pages"
        assert told.stdout.splitlines()[1].endswith(f";{first[:8]};{fabrique.EDITION['etat']};2024;89;1")
        done = lancer(capsys, "retablir", R, first[:8], "--sorties", str(sorties))
        assert (done.code, done.stdout, lu(sorties)) == (0, "", "a")
        assert f"la publication {first[:8]} est rétablie" in done.stderr
        assert [one.name for one in gardees(sorties, R)] == [second]
        assert (sorties / "index.html").is_file() and not list(sorties.glob(".travail-*"))
        (listed,) = json.loads(lancer(capsys, "retablir", R, "--json", "--sorties", str(sorties)).stdout)
        assert (listed["empreinte"], listed["solde_net"], listed["pages"]) == (second[:8], 89, 1)

    def test_une_publication_perdue_se_retablit(self, sorties: Path) -> None:
        first = mettre(sorties, "a")
        mettre(sorties, "b")
        shutil.rmtree(sorties / R)
        list(retablissement.retablir(R, first, Consignes(sorties)))
        assert lu(sorties) == "a" and gardees(sorties, R) == []

    def test_supprimer_ne_laisse_rien(self, sorties: Path, capsys: pytest.CaptureFixture[str]) -> None:
        first = mettre(sorties, "secret")
        mettre(sorties, "b")
        done = lancer(capsys, "retablir", R, first[:8], "--supprimer", "--sorties", str(sorties))
        assert done.code == 0 and "supprimée pour de bon" in done.stderr
        assert not any(b"secret" in one.read_bytes() for one in sorties.rglob("*") if one.is_file())
        assert lancer(capsys, "retablir", R, "--json", "--sorties", str(sorties)).stdout == "[]\n"

    @pytest.mark.parametrize(
        ("arguments", "code", "dit"),
        [
            (["abcd"], 1, "« abcd » n'en désigne aucune ; attendu le début"),
            (["--supprimer"], 2, "attendu une EMPREINTE"),
            (["abcd", "--json"], 2, "--json écrit la liste"),
            (["../.."], 1, "n'en désigne aucune"),
        ],
    )
    def test_ce_qui_n_y_est_pas_est_refuse(
        self, sorties: Path, arguments: list[str], code: int, dit: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        mettre(sorties, "a")
        ended = lancer(capsys, "retablir", R, *arguments, "--sorties", str(sorties))
        assert ended.code == code and dit in ended.stderr
        assert lu(sorties) == "a"

    def test_des_fichiers_changes_ne_se_retablissent_pas(self, sorties: Path) -> None:
        first = mettre(sorties, "a")
        mettre(sorties, "b")
        (sorties / ANCIENNES / R / first / "index.html").write_text("retouchée")
        with fabrique.refus("ne sont plus ceux que dit son manifeste"):
            list(retablissement.retablir(R, first, Consignes(sorties)))
        assert lu(sorties) == "b"

    def test_deux_a_la_fois(self, sorties: Path) -> None:
        first = mettre(sorties, "a")
        mettre(sorties, "b")
        for asked in (
            lambda: list(retablissement.retablir(R, first, Consignes(sorties))),
            lambda: retablissement.supprimer(R, first, Consignes(sorties)),
        ):
            with chantier(sorties, "2024-S1"), pytest.raises(ErreurBarometre, match="autre campagne"):
                asked()
        assert lu(sorties) == "b" and len(gardees(sorties, R)) == 1

    def test_une_edition_diffusee_demande_un_motif_et_le_note(self, sorties: Path) -> None:
        asked = Consignes(sorties, relu_par="Bureau")

        def release(texte: str, **options: str) -> str:
            with chantier(sorties, R) as work:
                poser(work, texte, **DIFFUSEE)
                diffuser(work, R, Consignes(sorties, relu_par="Bureau", **options))
                mettre_en_place(work, sorties, R)
            return identifier(sorties / R)

        first = release("a")
        release("b", rectificatif="Erreur.")
        with fabrique.refus("est diffusée, et 1 fichier changerait .index.html.*--rectificatif MOTIF"):
            list(retablissement.retablir(R, first, asked))
        assert lu(sorties) == "b"
        again = Consignes(sorties, relu_par="Bureau", rectificatif="Le rectificatif était faux.")
        list(retablissement.retablir(R, first, again))
        assert lu(sorties) == "a"
        assert [one.motif for one in lire_journal(R, asked)] == ["", "Erreur.", "Le rectificatif était faux."]
        assert chemin_journal(R).is_file()


class TestGardePublique:
    """What was public once may not be any more."""

    def preparer(self, sorties: Path, pages: dict[str, str], **changes: Any) -> tuple[str, Consignes]:
        asked = Consignes(sorties, diffusion="publique")
        first = mettre(asked.dossier, "", publique=True, pages=pages, **changes)
        mettre(asked.dossier, "b", publique=True)
        return first, asked

    def test_un_site_qui_n_est_plus_citable(self, sorties: Path, petite_racine: Path) -> None:
        fabrique.ecrire_releve(
            petite_racine / "data" / "releves",
            [fabrique.ligne(**fabrique.LIGNE_PETITE | {"nom_site": "Forges d'Ajaccio", "citable": "non"})],
        )
        first, asked = self.preparer(sorties, {"index.html": "<p>Les Forges d&#39;Ajaccio ouvrent.</p>"})
        with fabrique.refus("index.html nomme le site du mouvement .*pas citable aujourd'hui.*--supprimer"):
            list(retablissement.retablir(R, first, asked))
        assert (asked.dossier / R / "index.html").read_text("utf-8") == "b"
        harmless, asked = self.preparer(sorties, {"index.html": "<p>Les Forges ouvrent.</p>"})
        list(retablissement.retablir(R, harmless, asked))
        assert gardees(sorties, R) == [] and len(gardees(asked.dossier, R)) == 2

    def test_une_somme_qui_parle_trop(self, sorties: Path) -> None:
        table = "secteur;emplois_crees;emplois_supprimes;investissement_meur\nensemble;40;0;0\n"
        first, asked = self.preparer(sorties, {"tableaux/emplois-investissement.csv": table})
        with fabrique.refus("Édition publique 2024-S2 : .*ce registre n'est pas celui qui l'a donnée"):
            list(retablissement.retablir(R, first, asked))
