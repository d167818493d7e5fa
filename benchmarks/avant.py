"""What this checkout costs beside another one, before a change: `make bench AVANT=<folder>`.

The other one is a checkout with its own .venv. Everything is taken in turn, medians and ratios of one run.
"""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from mesure import Cout, en_tour, mesurer
from rapport import ecrire_section, tableau

RACINE = Path(__file__).resolve().parents[1]
RELEVE = "2024-S2"
FOIS, FOIS_NEUF = 5, 3


def publier(depot: Path) -> Cout:
    """Publish with a checkout's own .venv, everything executed."""
    with tempfile.TemporaryDirectory(prefix="b-") as folder:
        command = (depot / ".venv" / "bin" / "barometre", "publier", RELEVE, "--forcer", "--sorties", folder)
        return mesurer(*command, dossier=depot, reglages={"BAROMETRE_RACINE": str(depot)})


def neuf(depot: Path) -> Cout:
    """Clone a checkout's last commit and publish from the clone, with nothing downloaded before."""
    with tempfile.TemporaryDirectory(prefix="b-") as folder:
        clone, cache = Path(folder) / "clone", Path(folder) / "cache"
        cloned = mesurer("git", "clone", "--quiet", "--no-local", depot, clone, dossier=Path(folder))
        caches = {"XDG_CACHE_HOME": cache, "PIP_CACHE_DIR": cache / "pip", "UV_CACHE_DIR": cache / "uv"}
        made = mesurer(
            *("make", "publier", f"RELEVE={RELEVE}"),
            dossier=clone,
            reglages={name: str(path) for name, path in caches.items()} | {"BAROMETRE_RACINE": str(clone)},
        )
        if not (clone / "outputs" / RELEVE / "index.html").exists():
            raise RuntimeError(f"{depot}: nothing published")
        return Cout(cloned.mur + made.mur, cloned.processeur + made.processeur)


def commit(depot: Path) -> str:
    """Return the short name of a checkout's commit."""
    command = ["git", "-C", depot, "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.strip()


def main(avant: Path) -> None:
    """Measure both, and write the section."""
    rows = []
    for label, measure, times in (
        (f"`publier {RELEVE} --forcer`", publier, FOIS),
        ("fresh clone to published pages", neuf, FOIS_NEUF),
    ):
        found = en_tour({"before": partial(measure, avant), "now": partial(measure, RACINE)}, times)
        for what, unit in (("processeur", "processor"), ("mur", "wall")):
            before, now = (getattr(found[one], what) for one in ("before", "now"))
            rows.append((f"{label}, {unit}", f"{before:.1f} s", f"{now:.1f} s", f"{now / before:.2f}"))
    said = (
        f"Commit {commit(RACINE)} and what is not committed in its folder, beside {commit(avant)}: in turn, medians\n"
        f"of {FOIS}, of {FOIS_NEUF} for the clones (of the commits alone; caches of pip, uv and matplotlib empty for\n"
        "both). The processor's time is that of all processes."
    )
    table = tableau(["measure", "before", "now", "ratio"], rows)
    ecrire_section("avant", "Before and now", f"{said}\n\n{table}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: avant.py <checkout with its .venv>")
    main(Path(sys.argv[1]).resolve())
