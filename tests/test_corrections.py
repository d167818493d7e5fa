"""Known errors of a source: applied on reading, shown, and refused once the source is right."""

import re
from pathlib import Path
from typing import Any

import fabrique
import pytest
import yaml
from console import lancer

from barometre_lib.barometre import Barometre
from barometre_lib.erreurs import RegistreRefuse
from barometre_lib.qualite.controle import controler_releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

RELEVE = "2024-S2"
CORRECTION: dict[str, Any] = {
    "mouvement": "M-0001",
    "colonne": "effectif",
    "source": "12",
    "corrige": "120",
    "raison": "Un zéro manque dans l'envoi du service.",
    "statut": "signalee",
    "depuis": "2025-02-20",
}


def ecrire(dossier: Path, *corrections: Any, **differences: Any) -> Path:
    """Write a relève of one row, whose headcount lacks a zero, with corrections beside it."""
    folder = fabrique.ecrire_releve(dossier, fabrique.lignes({"effectif": 12} | differences))
    lines = []
    for one in corrections:
        if not isinstance(one, dict):
            lines.append(f"- {one}")
            continue
        texts = {name: value for name, value in one.items() if isinstance(value, str)}
        shown = yaml.safe_dump(texts, allow_unicode=True, default_style='"')
        shown += "".join(f"{name}: {value}\n" for name, value in one.items() if name not in texts)
        # The date is the one right value that is not a text.
        shown = shown.replace('"depuis": "2025-02-20"', "depuis: 2025-02-20").rstrip().replace("\n", "\n  ")
        lines.append(f"- {shown}")
    text = "corrections:\n" + "\n".join(lines) + "\n"
    (folder / RELEVE / "corrections.yaml").write_text(text, encoding="utf-8")
    return folder


def test_une_correction_s_applique_a_la_lecture(tmp_path: Path) -> None:
    folder = ecrire(tmp_path, CORRECTION)
    read = Barometre.charger(RELEVE, registre=folder)
    assert read.decisions[["effectif", "motif"]].to_numpy().tolist() == [[120, "compte"]]
    assert (folder / RELEVE / "84.csv").read_text(encoding="utf-8").count(";12;") == 1
    found = controler_releve(RELEVE, folder)
    assert [(one.mouvement, one.colonne, one.statut) for one in found.corrections] == [
        ("M-0001", "effectif", "signalee")
    ]


def test_une_cellule_vide_se_corrige_et_se_vide(tmp_path: Path) -> None:
    filled = ecrire(tmp_path / "a", CORRECTION | {"source": "", "corrige": "30"}, effectif="")
    assert Barometre.charger(RELEVE, registre=filled).decisions["motif"].tolist() == ["compte"]
    emptied = ecrire(tmp_path / "b", CORRECTION | {"source": "30", "corrige": ""}, effectif=30)
    assert Barometre.charger(RELEVE, registre=emptied).decisions["motif"].tolist() == ["effectif_manquant"]


def test_un_code_faux_se_corrige_avant_d_etre_juge(tmp_path: Path) -> None:
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({}))
    path = folder / RELEVE / "84.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("69123", "69999"), encoding="utf-8")
    with pytest.raises(RegistreRefuse):
        controler_releve(RELEVE, folder)
    ecrire(tmp_path / "autre", CORRECTION | {"colonne": "code_commune", "source": "69999", "corrige": "69123"})
    (folder / RELEVE / "corrections.yaml").write_bytes((tmp_path / "autre" / RELEVE / "corrections.yaml").read_bytes())
    assert controler_releve(RELEVE, folder).lignes == 1


@pytest.mark.parametrize(
    ("effectif", "differences", "mots"),
    [
        (120, {}, "M-0001, colonne « effectif » : la source est maintenant juste ; retirez la correction"),
        (13, {}, "la source dit autre chose que ce qui est déclaré ; revoyez la correction"),
        (12, {"mouvement": "M-0002"}, "M-0002.*n'est pas dans la relève ; retirez la correction"),
        (12, {"jusqu_a": "2024-S2"}, "la source devait être juste en 2024-S2"),
        (120, {"jusqu_a": "2024-S2"}, "la source est maintenant juste"),
    ],
    ids=["source_juste", "source_autre", "mouvement_absent", "terme_passe", "juste_a_terme"],
)
def test_une_garde_echoue_quand_la_source_a_change(
    effectif: int, differences: dict[str, str], mots: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ecrire(tmp_path, CORRECTION | differences, effectif=effectif)
    for command in ("controler", "decider"):
        ended = lancer(capsys, command, RELEVE, "--registre", str(folder))
        assert (ended.code, ended.stdout) == (1, "")
        assert ended.phrases[0].startswith(f"{folder / RELEVE / 'corrections.yaml'} : ")
        assert re.search(mots, ended.phrases[0])
        assert "Traceback" not in ended.stderr


def test_un_mouvement_sur_deux_lignes_n_est_pas_dit_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ecrire(tmp_path, CORRECTION)
    fabrique.ecrire_releve(folder, [fabrique.ligne(id_mouvement="M-0001", effectif=effectif) for effectif in (12, 30)])
    said = lancer(capsys, "decider", RELEVE, "--registre", str(folder)).stderr
    assert "M-0001, colonne « effectif » : ce mouvement figure sur 2 lignes ; donnez à chacune son identifiant" in said
    assert "n'est pas dans la relève" not in said


def test_un_terme_a_venir_n_arrete_rien(tmp_path: Path) -> None:
    assert controler_releve(RELEVE, ecrire(tmp_path, CORRECTION | {"jusqu_a": "2025-S1"})).lignes == 1


@pytest.mark.parametrize(
    ("correction", "mots"),
    [
        ("un texte", " : trouvé « un texte » ; attendu les entrées mouvement, colonne"),
        ({name: value for name, value in CORRECTION.items() if name != "raison"}, "« raison » : trouvé rien"),
        (CORRECTION | {"auteur": "moi"}, "« auteur » : entrée inconnue ; attendu mouvement, colonne"),
        (CORRECTION | {"depuis": "hier"}, "« depuis » : trouvé « hier » ; attendu une date"),
        (CORRECTION | {"colonne": "id_mouvement"}, "une colonne du registre autre que id_mouvement"),
        (CORRECTION | {"corrige": 0}, "« corrige » : trouvé « 0 » ; attendu un texte entre guillemets"),
        (CORRECTION | {"source": False}, "« source » : trouvé « False » ; attendu un texte entre guillemets"),
        (CORRECTION | {"colonne": "salaries"}, "une colonne du registre"),
        (CORRECTION | {"statut": "peut-être"}, "« statut » : trouvé « peut-être » ; attendu signalee ou confirmee"),
        (CORRECTION | {"statut": ["signalee"]}, "« statut » : attendu signalee ou confirmee"),
        (CORRECTION | {"raison": ""}, "« raison » : trouvé rien"),
        (CORRECTION | {"corrige": "12"}, "deux valeurs différentes"),
        (CORRECTION | {"jusqu_a": "2025"}, "trouvé « 2025 » ; attendu une relève"),
    ],
)
def test_une_correction_mal_ecrite_est_refusee(correction: Any, mots: str, tmp_path: Path) -> None:
    with fabrique.refus(f"corrections.yaml, ligne [0-9]+, « corrections » n° 1.*{mots}"):
        controler_releve(RELEVE, ecrire(tmp_path, correction))


def test_une_cellule_ne_se_corrige_pas_deux_fois(tmp_path: Path) -> None:
    with fabrique.refus("est corrigé deux fois"):
        controler_releve(RELEVE, ecrire(tmp_path, CORRECTION, CORRECTION | {"source": "13"}))


def test_un_fichier_de_corrections_d_une_autre_forme_est_refuse(tmp_path: Path) -> None:
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({}))
    (folder / RELEVE / "corrections.yaml").write_text("M-0001: 12\n", encoding="utf-8")
    with fabrique.refus("« M-0001 » : entrée inconnue ; attendu corrections"):
        controler_releve(RELEVE, folder)
