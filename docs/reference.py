"""Pages of the guide made at each build (a hook of mkdocs), of what the code, `params/` and `docs/` say already."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from barometre_lib import Barometre
from barometre_lib.cli import cli
from barometre_lib.parametres.fondements import lire_fondements
from barometre_lib.parametres.regles import NOMS_PARAMETRES, lire_parametres_regles, lire_valeurs_datees
from barometre_lib.regles.decision import regles_en_vigueur
from barometre_lib.restitution.composition import BALISE
from barometre_lib.typographie import jour, typographier
from barometre_lib.vocabulaire import Releve

RACINE = Path(__file__).parents[1]
# Documents that stay where they are: their own address in the guide.
REPRIS = {
    "campagne.md": "exploitation/campagne.md",
    "carnets.md": "faire/carnets.md",
    "hypotheses.md": "methode/hypotheses.md",
    "architecture.md": "developpement/architecture.md",
    "conception.md": "developpement/conception.md",
}
# Pages in English, whose signs stand as they are written.
ANGLAISES = ("reference/python.md", REPRIS["architecture.md"], REPRIS["conception.md"])
MONTREE = Releve(2025, 2)  # the latest relève of the demonstration
GENRES = {"string": "texte", "integer": "entier", "number": "nombre", "date": "date", "boolean": "oui ou non"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to those of `docs/guide`."""
    made = {address: (RACINE / "docs" / name).read_text(encoding="utf-8") for name, address in REPRIS.items()}
    made |= {
        "reference/commandes.md": commandes(),
        "reference/python.md": python(),
        "reference/registre.md": registre(),
        "methode/regles.md": regles(),
    }
    for address, text in made.items():
        files.append(File.generated(config, address, content=text))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put the no-break spaces of French in what a page says; tags and code stay as they are."""
    if page.file.src_uri in ANGLAISES:
        return html
    pieces = BALISE.split(html)
    pieces[::2] = map(typographier, pieces[::2])
    return "".join(pieces)


def commandes() -> str:
    """Return the reference of the command line, from its help."""
    lines = ["# Commandes", "", "Cette page est faite de l'aide des commandes, à chaque construction du guide.", ""]
    for name, command in cli.commands.items():
        context = command.context_class(command, info_name=f"barometre {name}")
        lines += [f"## {name}", "", "```text", command.get_usage(context), "```", "", *_aide(command), ""]
        rows = [one.get_help_record(context) for one in command.get_params(context)]
        told = [(f"`{option}`", words) for option, words in filter(None, rows)]
        lines += [*_table(("option", "effet"), told), ""]
    return typographier("\n".join(lines))


def _aide(commande: click.Command) -> list[str]:
    """Return the help of a command, a mark of click that keeps line ends taken off."""
    return inspect.cleandoc(commande.help or "").replace("\b\n", "").splitlines()


def python() -> str:
    """Return the reference of what the package exports, in the words of its docstrings."""
    lines = [
        "# Python",
        "",
        "`barometre_lib` exporte `Barometre`, une relève lue, typée, décidée et comptée une fois. Les descriptions",
        "sont celles du code, en anglais ; les noms du domaine y sont ceux du [registre](registre.md).",
        "",
    ]
    for name, member in sorted(vars(Barometre).items()):
        if name.startswith("_"):
            continue
        called = member.__func__ if isinstance(member, classmethod) else member
        function = called if inspect.isfunction(called) else getattr(called, "fget", getattr(called, "func", None))
        if function is None:
            continue
        signature = str(inspect.signature(function)) if called is function else ""
        head = f"Barometre.{name}" if isinstance(member, classmethod) else f"barometre.{name}"
        doc = inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0]
        lines += [f"## {name}", "", "```python", f"{head}{_courte(signature)}", "```", ""]
        lines += [f'<p lang="en">{_html(doc)}</p>', ""]
    return "\n".join(lines)


def _courte(signature: str) -> str:
    """Return a signature without the receiver and the modules of its types."""
    for module in ("collections.abc.", "barometre_lib.vocabulaire.", "barometre_lib.contexte.", "typing.", "pathlib."):
        signature = signature.replace(module, "")
    for receiver in ("(self, ", "(cls, ", "(barometre: Any, "):
        signature = signature.replace(receiver, "(")
    return signature.replace("(self)", "()").replace("(barometre: Any)", "()").replace("pandas.", "pd.")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")


def registre() -> str:
    """Return the columns of the register, from its Table Schema."""
    schema = json.loads((RACINE / "params" / "schemas" / "registre.json").read_text(encoding="utf-8"))
    lines = ["# Colonnes du registre", "", schema["description"], ""]
    lines += ["Le même contrat se lit par les programmes : `params/schemas/registre.json` (Table Schema).", ""]
    rows = []
    for one in schema["fields"]:
        limits = one.get("constraints", {})
        kind = GENRES[one["type"]] + (", jamais vide" if limits.get("required") else "")
        codes = f" Codes : {', '.join(f'`{code}`' for code in limits['enum'])}." if "enum" in limits else ""
        rows.append((f"`{one['name']}`", kind, f"**{one['title']}.** {one['description']}{codes}"))
    return typographier("\n".join([*lines, *_table(("colonne", "type", "ce qu'elle dit"), rows), ""]))


def regles() -> str:
    """Return the rules in force, what founds their values, and what the State publishes."""
    parametres = lire_parametres_regles(MONTREE)
    lines = ["# Les règles, et d'où elles viennent", ""]
    lines += [f"Règles de la relève {MONTREE}, dans l'ordre : la première qui écarte une ligne est son motif.", ""]
    rules = [
        (str(one.rang), f"`{one.motif.value}`", f"**{one.libelle}.** {one.dire(parametres)}")
        for one in regles_en_vigueur(parametres)
    ]
    lines += [*_table(("règle", "motif", "ce qu'elle écarte"), rules), "", "## Les valeurs", ""]
    values = [
        (one.description, str(one), jour(one.depuis), one.texte, f"{one.source}{PROJET[one.fonde_par]}")
        for name in NOMS_PARAMETRES
        for one in lire_valeurs_datees(name)
    ]
    lines += [*_table(("paramètre", "valeur", "depuis le", "texte", "source"), values), ""]
    lines += ["## Ce que l'État publie de la méthode", ""]
    lines += [f"- **{one.sujet}.** {one.texte} ({one.source})" for one in lire_fondements().etat]
    lines += ["", "Ce que le projet a choisi là où ces textes se taisent est dans les [hypothèses](hypotheses.md).", ""]
    return typographier("\n".join(lines))


PROJET = {"etat": "", "projet": " (choix du projet)"}


def _table(titres: tuple[str, ...], rangees: list[tuple[str, ...]]) -> Iterator[str]:
    """Write a table in Markdown; a bar in a cell is no column."""
    yield f"| {' | '.join(titres)} |"
    yield f"|{'---|' * len(titres)}"
    for cells in rangees:
        yield "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
