"""Imports put off: what a library imports, and seldom uses here, is imported when it is used.

Source: PEP 562; `importlib.util.LazyLoader` loads what `from package import module` names, before Python 3.12.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# Each costs a second of processor, or cannot be imported without docstrings (-OO), with its functions imported by name:
# the grammar of IRIs of jsonschema, two expectations on distributions and the drawings of Great Expectations.
LOURDS = {"rfc3987_syntax": ("is_valid_syntax",), "scipy.stats": (), "altair": ()}


@contextmanager
def differer_les_lourds() -> Iterator[None]:
    """Have what is imported meanwhile import `LOURDS` when it uses them, unless they are there."""
    put_off = {name: _differer(name, functions) for name, functions in LOURDS.items() if name not in sys.modules}
    sys.modules.update(put_off)
    try:
        yield
    finally:
        for name, module in put_off.items():
            _oublier(name, module)


def _differer(nom: str, fonctions: tuple[str, ...]) -> ModuleType:
    module = ModuleType(nom)

    def find(attribut: str) -> Any:
        # What `from module import name` asks for first: it is no package.
        if attribut == "__path__":
            raise AttributeError(attribut)
        _oublier(nom, module)
        return getattr(importlib.import_module(nom), attribut)

    def put_off(attribut: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            return find(attribut)(*arguments)

        return call

    vars(module).update({name: put_off(name) for name in fonctions}, __getattr__=find)
    return module


def _oublier(nom: str, module: ModuleType) -> None:
    if sys.modules.get(nom) is module:
        del sys.modules[nom]
