"""Bars in the terminal: the net balance of each row of a count."""

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from barometre_lib.console import en_couleur
from barometre_lib.typographie import signe

if TYPE_CHECKING:
    import pandas as pd

    from barometre_lib.nomenclatures import Nomenclatures

# Eighths of a cell, from the left; Unicode has no such signs from the right but the half.
HUITIEMES, MOITIE = " ▏▎▍▌▋▊▉", "▐"
INCONNU = "non disponible"
# The widest that a bar is, and the least; what names may take of a line.
BARRES_MIN, BARRES_MAX, PART_DES_NOMS = 10, 120, 0.45


def dessiner(table: "pd.DataFrame", par: Sequence[str], noms: "Nomenclatures") -> list[str]:
    """Draw `solde_net` of each row as a bar: a line each, no wider than the terminal (80 columns where there is none).

    Losses stand on the left of the axis. What a late region does not tell is said.
    """
    labels = [noms.libelles(one) for one in par]
    names = [
        " · ".join(label.get(code, code) for label, code in zip(labels, row, strict=True))
        for row in table[list(par)].itertuples(index=False)
    ]
    known = table["solde_net"].notna()
    nets = [int(net) if there else None for net, there in zip(table["solde_net"], known, strict=True)]
    width = shutil.get_terminal_size().columns
    said = max((len(signe(net)) for net in nets if net is not None), default=1)
    wide = min(max(map(len, names), default=0), int(width * PART_DES_NOMS))
    room = min(BARRES_MAX, max(BARRES_MIN, width - wide - said - 4))
    lowest, highest = (abs(side(0, *(net for net in nets if net is not None))) for side in (min, max))
    # A scale for both sides, in cells a unit; each side has what its longest bar takes.
    scale = (room - (lowest > 0)) / ((lowest + highest) or 1)
    left = round(lowest * scale) + (lowest > 0)
    lines = []
    for name, net in zip(names, nets, strict=True):
        short = name if len(name) <= wide else f"{name[: wide - 1]}…"
        told = f"{short:<{wide}}  {'' if net is None else signe(net):>{said}}  "
        if net is None:
            lines.append(f"{told}{' ' * left}│ {INCONNU}")
            continue
        bar = _bar(abs(net) * scale, gain=net > 0) if net else ""
        coloured = click.style(bar, fg="green" if net > 0 else "red") if bar and en_couleur() else bar
        lines.append(f"{told}{' ' * left}│{coloured}" if net >= 0 else f"{told}{' ' * (left - len(bar))}{coloured}│")
    return lines


def _bar(cells: float, *, gain: bool) -> str:
    """Return a bar of some cells, never empty."""
    if gain:
        whole, eighths = divmod(max(1, round(cells * 8)), 8)
        return "█" * whole + HUITIEMES[eighths].strip()
    whole, halves = divmod(max(1, round(cells * 2)), 2)
    return MOITIE * halves + "█" * whole
