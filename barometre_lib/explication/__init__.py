"""Why one row counts, or not: what each rule sees of it, its site, its history, what would make it count."""

from barometre_lib.explication.ligne import expliquer

__all__ = ["expliquer"]
