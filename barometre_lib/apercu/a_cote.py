"""Something made by a process forked from this one, which goes on meanwhile; whoever needs it waits."""

import os
import pickle
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any


def faire_a_cote(faire: Callable[[], Any]) -> Callable[[], Any]:
    """Start something, and return what waits for its result, here or in a process forked later.

    It gives None when the result could not be made, or not be brought: do it there, and why will be said.
    """
    if not hasattr(os, "fork"):
        return lambda: None
    result = tempfile.TemporaryFile()  # noqa: SIM115  open as long as someone may ask
    over, running = os.pipe()
    if not os.fork():
        try:
            result.write(pickle.dumps(faire()))
            result.flush()
        finally:
            # No other process holds this end of the pipe, which says by its end that this one is over.
            os._exit(0)
    os.close(running)

    def wait() -> Any:
        os.read(over, 1)
        with suppress(EOFError, pickle.UnpicklingError):
            return pickle.loads(os.pread(result.fileno(), os.fstat(result.fileno()).st_size, 0))  # noqa: S301  our own
        return None

    return wait


def garder_a_cote(objet: Any, nom: str) -> None:
    """Start making what an object makes once, a `cached_property`; whoever asks for it waits."""
    make = vars(type(objet))[nom].func
    wait = faire_a_cote(lambda: make(objet))

    def take(one: Any) -> Any:
        made = wait() if one is objet else None
        return make(one) if made is None else made

    kept = cached_property(take)
    kept.__set_name__(type(objet), nom)
    setattr(type(objet), nom, kept)
