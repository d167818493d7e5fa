"""Where the project's files are: the root that holds `params/`, `data/` and `notebooks/`."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from barometre_lib.erreurs import ErreurBarometre, montrer


def racine() -> Path:
    """Return the root: `BAROMETRE_RACINE`, else the nearest parent folder that has `params/`.

    The parents of the working folder are tried first, then those of the (editable) install.

    Raises
    ------
    ErreurBarometre
        No such folder.
    """
    chosen = os.environ.get("BAROMETRE_RACINE")
    if chosen:
        if not (Path(chosen) / "params").is_dir():
            raise ErreurBarometre(
                f"BAROMETRE_RACINE désigne « {chosen} », où le dossier « params » manque ; "
                "indiquez le dossier qui contient params/, data/ et notebooks/."
            )
        return Path(chosen).resolve()
    here = _working_folder()
    for folder in (*here, *Path(__file__).resolve().parents):
        if (folder / "params").is_dir():
            return folder
    raise ErreurBarometre(
        "Le dossier du projet est introuvable : aucun dossier parent ne contient « params ». "
        "Placez-vous dans le projet ou renseignez BAROMETRE_RACINE."
    )


def registre_par_defaut() -> Path:
    """Return the folder that holds the relèves, `data/releves` unless `BAROMETRE_REGISTRE` says otherwise."""
    chosen = os.environ.get("BAROMETRE_REGISTRE")
    return Path(chosen) if chosen else racine() / "data" / "releves"


def lire_dossier_registre(valeur: object) -> Path:
    """Return the folder of relèves that a caller gives, the default one for `None` or an empty text.

    Raises
    ------
    ErreurBarometre
        It is no path.
    """
    if valeur is None or (isinstance(valeur, str) and not valeur):
        return registre_par_defaut()
    if not isinstance(valeur, str | Path) or "\0" in str(valeur):
        raise ErreurBarometre(f"Registre : trouvé {montrer(str(valeur))} ; attendu le chemin d'un dossier.")
    return Path(valeur)


# In a folder of copies: the path of the one that it is a copy of.
ORIGINE = ".origine"


def originale(chemin: Path) -> Path:
    """Return what a file or a folder is a copy of; itself when it is no copy."""
    for folder in (chemin, *chemin.parents):
        # Not Path.is_file: it raises where a name is too long.
        if os.path.isfile(folder / ORIGINE):  # noqa: PTH113
            return Path(os.fsdecode((folder / ORIGINE).read_bytes())) / chemin.relative_to(folder)
    return chemin


def afficher(chemin: Path) -> str:
    """Return a path as the user would type it: the original of a copy, relative to the working folder if below."""
    here, chemin = _working_folder(), originale(chemin)
    if here:
        # Not resolve(): a link is shown as the user named it, and one that loops is shown too.
        absolute = Path(os.path.normpath(here[0] / chemin))
        if absolute.is_relative_to(here[0]):
            return absolute.relative_to(here[0]).as_posix()
    return str(chemin)


def situer(erreur: OSError) -> str:
    """Say where the system refused: what libraries write without saying where goes to the temporary folder."""
    name = erreur.filename2 or erreur.filename
    if name:
        return afficher(Path(os.fsdecode(name)))
    if erreur.errno == errno.ENOENT and not _working_folder():
        return "Dossier où vous êtes"
    import tempfile  # not needed by the help

    try:
        temporary = tempfile.gettempdir()
    except FileNotFoundError:
        return "Dossier temporaire où écrire (TMPDIR)"
    if erreur.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", -1)):
        return f"Dossier temporaire {temporary} (TMPDIR)"
    return "Lecture ou écriture impossible"


def ouvrir(chemin: Path) -> BinaryIO:
    """Open a file to read its bytes; a pipe or a device, which may never end, is refused.

    Raises
    ------
    OSError
        The system refuses, or it is no file.
    """
    return open(chemin, "rb", opener=_open_at_once)


def lire_octets(chemin: Path) -> bytes:
    """Return the bytes of a file; see `ouvrir`."""
    with ouvrir(chemin) as file:
        return file.read()


def _open_at_once(chemin: str, drapeaux: int) -> int:
    descriptor = os.open(chemin, drapeaux | getattr(os, "O_NONBLOCK", 0))
    kind = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(kind):
        os.close(descriptor)
        raise OSError(errno.EISDIR if stat.S_ISDIR(kind) else errno.ENXIO, "no regular file", chemin)
    return descriptor


def _working_folder() -> list[Path]:
    """Return the working folder and its parents; nothing when it was deleted."""
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return []
    return [here, *here.parents]
