"""What the workbook says of each column: `notice.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from barometre_lib.parametres import lire_yaml
from barometre_lib.typographie import typographier


@dataclass(frozen=True)
class Notice:
    """The texts of the workbook, with the no-break spaces of French.

    Attributes
    ----------
    etapes : list of str
        How to fill it in, one sentence per line.
    explications : dict of str to str
        Column to what is typed in it; also the message shown beside its cells.
    exemples : dict of str to str
        Column to an example.
    largeurs : dict of str to float
        Column to its width, in characters.
    """

    etapes: list[str]
    explications: dict[str, str]
    exemples: dict[str, str]
    largeurs: dict[str, float]


@cache
def lire_notice() -> Notice:
    """Read the notice beside this module."""
    content = lire_yaml(Path(__file__).with_name("notice.yaml"))
    columns = content["colonnes"]
    return Notice(
        [typographier(text) for text in content["etapes"]],
        {name: typographier(one["explication"]) for name, one in columns.items()},
        {name: typographier(str(one["exemple"])) for name, one in columns.items()},
        {name: one["largeur"] for name, one in columns.items()},
    )
