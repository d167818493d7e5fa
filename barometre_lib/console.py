"""What a terminal sees: French help and usage errors, CSV on stdout, sentences on stderr, exit codes."""

import errno
import gettext
import io
import os
import re
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, Any

import click

from barometre_lib.chemins import afficher, situer
from barometre_lib.ecriture import en_csv
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.typographie import INSECABLE, typographier

if TYPE_CHECKING:
    import pandas as pd


# The variable by which the script of a shell asks what completes a line.
COMPLETION = "_BAROMETRE_COMPLETE"
# Bytes of a table that wait in memory; more of them go to a temporary file.
ATTENTE = 8 * 1024**2


class _Formatter(click.HelpFormatter):
    """Help with French spacing."""

    def write_heading(self, heading: str) -> None:
        super().write_heading(f"{heading}{INSECABLE}")

    def write_text(self, text: str) -> None:
        super().write_text(typographier(text))


class _Context(click.Context):
    formatter_class = _Formatter


class Groupe(click.Group):
    """A group of commands whose help is French."""

    context_class = _Context

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, whose own help is French too."""
        cmd.context_class = _Context
        super().add_command(cmd, name)


def parler_francais() -> None:
    """Have click, which asks gettext, speak French whatever the user's locale."""
    os.environ["LANGUAGE"] = "fr"
    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))


def ecrire_csv(morceaux: Iterable["pd.DataFrame"]) -> None:
    """Write on stdout, as one CSV, a table made piece by piece, once its last piece is made: all of it or nothing.

    Raises
    ------
    ErreurBarometre
        Stdout is closed, or the system refuses the file where pieces wait when there are many.
    """
    ecrire_octets(en_csv(piece, entete=rank == 0) for rank, piece in enumerate(morceaux))


def ecrire(morceaux: Iterable["pd.DataFrame"], *, en_json: bool) -> None:
    """Write a table as CSV, or as a JSON array of one object per row, a line each; see `ecrire_csv`."""
    ecrire_octets(_en_json(morceaux)) if en_json else ecrire_csv(morceaux)


def _en_json(morceaux: Iterable["pd.DataFrame"]) -> Iterator[bytes]:
    before = "["
    for piece in morceaux:
        rows = piece.to_json(orient="records", lines=True, force_ascii=False, double_precision=15)
        for row in filter(None, rows.split("\n")):
            yield f"{before}\n{row}".encode()
            before = ","
    yield b"[]\n" if before == "[" else b"\n]\n"


def ecrire_signes(table: "pd.DataFrame", mesure: str) -> None:
    """Write a table as CSV on stdout; on a terminal, in green or red by the sign of a measure."""
    if not en_couleur():
        ecrire_csv([table])
        return
    colours = [
        next((one for one, told in (("green", net > 0), ("red", net < 0)) if told), None) for net in table[mesure]
    ]
    lines = en_csv(table).decode("utf-8").splitlines()
    pairs = zip(lines, [None, *colours], strict=True)
    ecrire_octets(f"{click.style(line, fg=colour) if colour else line}\n".encode() for line, colour in pairs)


def en_couleur() -> bool:
    """Tell whether stdout is a terminal whose user did not refuse colours (no-color.org)."""
    return sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def ecrire_octets(morceaux: Iterable[bytes]) -> None:
    """Do the same with bytes."""
    import tempfile  # not needed by the help

    with tempfile.SpooledTemporaryFile(ATTENTE) as waiting:
        try:
            waiting.writelines(morceaux)
        except OSError as error:
            raise ErreurBarometre(
                f"{afficher(Path(tempfile.gettempdir()))} : écriture impossible dans ce dossier temporaire, "
                f"{dire_erreur_systeme(error)} ; libérez-y de la place, ou choisissez-en un autre (TMPDIR)."
            ) from None
        waiting.seek(0)
        if sys.stdout is None:
            raise ErreurBarometre("La sortie standard est fermée ; redirigez-la vers un fichier ou laissez-la ouverte.")
        stream: Any = sys.stdout.buffer
        # PYTHONUNBUFFERED: a raw stream may write a part only, and says so to nobody.
        whole = io.BufferedWriter(stream) if isinstance(stream, io.RawIOBase) else stream
        try:
            whole.writelines(waiting)
            whole.flush()
        except BrokenPipeError:
            # The reader has what it wanted; what the command found still gives its exit code.
            _silence(sys.stdout)
        except OSError as error:
            _silence(sys.stdout)
            raise ErreurBarometre(f"Sortie standard : {dire_erreur_systeme(error)}.") from None
        finally:
            if whole is not stream:
                whole.detach()


def dire(message: str) -> None:
    """Tell the user something on stderr, with the spaces of French; nothing stops where nobody can be told."""
    try:
        click.echo(typographier(message), err=True)
    except OSError:
        _silence(sys.stderr)


def dire_tout(messages: Iterable[str]) -> None:
    """Tell the user several things, each as soon as it is known."""
    for one in messages:
        dire(one)


def lancer(groupe: click.Group) -> int:
    """Run the command line and return its exit code; no error of the user ends in a traceback."""
    # A terminal without « or … shows what it can; CSV is bytes, and always UTF-8.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        # Not groupe.main(): it would take a closed pipe for a failure.
        with _arrets(), groupe.make_context("barometre", sys.argv[1:]) as context:
            groupe.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        _show_usage(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        dire("Interrompu.")
        return 130
    except ErreurBarometre as error:
        dire(str(error))
    except BrokenPipeError:
        _silence(sys.stdout)
        return 0
    except OSError as error:
        dire(f"{situer(error)} : {dire_erreur_systeme(error)}.")
        _silence(sys.stdout)
    except (MemoryError, RuntimeError) as error:
        _say_limit(error)
    else:
        return 0
    return 1


@contextmanager
def _arrets() -> Iterator[None]:
    """Have a plain `kill`, or a closed terminal, give what Ctrl-C gives: everything is put away.

    A library that is stopped at work may raise an error of its own, or have Python say that the stop was ignored, then
    fail; pydantic does both: it is the stop all the same.
    """
    stopped, tell = list[int](), sys.unraisablehook

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.append(number)
        signal.default_int_handler(number, frame)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # `nohup` has SIGHUP ignored.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    sys.unraisablehook = lambda one: None if one.exc_type is KeyboardInterrupt else tell(one)
    try:
        yield
    except Exception:
        if stopped:
            raise KeyboardInterrupt from None
        raise
    finally:
        sys.unraisablehook = tell


def _say_limit(error: Exception) -> None:
    """Say that the system gives no more memory or threads; raise again what is something else."""
    if isinstance(error, RuntimeError) and str(error) != "can't start new thread":
        raise error
    number = errno.ENOMEM if isinstance(error, MemoryError) else errno.EAGAIN
    dire(f"Arrêt : {dire_erreur_systeme(OSError(number, ''))} ; relevez cette limite, puis relancez.")


def _show_usage(error: click.ClickException) -> None:
    """Say what was wrong in the command typed, with French quotation marks where click puts straight ones."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        # The help, which is what was asked for.
        error.show()
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        dire(context.get_usage())
        dire(f"Aide : {context.command_path} --help\n")
    message = re.sub(r"(?<!\w)'([^' ]+)'", "« \\1 »", error.format_message())
    dire(f"Erreur : {message}")


def _silence(flux: IO[str] | None) -> None:
    """Send what a stream still holds nowhere: Python would complain again when it flushes it at exit."""
    # A notebook's has no descriptor.
    with suppress(io.UnsupportedOperation):
        if flux is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), flux.fileno())
