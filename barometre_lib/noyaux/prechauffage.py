"""What the reserve does once, so that no notebook has to: imports, a drawing, whatever a campaign prepares."""

import gc
import importlib
import io
from collections.abc import Callable, Sequence

# What each notebook pays for, debugpy's share by `ipykernel.debugger` included.
BIBLIOTHEQUES = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "IPython.core.completer",
    "IPython.core.pylabtools",
    "jinja2",
    "narwhals",
    "pandas",
    "matplotlib.pyplot",
    "seaborn",
)


def prechauffer(preparer: Sequence[str]) -> None:
    """Import what notebooks import, draw once, and call what else must be ready, `module:function:argument` each."""
    for name in BIBLIOTHEQUES:
        importlib.import_module(name)
    _draw_once()
    for one in preparer:
        module, function, argument = one.split(":", 2)
        prepare: Callable[[str], None] = getattr(importlib.import_module(module), function)
        prepare(argument)
    # Pages of memory that the collector never writes to again stay shared with the kernels.
    gc.collect()
    gc.freeze()


def _draw_once() -> None:
    """Draw what figures are made of: fonts are found, parsers built, caches filled, and nothing of it stays."""
    import matplotlib as mpl
    import pandas as pd
    import seaborn as sns
    from matplotlib.figure import Figure

    data = pd.DataFrame({"x": ["a", "b"] * 4, "y": [1.0, 2, 3, 4, 50, 60, 700, 800], "z": list("cccddddd")})
    with mpl.rc_context():
        figure = Figure(layout="constrained")
        bars, boxes, histogram = figure.subplots(3)
        sns.barplot(data, x="x", y="y", hue="z", errorbar=None, ax=bars)
        sns.boxplot(data, x="x", y="y", ax=boxes)
        # Powers of ten are mathematical text, whose parser is long to build.
        sns.histplot(data, x="y", log_scale=True, ax=histogram)
        for kind in ("png", "svg"):
            figure.savefig(io.BytesIO(), format=kind)
