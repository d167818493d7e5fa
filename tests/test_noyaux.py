"""Warm kernels: forked, separate, killed when they must be, and the same results as the stock ones."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from barometre_lib.noyaux.demarrage import FOURNISSEUR, VARIABLE, reserve
from barometre_lib.noyaux.echanges import Demande, Lecteur, demander
from barometre_lib.noyaux.reserve import signaler
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from processus import attendre, vivants

LEGER = Path(__file__).parents[1] / "benchmarks" / "leger.ipynb"


@pytest.fixture(scope="module")
def prechauffee(tmp_path_factory: pytest.TempPathFactory) -> Iterator["tuple[Path, subprocess.Popen[bytes]]"]:
    """Start a reserve, once."""
    folder = Path(f"/tmp/b-{os.getpid()}")
    folder.mkdir(mode=0o700)
    with reserve(folder / "r") as process:
        yield folder / "r", process
    assert process.returncode == 0
    shutil.rmtree(folder)


@pytest.fixture
def reserve_en_place(
    prechauffee: "tuple[Path, subprocess.Popen[bytes]]", monkeypatch: pytest.MonkeyPatch
) -> psutil.Process:
    """Have Jupyter ask the reserve, as a campaign does."""
    address, process = prechauffee
    monkeypatch.setenv(VARIABLE, str(address))
    monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", FOURNISSEUR)
    return psutil.Process(process.pid)


class Noyau:
    """A kernel and its client."""

    def __init__(self, tmp_path: Path, nom: str = "python3") -> None:
        self.manager = KernelManager(kernel_name=nom)
        self.manager.start_kernel(cwd=str(tmp_path))
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def demander(self, source: str) -> str:
        """Execute a cell and return what it prints."""
        said = []

        def note(message: dict[str, Any]) -> None:
            said.append(message["content"].get("text", ""))

        reply = self.client.execute_interactive(source, output_hook=note, timeout=60)
        return "".join(said) if reply["content"]["status"] == "ok" else reply["content"].get("ename", "")

    def fermer(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def noyau(reserve_en_place: psutil.Process, tmp_path: Path) -> Iterator[Noyau]:
    """Give a warm kernel."""
    one = Noyau(tmp_path)
    yield one
    one.fermer()


def test_chaque_carnet_a_un_processus_neuf(noyau: Noyau, reserve_en_place: psutil.Process, tmp_path: Path) -> None:
    other = Noyau(tmp_path)
    assert (
        noyau.demander("a = 1; import os; print(os.getppid(), os.getcwd())") == f"{reserve_en_place.pid} {tmp_path}\n"
    )
    assert other.demander("a") == "NameError"
    # Nothing of the reserve, or of another kernel, is left open in it, and no random state is shared.
    draw = "import random, numpy; print(random.random(), numpy.random.random())"
    assert noyau.demander(draw) != other.demander(draw)
    pid = int(other.demander("print(os.getpid())") if other.demander("import os") == "" else 0)
    other.fermer()
    attendre(lambda: not psutil.pid_exists(pid))


def test_il_s_interrompt(noyau: Noyau) -> None:
    message = noyau.client.execute("import time; time.sleep(60)")
    time.sleep(0.5)
    noyau.manager.interrupt_kernel()
    reply = noyau.client.get_shell_msg(timeout=30)
    while reply["parent_header"].get("msg_id") != message:
        reply = noyau.client.get_shell_msg(timeout=30)
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    # What comes too soon after an interruption is given up by the kernel.
    attendre(lambda: noyau.demander("print('encore là')") == "encore là\n")


def test_son_code_de_sortie_est_connu(noyau: Noyau) -> None:
    process = noyau.manager.provisioner.process
    noyau.client.execute("import os; os._exit(7)")
    assert process.wait(timeout=30) == 7
    assert process.poll() == 7
    # Nothing is signalled any more: the number may be another process's.
    process.kill()


def test_ce_qu_il_a_lance_meurt_avec_lui(noyau: Noyau) -> None:
    child = psutil.Process(
        int(noyau.demander("import subprocess; p = subprocess.Popen(['sleep', '300']); print(p.pid)"))
    )
    noyau.manager.provisioner.process.kill()
    assert noyau.manager.provisioner.process.wait(timeout=30) == -signal.SIGKILL
    attendre(lambda: not vivants([child]))


def test_a_peine_ne_il_meurt_aussi() -> None:
    """A kernel forked an instant ago has no group of its own yet: left alive, it would hold its reserve for ever."""
    process = subprocess.Popen(["sleep", "300"])
    assert os.getpgid(process.pid) != process.pid
    signaler(process.pid, signal.SIGKILL)
    assert process.wait(timeout=30) == -signal.SIGKILL


def test_il_meurt_avec_qui_l_a_demande(reserve_en_place: psutil.Process, tmp_path: Path) -> None:
    program = (
        "import sys, time; from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(); print(manager.provisioner.pid, flush=True); time.sleep(300)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env=os.environ | {"JUPYTER_DEFAULT_PROVISIONER_NAME": FOURNISSEUR},
    )
    assert owner.stdout is not None
    kernel = psutil.Process(int(owner.stdout.readline()))
    assert kernel.ppid() == reserve_en_place.pid
    owner.kill()
    owner.communicate()
    attendre(lambda: not vivants([kernel]))
    assert reserve_en_place.is_running()


def test_il_meurt_avec_la_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(f"/tmp/b-{os.getpid()}-2")
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", FOURNISSEUR)
    monkeypatch.setenv(VARIABLE, str(folder / "r"))
    with reserve(folder / "r") as process:
        kernel = Noyau(tmp_path)
        pid = int(kernel.demander("import os; print(os.getpid())"))
        process.kill()
        attendre(lambda: not psutil.pid_exists(pid) or not vivants([psutil.Process(pid)]))
        assert kernel.manager.provisioner.process.poll() == -signal.SIGKILL
        kernel.fermer()
        # Without it, kernels still start, as the stock ones do.
        slow = Noyau(tmp_path)
        assert int(slow.demander("import os; print(os.getppid())")) == os.getpid()
        slow.fermer()
    shutil.rmtree(folder)


def test_un_noyau_dont_le_client_est_deja_parti_est_tue(
    prechauffee: "tuple[Path, subprocess.Popen[bytes]]", tmp_path: Path
) -> None:
    address, process = prechauffee
    owner = psutil.Process(process.pid)
    before = set(owner.children())
    owner.suspend()
    with socket.socket(socket.AF_UNIX) as client, Path(os.devnull).open("rb") as nothing:
        client.connect(str(address))
        request = Demande(["-f", str(tmp_path / "x.json")], dict(os.environ), str(tmp_path))
        demander(client, request, [nothing.fileno()] * 3)
    owner.resume()
    # Served after it, so that this answer comes once the other kernel was dealt with.
    with socket.socket(socket.AF_UNIX) as client, Path(os.devnull).open("rb") as nothing:
        client.connect(str(address))
        demander(client, request, [nothing.fileno()] * 3)
        (answer,) = Lecteur(client).lire()
        assert {one.pid for one in owner.children()} == {one.pid for one in before} | {answer["pid"]}
    attendre(lambda: set(owner.children()) == before)


def test_les_memes_sorties_que_le_noyau_ordinaire(
    reserve_en_place: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> list[Any]:
        executed = papermill.execute_notebook(LEGER, None, progress_bar=False, request_save_on_cell_execute=False)
        return [cell.get("outputs") for cell in executed.cells]

    warm = run()
    monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", "local-provisioner")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    assert len([1 for outputs in warm for one in outputs or [] if "image/png" in one.get("data", {})]) == 3
    assert json.dumps(warm) == json.dumps(run())


def test_jupyterlab_le_propose_et_reprend_le_code_qui_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own: the reserve that it starts is that of the process, until its end."""
    spec = KernelSpecManager().get_kernel_spec("barometre")
    assert spec.display_name == "Baromètre (démarrage rapide)"
    assert spec.metadata["kernel_provisioner"]["provisioner_name"] == FOURNISSEUR
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from test_noyaux import Noyau\n"
        "for value in ('un', 'deux'):\n"
        "    kernel = Noyau(Path(sys.argv[2]), 'barometre')\n"
        "    kernel.demander('import sys; kept = [n for n in sys.modules if n.startswith(\"barometre_lib\")]')\n"
        "    print(kernel.demander('print(len(kept), \"seaborn\" in sys.modules)').strip())\n"
        "    kernel.fermer()\n"
        "import os; print(os.environ['BAROMETRE_RESERVE'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(__file__).parent), str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("BAROMETRE_")},
    )
    first, second, address = done.stdout.splitlines()
    assert first == second == "0 True"
    attendre(lambda: not Path(address).parent.exists())


def test_un_autre_langage_a_son_noyau_ordinaire(tmp_path: Path) -> None:
    from barometre_lib.noyaux.fourniture import _ours

    assert _ours([sys.executable, "-m", "ipykernel_launcher", "-f", "x.json"])
    assert not _ours(["R", "--slave", "-e", "IRkernel::main()"])
    assert not _ours(["/ailleurs/python", "-m", "ipykernel_launcher", "-f", "x.json"])


def test_le_carnet_leger_ne_porte_aucune_sortie() -> None:
    notebook = nbformat.read(LEGER, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
