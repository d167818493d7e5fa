"""What a shell completes: relèves, regions, executions, variants, dimensions; and the command that prints its script.

Read from names and plain files: what would check them takes seconds to import.
"""

import csv
from collections.abc import Callable, Iterable
from contextlib import suppress

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from barometre_lib.chemins import racine, registre_par_defaut
from barometre_lib.console import COMPLETION, ecrire_octets
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.vocabulaire import DIMENSIONS

Completion = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def completer(proposer: Callable[[click.Context], Iterable[tuple[str, str]]], *, liste: bool = False) -> Completion:
    """Complete a word, or the last of those that commas separate, from values and what each is."""

    def complete(context: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
        before, comma, last = word.rpartition(",") if liste else ("", "", word)
        with suppress(OSError, ValueError, LookupError, ErreurBarometre):
            offered = [(value, what) for value, what in proposer(context) if value.startswith(last)]
            return [CompletionItem(f"{before}{comma}{value}", help=what or None) for value, what in offered]
        return []

    return complete


def _releves(context: click.Context) -> list[tuple[str, str]]:
    folders = (context.params.get("registre") or registre_par_defaut(), racine() / "params" / "releves")
    return [(one, "") for one in sorted({path.name[:7] for folder in folders for path in folder.glob("????-S[12]*")})]


def _regions(_: click.Context) -> list[tuple[str, str]]:
    with (racine() / "data" / "reference" / "regions.csv").open(encoding="utf-8", newline="") as file:
        return [(row["code"], row["nom"]) for row in csv.DictReader(file, delimiter=";")]


def _entrees(nom: str) -> list[tuple[str, dict[str, str]]]:
    import yaml  # not needed by the help

    return list(yaml.safe_load((racine() / "params" / f"{nom}.yaml").read_text(encoding="utf-8")).items())


def _executions(context: click.Context) -> list[tuple[str, str]]:
    regions = _regions(context)
    pages = [
        (f"{name}-{code}" if entry.get("pour_chaque") else name, title or entry["titre"])
        for name, entry in _entrees("carnets")
        for code, title in (regions if entry.get("pour_chaque") == "region" else [("", "")])
    ]
    return [(f"{releve}/{page}", title) for releve, _ in _releves(context) for page, title in pages]


def _variantes(_: click.Context) -> list[tuple[str, str]]:
    return [(name, entry["libelle"]) for name, entry in _entrees("variantes")]


releves, region, regions = completer(_releves), completer(_regions), completer(_regions, liste=True)
executions, variantes = completer(_executions), completer(_variantes)
dimensions = completer(lambda _: [(one, "") for one in DIMENSIONS], liste=True)


@click.command(
    short_help="Écrit de quoi compléter les commandes dans un shell.",
    help="""Écrit le script par lequel un shell complète les commandes, leurs options, les relèves, les régions…

    À mettre dans ~/.bashrc : eval "$(barometre completion bash)" ; de même pour zsh, dans ~/.zshrc. Pour fish :
    barometre completion fish > ~/.config/fish/completions/barometre.fish
    """,
)
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    kind = get_completion_class(shell)
    if kind is not None:
        # Not the method of bash's, which starts bash and speaks English of its version.
        script = ShellComplete.source(kind(context.find_root().command, {}, "barometre", COMPLETION))
        ecrire_octets([f"{script}\n".encode()])
