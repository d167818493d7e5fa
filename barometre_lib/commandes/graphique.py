"""Bars in the terminal: the net balance of each row of a count."""

import shutil
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import click
import pandas as pd

from barometre_lib.console import en_couleur
from barometre_lib.typographie import signe

if TYPE_CHECKING:
    from barometre_lib.nomenclatures import Nomenclatures

# Eighths of a cell, from the left; Unicode has no such signs from the right but the half.
HUITIEMES, MOITIE = " ▏▎▍▌▋▊▉", "▐"
# Not available.
INCONNU = "n. d."
# The widest that a bar is, and the least; what names may take of a line.
BARRES_MIN, BARRES_MAX, PART_DES_NOMS = 10, 120, 0.45


def dessiner(table: pd.DataFrame, par: Sequence[str], noms: "Nomenclatures") -> list[str]:
    """Draw `solde_net` of each row as a bar: a line each, no wider than the terminal (80 columns where there is none).

    Losses stand on the left of the axis. What a late region does not tell is said.
    """
    labels = [noms.libelles(one) for one in par]
    codes = [tuple(map(str, row)) for row in table[list(par)].itertuples(index=False)]
    names = [" · ".join(label.get(code, code) for label, code in zip(labels, row, strict=True)) for row in codes]
    nets = [None if pd.isna(net) else int(net) for net in table["solde_net"]]
    told, width = [INCONNU if net is None else signe(net) for net in nets], shutil.get_terminal_size().columns
    wide = min(max(map(len, names), default=0), int(width * PART_DES_NOMS))
    said = max(map(len, told), default=0)
    room = min(BARRES_MAX, max(BARRES_MIN, width - wide - said - len("    │")))
    known = [0, *(net for net in nets if net is not None)]
    lowest, highest = -min(known), max(known)
    # One scale, in cells for a movement: a side that has a bar has one cell at least.
    scale = (room - (lowest > 0) - (highest > 0)) / ((lowest + highest) or 1)
    left = ceil(lowest * scale) + (lowest > 0)
    lines = []
    shorts = [_shorten(name, wide) for name in names]
    for row, short, number, net in zip(codes, shorts, told, nets, strict=True):
        bar = _bar(abs(net) * scale, gain=net > 0) if net else ""
        shown = click.style(bar, fg="green" if net and net > 0 else "red") if bar and en_couleur() else bar
        before, after = (shown, "") if net and net < 0 else ("", shown)
        space = " " * (left - (len(bar) if before else 0))
        # Of two that are cut alike, the code tells which is which.
        label = short if shorts.count(short) == 1 else _shorten(f"{' · '.join(row)} {short}", wide)
        lines.append(f"{label:<{wide}}  {number:>{said}}  {space}{before}│{after}")
    return lines


def _shorten(name: str, width: int) -> str:
    """Return a name no wider than `width`: cut in the middle, since many start alike and others end alike."""
    if len(name) <= width:
        return name
    end = (width - 1) // 2
    return f"{name[: width - 1 - end]}…{name[-end:]}"


def _bar(cells: float, *, gain: bool) -> str:
    """Return a bar of some cells, never empty."""
    if gain:
        whole, eighths = divmod(max(1, round(cells * 8)), 8)
        return "█" * whole + HUITIEMES[eighths].strip()
    whole, halves = divmod(max(1, round(cells * 2)), 2)
    return MOITIE * halves + "█" * whole
