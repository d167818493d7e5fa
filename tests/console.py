"""Runs the command line inside the tests' own process: what a terminal would see, without paying for imports again."""

import sys
from dataclasses import dataclass

import pytest

from barometre_lib.cli import main


@dataclass(frozen=True)
class Sortie:
    """What a command left: its exit code and both streams, no-break spaces made plain."""

    code: int
    stdout: str
    stderr: str

    @property
    def phrases(self) -> list[str]:
        return self.stderr.splitlines()


def lancer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Sortie:
    """Run `barometre` with arguments; an exception that escapes is a traceback, and fails the test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["barometre", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
    captured = capsys.readouterr()
    plain = captured.err.replace("\u00a0", " ").replace("\u202f", " ")
    return Sortie(int(stopped.value.code or 0), captured.out, plain)
