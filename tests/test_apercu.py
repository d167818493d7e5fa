"""The preview, by its real command: what it makes again at each save, what it says of a broken one, whom it answers."""

import errno
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from unittest.mock import MagicMock
from urllib.parse import quote

import fabrique
import psutil
import pytest
from console import lancer
from processus import BAROMETRE, attendre, environnement, vivants

from barometre_lib.apercu import page as module
from barometre_lib.apercu.a_cote import faire_a_cote, garder_a_cote
from barometre_lib.campagne.amorce import exporter_une_fois
from barometre_lib.ecriture import EcritureImpossible
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.restitution import fragment
from barometre_lib.serveur_local import Garde

PAGE, BANDEAU = "Aperçu fait à", "ni contrôlé, ni publié"


class Apercu:
    """A preview under way, of a copy of the project whose files are free to be broken."""

    def __init__(self, racine: Path, temporaire: Path) -> None:
        self.racine, self.temporaire, self.etiquette = racine, temporaire, ""
        # Its parent is a shell, which a test kills.
        asked = f"{BAROMETRE} apercu regional --region 94 --suivre; true"
        changes = {"BAROMETRE_RACINE": str(racine), "PYTHONPATH": str(racine), "TMPDIR": str(temporaire)}
        self.coquille = subprocess.Popen(
            ["/bin/sh", "-c", asked],
            cwd=racine,
            env=environnement(**changes, BROWSER="true"),
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        assert self.coquille.stderr
        said = self.coquille.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/(\S+)/", said)
        assert found, said + self.coquille.stderr.read()
        self.port, self.jeton = int(found[1]), found[2]

    def demander(self, chemin: str | None = None, **en_tetes: str) -> tuple[int, dict[str, str], str]:
        """Ask for an address, that of the page by default."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=120)
        link.request("GET", f"/{self.jeton}/" if chemin is None else chemin, headers=en_tetes)
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        return answer.status, dict(answer.headers), text

    def attendre(self, mots: str) -> str:
        """Return the first page that says something, asking as a browser does: it is answered at each new one."""
        text = ""
        for _ in range(12):
            known = {"If-None-Match": self.etiquette} if self.etiquette else {}
            _, headers, text = self.demander(**known)
            self.etiquette = headers["ETag"]
            if mots in text:
                return text
        return pytest.fail(re.sub("<[^>]+>", " ", text.partition("</style>")[2])[:2000])

    def enregistrer(self, chemin: str, avant: str, apres: str) -> Callable[[], object]:
        """Save a file, what it says replaced once, and return what puts it back."""
        path = self.racine / chemin
        before = path.read_text(encoding="utf-8")
        assert avant in before
        path.write_text(before.replace(avant, apres, 1), encoding="utf-8")
        return lambda: path.write_text(before, encoding="utf-8")


@pytest.fixture(scope="module")
def apercu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apercu]:
    root = fabrique.petite_racine(tmp_path_factory.mktemp("apercu") / "racine")
    # As `petite` has it.
    fabrique.ecrire_releve(root / "data" / "releves", [fabrique.ligne(**fabrique.LIGNE_PETITE)], "2024-S1")
    shutil.copytree(fabrique.RACINE / "barometre_lib", root / "barometre_lib")
    # Its name is short enough for sockets.
    temporary = Path(tempfile.mkdtemp(prefix="b-", dir="/tmp"))
    one = Apercu(root, temporary)
    yield one
    with suppress(ProcessLookupError):
        os.killpg(one.coquille.pid, signal.SIGTERM)
    one.coquille.wait()
    attendre(lambda: not [*temporary.iterdir()])
    temporary.rmdir()


def test_la_page_est_celle_qui_serait_publiee_et_dit_qu_elle_ne_l_est_pas(apercu: Apercu, petite: Path) -> None:
    text = apercu.attendre(PAGE)
    assert BANDEAU in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Corse" in text and "--accent" in text and "<figure" in text
    assert "<script" not in text
    assert not (apercu.racine / "outputs").exists()
    published = (petite / "sorties" / "2024-S2" / "regions" / "94.html").read_text(encoding="utf-8")
    seen, told = (page[page.index("<main") : page.index("</main>")].splitlines() for page in (text, published))
    assert not [pair for pair in zip(seen, told, strict=True) if pair[0] != pair[1]]


SAVED = [
    ("notebooks/regional.ipynb", "restitution.essentiel(", "restitution.absent(", "notebooks/regional.ipynb, cellule"),
    ("barometre_lib/restitution/gabarits/entete.html.j2", "<", "<p>GABARIT</p><", "GABARIT"),
    ("barometre_lib/restitution/gabarits/entete.html.j2", "<", "{% if <", "entete.html.j2, ligne"),
    ("barometre_lib/restitution/gabarits/entete.html.j2", "<", "{{ absente }}<", "y est pas défini"),
    ("barometre_lib/publication/gabarits/page.html.j2", "<", "{% include 'a.j2' %}<", "page.html.j2, ligne"),
    ("barometre_lib/publication/gabarits/style.css", "html {", "/*STYLE*/ html {", "/*STYLE*/"),
    ("params/regles/seuil_effectif.yaml", "valeur: 20", "valeur: 77", "plus de 77"),
    ("params/regles/seuil_effectif.yaml", "valeur: 20", "valeur: [", "seuil_effectif.yaml"),
    ("data/releves/2024-S2/84.csv", "2024-05-02", "2024-99-02", "84.csv, ligne 2"),
    ("barometre_lib/publication/pages.py", '"données provisoires"', '"CODE"', "CODE"),
    ("barometre_lib/publication/pages.py", "def habiller(", "def (", "pages.py, ligne"),
    ("barometre_lib/regles/taille.py", "import", "1/0; import", "taille.py, ligne"),
]


@pytest.mark.parametrize(("chemin", "avant", "apres", "vu"), SAVED)
def test_un_enregistrement_refait_la_page_ou_y_dit_ce_qui_ne_va_pas(
    apercu: Apercu, chemin: str, avant: str, apres: str, vu: str
) -> None:
    restore = apercu.enregistrer(chemin, avant, apres)
    text = apercu.attendre(vu)
    assert (PAGE in text) != ("Aperçu impossible" in text)
    restore()


def test_ce_qui_est_repare_se_revoit(apercu: Apercu) -> None:
    assert "Aperçu impossible" not in apercu.attendre(PAGE)


class TestGarde:
    """Only whoever was given the address is answered, and by no other name of this machine."""

    def test_la_reponse_se_recharge_sans_script_et_ne_se_lit_d_aucun_autre_site(self, apercu: Apercu) -> None:
        status, headers, _ = apercu.demander()
        assert status == 200
        assert headers["Refresh"] == "1"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "script-src" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")

    @pytest.mark.parametrize("chemin", ["/", "", "//", "/autre/", "/JETON", "/é/", "/%00/", "*"])
    def test_sans_le_jeton(self, apercu: Apercu, chemin: str) -> None:
        status, headers, text = apercu.demander(quote(chemin, safe="/%*"))
        assert (status, "Refresh" in headers) == (403, False)
        assert apercu.jeton not in text

    @pytest.mark.parametrize("hote", ["exemple.fr", "exemple.fr:PORT", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:PORT", ""])
    def test_sous_un_autre_nom(self, apercu: Apercu, hote: str) -> None:
        assert apercu.demander(Host=hote.replace("PORT", str(apercu.port)))[0] == 403

    def test_aucun_autre_fichier(self, apercu: Apercu) -> None:
        assert apercu.demander(f"/{apercu.jeton}/../../etc/passwd")[0] == 404

    def test_sur_cette_seule_machine(self, apercu: Apercu) -> None:
        open_there = [one for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == apercu.port]
        assert {one.laddr.ip for one in open_there if one.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_un_jeton_est_compare_en_entier() -> None:
    guard = Garde(8000, "abc")
    assert guard.admettre("127.0.0.1:8000", "abc")
    assert guard.admettre("localhost:8000", "abc")
    assert not any(guard.admettre("127.0.0.1:8000", one) for one in ("", "ab", "abcd", "ABC", "\udcff"))
    assert Garde(1).jeton != Garde(1).jeton


@pytest.mark.parametrize(
    ("demande", "dit"),
    [
        (["autre"], "série « autre » inconnue ; attendu national"),
        (["regional"], "aucun code ; attendu --region parmi"),
        (["regional", "--region", "99"], "« 99 » ; attendu --region parmi"),
        (["national", "--region", "84"], "une seule page"),
        (["regional", "--region", "84", "--releve", "1999-S1"], "1999-S1"),
        (["regional", "--region", "84", "--regle", "seuil_effectif=20"], "ce que dit la méthode"),
    ],
)
def test_ce_qui_n_a_pas_de_page_est_refuse(capsys: pytest.CaptureFixture[str], demande: list[str], dit: str) -> None:
    made = lancer(capsys, "apercu", *demande)
    assert made.code != 0
    assert dit in made.stderr


def test_rien_ne_reste_quand_le_parent_meurt(apercu: Apercu) -> None:
    below = psutil.Process(apercu.coquille.pid).children(recursive=True)
    assert len(below) > 3
    apercu.coquille.kill()
    attendre(lambda: not vivants(below) and not [*apercu.temporaire.iterdir()])


def test_ce_qui_se_fait_a_cote_est_attendu() -> None:
    wait = faire_a_cote(lambda: time.sleep(0.2) or os.getpid())
    assert wait() == wait() != os.getpid()


@pytest.mark.parametrize("echouer", [lambda: 1 / 0, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: lambda: 0])
def test_ce_qui_n_a_pu_se_faire_a_cote_se_dit(echouer: Callable[[], object]) -> None:
    assert faire_a_cote(echouer)() is None


def test_ce_qu_un_objet_garde_se_fait_a_cote() -> None:
    class Objet:
        @cached_property
        def processus(self) -> int:
            return os.getpid()

    one, other = Objet(), Objet()
    garder_a_cote(one, "processus")
    assert one.processus == one.processus != os.getpid()
    assert other.processus == os.getpid()


def test_un_gabarit_ouvert_dans_un_editeur_n_arrete_rien(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(fragment.GABARITS, tmp_path / "gabarits")
    (folder / ".annees.html.j2.swp").write_bytes(b"b0VIM\x00\xe9")
    (folder / "annees.html.j2~").write_text("{% if", encoding="utf-8")
    monkeypatch.setattr(fragment, "GABARITS", folder)
    exporter_une_fois()
    (folder / "annees.html.j2").write_bytes(b"{# \xff #}")
    with pytest.raises(ErreurBarometre, match=r"annees.html.j2\s: ce n'est pas de l'UTF-8"):
        exporter_une_fois()


@pytest.mark.parametrize(
    ("faute", "dit"),
    [
        (ZeroDivisionError("division"), r"apercu/page.py, ligne \d+\s: ZeroDivisionError\s: division$"),
        (OSError(errno.ENOSPC, "No space", "/tmp/x/apercu.html"), r"^Aperçu\s: /tmp/x/apercu.html\s: disque plein"),
        (ErreurBarometre("Relève « x » : absente."), r"^Relève"),
    ],
)
def test_une_seule_fois_ce_qui_echoue_est_une_phrase(
    monkeypatch: pytest.MonkeyPatch, faute: Exception, dit: str
) -> None:
    monkeypatch.setattr(module, "compter", MagicMock(side_effect=faute))
    with pytest.raises(ErreurBarometre, match=dit):
        module._faire_une_fois(MagicMock())


def test_un_disque_plein_revient_tel_quel_du_processus_de_la_page() -> None:
    full = EcritureImpossible(Path("/tmp/x/apercu.html"), OSError(errno.ENOSPC, "No space"))
    again = pickle.loads(pickle.dumps(full))
    assert (type(again), str(again), again.raison) == (type(full), str(full), "disque plein")


def test_sans_dedoublement_on_fait_sur_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert faire_a_cote(lambda: 1)() is None


def test_suivre_se_refuse_ou_rien_ne_se_dedouble(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("barometre_lib.campagne.processus.POSSIBLE", False)
    ended = lancer(capsys, "apercu", "regional", "--region", "84", "--suivre")
    assert ended.code == 1 and "passez par WSL 2, ou refaites la page sans --suivre" in ended.stderr


def test_une_regle_changee_ne_fait_rien_relire() -> None:
    """What has read the registers knows no module of rules: saving one does not undo it; a count finds what it read."""
    script = """
import sys
from pathlib import Path
from types import SimpleNamespace
from barometre_lib.apercu.page import lire_registres
registre = Path("data/releves").resolve()
lire_registres(SimpleNamespace(releve="2023-S2", environnement=SimpleNamespace(registre=registre)))
assert not [one for one in sys.modules if one.startswith(("barometre_lib.regles", "barometre_lib.comptage"))]
from barometre_lib import barometre
assert barometre.lire_registre.cache_info().misses == 1
assert barometre.Barometre.charger("2023-S2", registre=registre).registre
assert barometre.lire_registre.cache_info().misses == 1
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=fabrique.RACINE, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
