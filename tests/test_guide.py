"""The guide: built strictly without a network; no link breaks or leads outside; its code blocks do what they say."""

import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from urllib.parse import unquote, urldefrag

import click
import fabrique
import openpyxl
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from navigation import ouvrir
from playwright.sync_api import Browser

from barometre_lib import Barometre
from barometre_lib.cli import cli, main

GUIDE = fabrique.RACINE / "docs" / "guide"
SOURCES = sorted(GUIDE.rglob("*.md"))
NIVEAUX = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
LUES = ("index.html", "demarrer/statisticien.html", "reference/commandes.html", "methode/regles.html")
# A block, or a gesture made by hand in a workbook, which the page tells in words.
ETAPE = re.compile(r"^```(\w+)\n([\s\S]*?)^```$|^<!-- geste: (\S+) ([A-Z]+\d+) = (.+) -->$", re.MULTILINE)
SOUPLE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# What is run by who operates the campaign, and what no test can run here: `docs/guide` says so where they stand.
NON_EXECUTES = {"text", "ini", "yaml", "powershell"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the guide as `make guide` does, with a proxy that answers nobody."""
    folder = tmp_path_factory.mktemp("guide")
    dead = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [Path(sys.executable).parent / "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    environment = os.environ | dead | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=fabrique.RACINE, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def liens(site: Path) -> Iterator[tuple[Path, str]]:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for address in re.findall(r'(?:href|src|srcset|action|poster)="([^"]*)"', text):
            yield page, address


def test_aucun_lien_ne_casse_ni_ne_sort(site: Path) -> None:
    seen, broken = 0, []
    for page, address in liens(site):
        path, anchor = urldefrag(address)
        # The page of what is not found is served from any address.
        if page.name == "404.html" and path.startswith("/"):
            path = f"{site}{path}"
        target = page if path in ("", ".") else (page.parent / unquote(path)).resolve()
        seen += 1
        if target.is_dir():
            target /= "index.html"
        inside = re.match(r"\w+:|//", path) is None and target.is_relative_to(site) and target.is_file()
        found = inside and (not anchor or f'id="{unquote(anchor)}"' in target.read_text(encoding="utf-8"))
        if not found and address != "#" and not anchor.startswith("__"):
            broken.append((page.relative_to(site).as_posix(), address))
    assert seen > 500
    assert broken == []


@pytest.mark.parametrize("name", LUES)
def test_une_page_se_lit(navigateur: Browser, site: Path, name: str) -> None:
    page, asked, said = ouvrir(navigateur, site / name)
    assert said == []
    page.evaluate(Axe().axe_script)
    judged = page.evaluate(
        "levels => axe.run(document, {runOnly: {type: 'tag', values: levels}, resultTypes: ['violations']})", NIVEAUX
    )
    found = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in judged["violations"]]
    assert found == []
    assert [one for one in asked if not one.startswith(site.as_uri())] == []
    page.close()


def test_la_recherche_marche_d_un_disque_et_en_francais(navigateur: Browser, site: Path) -> None:
    """« l'embargo » holds « embargo »."""
    page, asked, _ = ouvrir(navigateur, site / "index.html")
    page.locator("[data-md-component=search-query]").focus()
    page.keyboard.type("embargo")
    page.locator(".md-search-result__item a").first.wait_for(timeout=20_000)
    results = page.locator(".md-search-result__item a").evaluate_all("links => links.map(a => a.href)")
    assert any("exploitation/editions.html" in one for one in results)
    assert [one for one in asked if not one.startswith((site.as_uri(), "about:", "blob:"))] == []
    page.close()


def test_aucune_ligne_ne_commence_par_un_signe(site: Path) -> None:
    """In French, a space before a sign breaks no line: neither in a paragraph, nor in a table."""
    read = 0
    for path in site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        said = "".join(re.findall(r"<article[\s\S]*?</article>", page))
        if not re.search(r"/(architecture|conception|python)\.html$", str(path)):
            texts = re.sub(r"<(pre|code|script)\b[\s\S]*?</\1>|<[^>]*>", "\0", said)
            read += texts.count("\u00a0:")
            assert re.findall(r".{0,30}(?: [:;!?»%]|« ).{0,9}", texts) == [], path
    assert read > 100


def test_la_reference_dit_chaque_commande_et_chaque_methode(site: Path) -> None:
    commands = (site / "reference" / "commandes.html").read_text(encoding="utf-8")
    for name, command in cli.commands.items():
        assert f'id="{name}"' in commands
        assert all(option in commands for one in command.params for option in one.opts if isinstance(one, click.Option))
    methods = (site / "reference" / "python.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in methods for name in vars(Barometre) if not name.startswith("_"))


# --- code blocks ----------------------------------------------------------------------------------


def etapes(page: Path) -> Iterator[tuple[str, ...]]:
    """Yield the steps of a page: a language and its text, or `geste`, a workbook, a cell and what is typed there."""
    for kind, block, file, cell, typed in ETAPE.findall(page.read_text(encoding="utf-8")):
        yield (kind, block) if kind else ("geste", file, cell, typed)


def test_chaque_bloc_est_d_une_langue_connue() -> None:
    kinds = {step[0] for page in SOURCES for step in etapes(page)}
    assert kinds == {"console", "pycon", "geste", *NON_EXECUTES}
    fences = sum(page.read_text(encoding="utf-8").count("\n```") for page in SOURCES)
    assert fences == 2 * sum(step[0] != "geste" for page in SOURCES for step in etapes(page))


def test_les_exemples_d_exploitation_donnent_des_commandes_qui_existent() -> None:
    """Of cron, systemd and Argo: what they start is parsed, not run."""
    blocks = list(etapes(GUIDE / "exploitation" / "planifier.md"))
    (flow,) = (yaml.safe_load(block) for kind, block, *_ in blocks if kind == "yaml")
    orders = [one["container"]["args"] for one in flow["spec"]["templates"] if "container" in one]
    lines = [line for _, block, *_ in blocks for line in re.findall(r"\.venv/bin/barometre (\w[^>|\n]*)", block)]
    for name, *rest in [*orders, *map(shlex.split, lines)]:
        cli.commands[name].make_context(name, rest)
    assert (len(orders), len(lines)) == (2, 3)


@pytest.mark.parametrize("page", SOURCES, ids=lambda one: one.relative_to(GUIDE).as_posix())
def test_ce_que_dit_python(page: Path) -> None:
    for step in etapes(page):
        if step[0] != "pycon":
            continue
        examples = "\n".join(block for kind, block, *_ in etapes(page) if kind == "pycon")
        test = doctest.DocTestParser().get_doctest(examples, {}, page.name, str(page), 0)
        told = io.StringIO()
        doctest.DocTestRunner(optionflags=SOUPLE).run(test, out=told.write)
        assert told.getvalue() == ""
        return


def lancer(line: str) -> str:
    """Run a line of a terminal, which is `make` or `barometre`, and return what it would show there."""
    command, _, kept = line.partition(" > ")
    program, *arguments = shlex.split(command)
    if program == "make":
        subprocess.run(["make", "-n", *arguments], cwd=fabrique.RACINE, check=True, capture_output=True)
        return ""
    assert program == "barometre", line
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", [program, *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out.flush()
    # What is refused is told on the page; no page shows a wrong usage.
    assert ended.value.code != click.UsageError.exit_code, err.getvalue()
    data = out.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    if kept:
        assert data
        Path(kept).write_text(data, encoding="utf-8")
    return re.sub("[\u00a0\u202f]", " ", ("" if kept else data) + err.getvalue())


def suivre(page: Path) -> None:
    """Do what a page says in a terminal, in the current folder, and compare with what it shows."""
    for step in etapes(page):
        if step[0] == "geste":
            _, file, cell, typed = step
            book = openpyxl.load_workbook(file)
            book["Mouvements"][cell] = int(typed) if typed.isdigit() else typed
            book.save(file)
        elif step[0] == "console":
            for told in re.split(r"^\$ ", step[1], flags=re.MULTILINE)[1:]:
                line, _, expected = told.partition("\n")
                seen = lancer(line)
                if expected:
                    want = re.sub("^…$", "...", expected, flags=re.MULTILINE).replace("…", "...")
                    assert doctest.OutputChecker().check_output(want, seen, SOUPLE), f"{page.name}\n{line}\n{seen}"


CONSOLES = [page for page in SOURCES if any(step[0] == "console" for step in etapes(page))]


@pytest.mark.parametrize("page", CONSOLES, ids=lambda one: one.relative_to(GUIDE).as_posix())
def test_ce_que_dit_le_terminal(
    page: Path, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the demonstration for what is read; on a relève of Corse alone for a collection."""
    if page.name in ("bureau.md", "service.md", "avertissement.md"):
        monkeypatch.setenv("BAROMETRE_RACINE", str(racine_de_corse(tmp_path)))
    elif "$ barometre publier" in page.read_text(encoding="utf-8"):
        # Made once for all the tests: here the command finds it, and does not make it again.
        shutil.copytree(request.getfixturevalue("publication").parent, tmp_path / "essai")
    monkeypatch.chdir(tmp_path)
    suivre(page)


def racine_de_corse(root: Path) -> Path:
    """Copy the project's root with one relève, 2025-S2, whose other regions are empty, and their workbooks made."""
    for name in ("params", "notebooks", "data/reference", "data/publie", "data/releves/2025-S2"):
        shutil.copytree(fabrique.RACINE / name, root / name)
    workbooks = root / "collecte" / "2026-S1"
    workbooks.mkdir(parents=True)
    for path in (root / "data" / "releves" / "2025-S2").glob("*.csv"):
        if path.stem != "94":
            path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
            (workbooks / f"{path.stem}.xlsx").touch()
    return root
