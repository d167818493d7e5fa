"""Bad input and wrong usage: an exit code, French sentences that name the file, no traceback, nothing written."""

import os
import re
import shlex
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import fabrique
import pytest
from console import Sortie, lancer
from processus import BAROMETRE

from barometre_lib.console import dire, ecrire_octets
from barometre_lib.registre.conformite import exigences

pytestmark = pytest.mark.usefixtures("jugements_gardes")

RELEVE = "2024-S2"
COMMANDES = {"controler": [], "decider": [], "compter": ["--par", "annee,region"]}
# What click, Python or a library would say of its own.
MOTS_ANGLAIS = re.compile(
    r"\b(usage:|try|error|missing|argument is|no such|got|unexpected|invalid|value|option requires|directory|file|is a|"
    r"does not|exist|for help|unknown|line|expected|found|the|must|show this|exit)\b",
    re.IGNORECASE,
)


def retirer_une_region(dossier: Path) -> None:
    (dossier / "84.csv").unlink()


def retirer_une_colonne(dossier: Path) -> None:
    changer(dossier, lambda text: "\n".join(line.rsplit(";", 1)[0] for line in text.splitlines()) + "\n")


def retirer_une_cellule(dossier: Path) -> None:
    changer(dossier, lambda text: text.rstrip("\n").rsplit(";", 1)[0] + "\n")


def mal_dater(dossier: Path) -> None:
    changer(dossier, lambda text: text.replace("2024-03-15", "2024-02-30"))


def inventer_une_commune(dossier: Path) -> None:
    changer(dossier, lambda text: text.replace("69123", "69999"))


def inventer_un_secteur(dossier: Path) -> None:
    changer(dossier, lambda text: text.replace("electronique", "numerique"))


def repeter_un_identifiant(dossier: Path) -> None:
    other = dossier / "11.csv"
    (line,) = (dossier / "84.csv").read_text(encoding="utf-8").splitlines()[1:]
    other.write_text(other.read_text(encoding="utf-8") + line.replace("69123", "75056") + "\n", encoding="utf-8")


def changer(dossier: Path, change: Callable[[str], str]) -> None:
    file = dossier / "84.csv"
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")


# What is done to a sound relève, and each sentence expected: the file, then words.
DEGATS: dict[Callable[[Path], None], list[tuple[str, ...]]] = {
    retirer_une_region: [("84.csv", "introuvable")],
    retirer_une_colonne: [("84.csv", "ligne 1", "commentaire", "absente")],
    retirer_une_cellule: [("84.csv", "ligne 2", "22 cellules", "23")],
    mal_dater: [("84.csv", "ligne 2", "date_effet", "2024-02-30", "AAAA-MM-JJ")],
    inventer_une_commune: [("84.csv", "ligne 2", "code_commune", "69999")],
    inventer_un_secteur: [("84.csv", "ligne 2", "sous_secteur", "numerique")],
    repeter_un_identifiant: [("11.csv", "ligne 2", "M-0001", "unique"), ("84.csv", "ligne 2", "M-0001", "unique")],
}


@pytest.fixture
def registre(tmp_path: Path) -> Path:
    return fabrique.ecrire_releve(tmp_path / "registre", fabrique.lignes({}))


@pytest.fixture(params=list(COMMANDES))
def lancer_commande(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> Callable[[str, Path], Sortie]:
    """Run one of the commands that read a register, on a relève of a folder."""

    def run(releve: str, registre: Path) -> Sortie:
        return lancer(capsys, request.param, releve, "--registre", str(registre), *COMMANDES[request.param])

    return run


def contenu(dossier: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in dossier.rglob("*") if path.is_file()}


@pytest.mark.parametrize("degat", DEGATS, ids=lambda degat: degat.__name__)
def test_un_registre_abime_est_refuse(
    degat: Callable[[Path], None],
    lancer_commande: Callable[[str, Path], Sortie],
    registre: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    degat(registre / RELEVE)
    before = contenu(tmp_path)
    monkeypatch.chdir(tmp_path)  # messages then give paths as the user types them
    monkeypatch.setenv("BAROMETRE_RACINE", str(fabrique.RACINE))
    ended = lancer_commande(RELEVE, registre)
    assert (ended.code, ended.stdout) == (1, "")
    assert len(ended.phrases) == len(DEGATS[degat])
    for sentence, words in zip(ended.phrases, DEGATS[degat], strict=True):
        assert sentence.startswith(f"registre/{RELEVE}/{words[0]}")
        assert sentence.endswith(".")
        assert all(word in sentence for word in words), sentence
        assert not MOTS_ANGLAIS.search(sentence)
    assert contenu(tmp_path) == before


@pytest.mark.parametrize(
    ("releve", "mots"),
    [
        ("2025-S1", ["2025-S1", "introuvable", "relèves présentes : 2024-S2"]),
        ("2024-S3", ["2024-S3", "AAAA-S1 ou AAAA-S2"]),
        ("2024", ["2024", "AAAA-S1 ou AAAA-S2"]),
        ("2021-S2", ["2021-S2", "depuis 2022-S1"]),
        ("../2024-S2", ["../2024-S2", "AAAA-S1 ou AAAA-S2"]),
        ("", ["AAAA-S1 ou AAAA-S2"]),
    ],
)
def test_une_releve_inconnue_ou_mal_ecrite_est_refusee(
    releve: str, mots: list[str], lancer_commande: Callable[[str, Path], Sortie], registre: Path
) -> None:
    ended = lancer_commande(releve, registre)
    assert (ended.code, ended.stdout) == (1, "")
    assert len(ended.phrases) == 1
    assert all(word in ended.stderr for word in mots), ended.stderr
    assert not MOTS_ANGLAIS.search(ended.stderr)


def test_un_dossier_de_releves_absent_est_refuse(
    lancer_commande: Callable[[str, Path], Sortie], tmp_path: Path
) -> None:
    ended = lancer_commande(RELEVE, tmp_path / "ailleurs")
    assert (ended.code, ended.stdout) == (1, "")
    assert "ailleurs" in ended.stderr and "ce dossier n'existe pas" in ended.stderr
    assert not (tmp_path / "ailleurs").exists()


def test_la_releve_donnee_pour_son_dossier_parent_est_refusee(
    lancer_commande: Callable[[str, Path], Sortie], registre: Path
) -> None:
    ended = lancer_commande(RELEVE, registre / RELEVE)
    assert (ended.code, ended.stdout) == (1, "")
    assert "donnez le dossier parent" in ended.stderr


TUBES = ["2024-S2/84.csv", "2024-S2/provenance.yaml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipe on this system")
@pytest.mark.parametrize("nom", TUBES)
@pytest.mark.parametrize("autre", ["tube", "périphérique", "dossier"])
def test_ce_qui_n_est_pas_un_fichier_est_refuse_sans_attendre(
    nom: str, autre: str, lancer_commande: Callable[[str, Path], Sortie], registre: Path
) -> None:
    (registre / nom).unlink()
    if autre == "tube":
        os.mkfifo(registre / nom)
    elif autre == "dossier":
        (registre / nom).mkdir()
    else:
        (registre / nom).symlink_to("/dev/zero")
    ended = lancer_commande(RELEVE, registre)
    assert (ended.code, ended.stdout) == (1, "")
    assert Path(nom).name in ended.stderr
    assert (
        "c'est un dossier" in ended.stderr if autre == "dossier" else "c'est un tube ou un périphérique" in ended.stderr
    )


def test_une_provenance_illisible_est_refusee(lancer_commande: Callable[[str, Path], Sortie], registre: Path) -> None:
    (registre / RELEVE / "provenance.yaml").write_text("demonstration: peut-être\n", encoding="utf-8")
    ended = lancer_commande(RELEVE, registre)
    assert (ended.code, ended.stdout) == (1, "")
    assert "provenance.yaml" in ended.stderr and "« peut-être »" in ended.stderr and "oui ou non" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "mots"),
    [
        (["controler"], ["argument", "RELEVE"]),
        (["decider", RELEVE, RELEVE], ["argument"]),
        (["compter", RELEVE], ["--par"]),
        (["compter", RELEVE, "--par", "pays"], ["pays", "annee"]),
        (["compter", RELEVE, "--par", "annee,annee"], ["annee"]),
        (["compter", RELEVE, "--par"], ["--par"]),
        (["controler", RELEVE, "--vite"], ["--vite"]),
        (["compteur", RELEVE], ["compteur"]),
        ([], ["COMMANDE"]),
    ],
    ids=" ".join,
)
def test_un_mauvais_usage_est_dit_en_francais(
    arguments: list[str], mots: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    ended = lancer(capsys, *arguments)
    assert (ended.code, ended.stdout) == (2, "")
    assert all(word in ended.stderr for word in mots), ended.stderr
    said = ended.stderr.replace("--help", "")
    assert not MOTS_ANGLAIS.search(said), said


def test_la_vraie_commande_rend_les_memes_codes(
    commande: Callable[..., subprocess.CompletedProcess[str]], registre: Path
) -> None:
    mal_dater(registre / RELEVE)
    refused = commande("controler", RELEVE, "--registre", str(registre))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1 and "2024-02-30" in refused.stderr
    misused = commande("decider")
    assert (misused.returncode, misused.stdout) == (2, "")


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["decider", "2030-S1"], 1)])
def test_un_terminal_sans_tous_les_caracteres_montre_ce_qu_il_peut(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "barometre", *arguments],
        cwd=fabrique.RACINE,
        env=os.environ | {"PYTHONIOENCODING": "iso-8859-1"},
        capture_output=True,
        check=False,
    )
    said = (done.stdout + done.stderr).decode("iso-8859-1")
    assert done.returncode == code and "?" in said
    assert "Traceback" not in said and "\\" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise on Windows")
def test_un_tube_ferme_reste_muet() -> None:
    """The reader of a long output leaves after one line, as `head -1` does."""
    program = Path(sys.executable).parent / "barometre"
    with subprocess.Popen(
        [program, "decider", "2025-S2"], cwd=fabrique.RACINE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        assert running.stdout.readline().startswith(b"id_mouvement;motif;")
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (0, b"")


# Default_Ignorable_Code_Point of Unicode 16, by hand: `unicodedata` does not have it.
IGNORABLES = (
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
    *(*range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)),
    *(*range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)),
    *range(0xE0000, 0xE1000),
)


def test_aucun_caractere_invisible_n_est_accepte() -> None:
    formats = [code for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == "Cf"]
    hidden = sorted({*formats, *IGNORABLES})
    assert len(hidden) > 4100
    rows = fabrique.lignes(
        *({"nom_site": f"Usine{chr(code)}Un"} for code in hidden), {"nom_site": "Usine œuvrée – Ünï"}
    )
    (requirement,) = (one for one in exigences(fabrique.nomenclatures()) if one.nom == "nom_site.caracteres")
    seen = requirement.fautif(fabrique.textes(rows)).tolist()
    assert [f"{code:X}" for code, fault in zip(hidden, seen, strict=False) if not fault] == []
    assert seen[-1] is False


@pytest.mark.parametrize(
    ("texte", "refuse"),
    [("Atelier \U0001f468\u200d\U0001f469\u200d\U0001f467", False), ("A\u200dB", True), ("\U0001f468\u200dB", True)],
)
def test_les_emojis_gardent_leur_liant_et_lui_seul(texte: str, refuse: bool) -> None:
    (requirement,) = (one for one in exigences(fabrique.nomenclatures()) if one.nom == "nom_site.caracteres")
    assert requirement.fautif(fabrique.textes(fabrique.lignes({"nom_site": texte}))).tolist() == [refuse]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device of Linux")
@pytest.mark.parametrize(
    ("ordre", "said"),
    [
        ("completion bash >/dev/full", "Sortie standard : disque plein.\n"),
        ("completion bash >&-", "La sortie standard est fermée ; redirigez-la"),
    ],
)
def test_une_sortie_qui_refuse_est_nommee(ordre: str, said: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{shlex.quote(str(BAROMETRE))} {ordre}"],
        cwd=fabrique.RACINE,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    sentence = done.stderr.replace("\u00a0", " ").replace("\u202f", " ")
    assert (done.returncode, sentence[: len(said)], sentence.count("\n")) == (1, said, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise on Windows")
def test_un_lecteur_parti_ne_change_pas_le_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """`controler | head -1` of a register that is refused still ends with 1: the command goes on after what it says."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as gone:  # noqa: PTH123  a descriptor
        for name in ("stdout", "stderr"):
            monkeypatch.setattr(sys, name, gone)
        dire("x" * 100_000)
        ecrire_octets([b"x" * 100_000])
