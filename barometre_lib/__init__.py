"""Baromètre industriel de l'État: from the register of movements to the published pages."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from barometre_lib.barometre import Barometre

__all__ = ["Barometre"]


def __getattr__(name: str) -> Any:
    """Import the façade when it is first asked for: the help of the command line needs no table."""
    if name == "Barometre":
        from barometre_lib.barometre import Barometre

        return Barometre
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
