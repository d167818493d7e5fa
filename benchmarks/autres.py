"""Light notebooks executed and exported by this project and by other tools. Run by `make bench`.

ploomber-engine and marimo are installed in an environment of their own, `build/bench`, with the libraries of the lock.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from mesure import Cout, en_tour, mesurer
from playwright.sync_api import sync_playwright
from rapport import ecrire_section, tableau

RACINE = Path(__file__).resolve().parents[1]
sys.path.append(str(RACINE / "outils"))
import installer  # noqa: E402

VENV = RACINE / "build" / "bench"
OUTILS = ("ploomber-engine==0.0.33", "marimo==0.25.2", "nbconvert", "pandas", "seaborn")
LEGER = Path(__file__).with_name("leger.ipynb")
MANIERES = {
    "barometre": ("this project's campaign", sys.executable),
    "papermill": ("papermill and nbconvert, APIs in a pool", sys.executable),
    "commandes": ("`papermill` then `jupyter nbconvert`, in a loop", sys.executable),
    "ploomber": ("ploomber-engine in forked processes, nbconvert", VENV / "bin" / "python"),
    "marimo": ("`marimo export html`", VENV / "bin" / "python"),
}
CARNETS = 18
FOIS = 3


def preparer() -> None:
    """Make the environment of the other tools, unless it is there."""
    stamp = VENV / "installe"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == " ".join(OUTILS):
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pins = re.findall(r"^[^\s#-][^\\\n]*", installer.VERROU.read_text(encoding="utf-8"), re.MULTILINE)
    lock = VENV / "contraintes.txt"
    lock.write_text("\n".join(pins), encoding="utf-8")
    options, environment = installer.reglages_de_uv(VENV / "bin" / "python")
    command = [installer.UV, "pip", "install", *options, "-c", lock, *OUTILS]
    subprocess.run(command, check=True, env=environment)
    stamp.write_text(" ".join(OUTILS), encoding="utf-8")


def commande(maniere: str, sorties: Path, nombre: int) -> list[str | Path]:
    """Return the command that executes and exports in one way, in a process of its own."""
    return [MANIERES[maniere][1], Path(__file__).with_name("leger.py"), maniere, LEGER, sorties, str(nombre)]


def mesurer_manieres() -> dict[tuple[str, int], Cout]:
    """Return what each way costs for one and for two series."""
    measures = {}
    for number in (CARNETS, 2 * CARNETS):
        for name in MANIERES:
            if name == "commandes" and number > CARNETS:
                continue
            measures[name, number] = partial(_dans_un_dossier, name, number)
    return en_tour(measures, FOIS)


def lire_hors_ligne(page: Path) -> tuple[int, int, int]:
    """Open a page without a network; return the addresses that it asks for, its visible words and figures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(offline=True)
        opened = context.new_page()
        asked: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(page.as_uri())
        opened.wait_for_timeout(2000)
        text = opened.locator("body").inner_text()
        seen = opened.evaluate(
            "[...document.querySelectorAll('img, svg')].filter(one => one.getBoundingClientRect().width > 200).length"
        )
        browser.close()
    return sum(not url.startswith(("data:", "blob:", page.as_uri())) for url in asked), len(text.split()), seen


def lire_pages() -> dict[str, tuple[str, ...]]:
    """Return what a page of each way asks for and shows, and whether a second run makes the same bytes."""
    found = {}
    for name in MANIERES:
        with tempfile.TemporaryDirectory(prefix="b-") as folder:
            runs = [Path(folder) / run for run in ("1", "2")]
            for run in runs:
                run.mkdir()
                subprocess.run(commande(name, run, 1), cwd=run, check=True, capture_output=True)
            asked, words, figures = lire_hors_ligne(runs[0] / "0.html")
            same = [_memes(*(run / f"0.{kind}" for run in runs)) for kind in ("html", "ipynb")]
            if name == "marimo":  # that notebook is what it is given
                same[1] = "none"
        found[name] = (str(asked), str(words), str(figures), *same)
    return found


def _dans_un_dossier(maniere: str, nombre: int) -> Cout:
    with tempfile.TemporaryDirectory(prefix="b-") as folder:
        return mesurer(*commande(maniere, Path(folder), nombre), dossier=Path(folder))


def _memes(un: Path, deux: Path) -> str:
    return "yes" if un.read_bytes() == deux.read_bytes() else "no"


def main() -> None:
    """Measure everything and write the section."""
    preparer()
    costs = mesurer_manieres()
    pages = lire_pages()
    rows = []
    for name, (label, _) in MANIERES.items():
        row = [label]
        for number in (CARNETS, 2 * CARNETS):
            cost = costs.get((name, number))
            ratio = cost.processeur / costs["barometre", number].processeur if cost else 0
            row += [f"{cost.processeur:.1f} s, {ratio:.1f} ×", f"{cost.mur:.1f} s"] if cost else ["", ""]
        rows.append((*row, *pages[name]))
    said = (
        f"Processor time of all processes (× this project's) then wall, medians of {FOIS} in turn, of {CARNETS} and "
        f"{2 * CARNETS} notebooks;\nthe loop for {CARNETS} alone. Then one page opened in Chromium without a network, "
        "and two runs compared.\nmarimo executes its own conversion, whose last expression of a cell is the figure; "
        "its « notebook » is what it\nstarts from. ploomber-engine replaces `__main__`: a pool breaks at its second "
        "notebook, so each has a process."
    )
    heads = ["way", f"{CARNETS}, processor", "wall", f"{2 * CARNETS}, processor", "wall"]
    heads += ["requests", "words shown", "figures shown", "same page twice", "same notebook twice"]
    ecrire_section("autres", "Light notebooks, this project and other tools", f"{said}\n\n{tableau(heads, rows)}")


if __name__ == "__main__":
    main()
