"""The set-up by `outils/installer.py`: what pip says to uv, then a small project installed for real, offline."""

import atexit
import base64
import hashlib
import os
import runpy
import shutil
import stat
import subprocess
import sys
import tempfile
import venv
import zipfile
from functools import cache
from importlib import metadata
from pathlib import Path

import fabrique
import pytest

sys.path.append(str(fabrique.RACINE / "outils"))
import installer

REEL = Path(sys.executable).with_name("uv")
# What stands for uv: says what it was asked and told, then does it, or fails.
FAUX_UV = """#!/bin/sh
echo "$2 hors=$UV_OFFLINE liens=$UV_FIND_LINKS" >> "$UV_JOURNAL"
{suite}
"""


def sans_pip_ni_uv(**changes: str) -> dict[str, str]:
    """Return the environment without a setting of pip or uv, then changed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull} | changes


def reglages(**environment: str) -> dict[str, str]:
    """Return what the real pip is set to in an environment."""
    listed = subprocess.run(
        [*installer.PIP, "config", "list"],
        env=sans_pip_ni_uv(**environment),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return installer.reglages_de_pip(listed.stdout)


def test_les_reglages_de_pip_sont_dits_a_uv(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = file:///global\nextra-index-url =\n    file:///un\n    file:///deux\nfind-links = a b\n"
        "[install]\nindex-url = file:///installation\n[download]\nproxy = rien\n",
        encoding="utf-8",
    )
    read = reglages(PIP_CONFIG_FILE=str(file), PIP_CERT="/certificat", PIP_FIND_LINKS="c d")
    assert installer.variables(read, {}) == {
        "UV_DEFAULT_INDEX": "file:///installation",
        "UV_INDEX": "file:///un file:///deux",
        "UV_FIND_LINKS": "c,d",
        "SSL_CERT_FILE": "/certificat",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_ce_qui_est_deja_dit_a_uv_reste_et_le_certificat_de_pip_passe() -> None:
    read = {"index-url": "de-pip", "cert": "de-pip"}
    said = installer.variables(read, {"UV_DEFAULT_INDEX": "a-uv", "SSL_CERT_FILE": "a-tous"})
    assert said == {"SSL_CERT_FILE": "de-pip", "UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_les_lignes_d_un_paquet_sont_les_siennes() -> None:
    lock = "a==1 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\nuv==3 \\\n    --hash=sha256:4\nuvloop==5\n"
    assert installer.lignes_de(lock, "uv") == "uv==3 \\\n    --hash=sha256:4\n"
    assert installer.lignes_de(lock, "a").count("sha256") == 2
    assert installer.lignes_de(installer.VERROU.read_text(encoding="utf-8"), "uv").startswith("uv==")


def roue(folder: Path, name: str, version: str, files: dict[str, bytes]) -> str:
    """Write a wheel and return its line of a lock."""
    own = f"{name}-{version}.dist-info"
    files = files | {
        f"{own}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{own}/WHEEL": b"Wheel-Version: 1.0\nGenerator: essai\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    sums = {path: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=") for path, data in files.items()}
    record = "".join(f"{path},sha256={sums[path].decode()},{len(data)}\n" for path, data in files.items())
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in (files | {f"{own}/RECORD": f"{record}{own}/RECORD,,\n".encode()}).items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (stat.S_IFREG | 0o755) << 16
            archive.writestr(entry, data)
    return (
        f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    )


@cache
def _environnement() -> Path:
    """Make an environment that has pip and a package that no lock asks for, once."""
    folder = Path(tempfile.mkdtemp(prefix="b-"))
    atexit.register(shutil.rmtree, folder)
    venv.create(folder, with_pip=True)
    roue(folder, "de_trop", "1", {"de_trop.py": b""})
    command = [folder / "bin" / "python", *installer.PIP[1:], "install", "-q", "--no-index", "-f", folder, "de_trop"]
    subprocess.run(command, env=sans_pip_ni_uv(), check=True)
    return folder


class Chantier:
    """A small project beside its lock, its wheels and an environment that holds a package too many."""

    def __init__(self, root: Path, uv: str) -> None:
        self.root, self.journal = root, root / "journal.txt"
        self.roues = root / "roues"
        (root / "outils").mkdir(parents=True)
        self.roues.mkdir()
        shutil.copy(installer.__file__, root / "outils")
        (root / "essai.py").write_text('"""Essai."""\n__version__ = "1"\n', encoding="utf-8")
        shutil.copy(fabrique.RACINE / "LICENSE", root / "LICENSE")
        (root / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
            '[project]\nname = "essai"\ndynamic = ["version", "description"]\n',
            encoding="utf-8",
        )
        flit = metadata.distribution("flit_core")
        code = {
            str(path): Path(str(path.locate())).read_bytes()
            for path in flit.files or []
            if path.parts[0] == "flit_core" and path.suffix != ".pyc"
        }
        self.verrou = (
            roue(self.roues, "flit_core", flit.version, code)
            + roue(self.roues, "utile", "1", {"utile.py": b""})
            + roue(self.roues, "uv", "1", {"uv-1.data/scripts/uv": uv.encode()})
        )
        (root / "requirements.lock").write_text(self.verrou, encoding="utf-8")
        # Its scripts name another folder, its Python does not.
        shutil.copytree(_environnement(), root / ".venv", symlinks=True)
        self.python = root / ".venv" / "bin" / "python"

    def lancer(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = sans_pip_ni_uv(
            PIP_NO_INDEX="1",
            PIP_FIND_LINKS=str(self.roues),
            UV_CACHE_DIR=str(self.root / "cache"),
            UV_JOURNAL=str(self.journal),
            UV_OFFLINE="1",
        )
        return subprocess.run(
            [self.python, *arguments], cwd="/", env=environment, capture_output=True, encoding="utf-8", check=False
        )

    def installer(self) -> subprocess.CompletedProcess[str]:
        return self.lancer(str(self.root / "outils" / "installer.py"))

    def presents(self) -> set[str]:
        """Return which of the four modules the environment has."""
        program = "import importlib.util as i; print(*(n for n in {} if i.find_spec(n)))"
        return set(self.lancer("-c", program.format(("essai", "utile", "flit_core", "de_trop"))).stdout.split())


@pytest.mark.long
@pytest.mark.skipif(not REEL.exists(), reason="uv is not in this environment")
def test_uv_installe_le_verrou_puis_le_projet_et_retire_le_reste(tmp_path: Path) -> None:
    site = Chantier(tmp_path, FAUX_UV.format(suite=f'exec "{REEL}" "$@"'))
    assert site.presents() == {"de_trop"}
    done = site.installer()
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "pip s'en charge" not in done.stderr
    assert site.presents() == {"essai", "utile", "flit_core"}
    told = f"hors=1 liens={site.roues}"
    assert site.journal.read_text(encoding="utf-8").splitlines() == [f"sync {told}", f"install {told}"]


@pytest.mark.long
@pytest.mark.parametrize("uv", [FAUX_UV.format(suite="exit 2"), "\x7fELF"], ids=["echec", "d'une autre machine"])
def test_la_ou_uv_echoue_pip_fait_le_travail_et_le_dit(tmp_path: Path, uv: str) -> None:
    site = Chantier(tmp_path, uv)
    done = site.installer()
    assert done.returncode == 0, done.stderr
    assert "uv n'a pas pu tout installer, pip s'en charge" in done.stderr
    assert site.presents() >= {"essai", "utile", "flit_core"}


@pytest.mark.long
@pytest.mark.parametrize("name", ["uv", "utile"])
def test_un_fichier_qui_n_est_pas_celui_du_verrou_arrete_tout(tmp_path: Path, name: str) -> None:
    site = Chantier(tmp_path, FAUX_UV.format(suite=f'exec "{REEL}" "$@"'))
    with zipfile.ZipFile(site.roues / f"{name}-1-py3-none-any.whl", "a") as archive:
        archive.comment = b"autre"
    assert site.installer().returncode != 0
    assert "utile" not in site.presents()
    assert "essai" not in site.presents()


def test_un_environnement_venu_d_un_autre_dossier_est_refait(tmp_path: Path) -> None:
    """Copied with the project, its commands would run the code of the other folder, on the data of this one."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "outils/installer.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(fabrique.RACINE / name, tmp_path / name)
    stamp = tmp_path / ".venv" / "installe"
    stamp.parent.mkdir()
    stamp.write_text(f"{tmp_path.resolve()}\n", encoding="utf-8")
    asked = ["make", "--no-print-directory", "PYTHON=echo", "installer"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0 and "venv" not in done.stdout
    stamp.write_text("/autre\n", encoding="utf-8")
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert "-m venv --clear .venv\n" in done.stdout.splitlines(keepends=True)


def test_un_python_trop_ancien_est_dit_avant_tout(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the first command of a newcomer meets it, on a system that is a few years old."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit, match=r"il faut Python 3\.11 ou plus récent\. Relancez"):
        runpy.run_path(installer.__file__)
