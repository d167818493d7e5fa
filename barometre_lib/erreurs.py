"""What can be refused, and how it is said: the exceptions that the command line turns into messages."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from barometre_lib.typographie import INSECABLE, typographier


class ErreurBarometre(Exception):
    """Something that the user can mend; its text is a French sentence shown without a traceback.

    Sentences are written with plain spaces: here is the door where they get those of French.
    """

    def __init__(self, phrase: str = "") -> None:
        super().__init__(typographier(phrase))


@dataclass(frozen=True, order=True)
class Defaut:
    """One departure of a file from its contract."""

    fichier: str  # file as the user would name it
    ligne: int  # line of the file where the record starts, 1 being the header; 0 when the whole file is at fault
    colonne: str  # column at fault, empty when the whole line is
    valeur: str  # value found, as written in the file
    attendu: str  # French phrase: what was expected and, where useful, what to do

    def __str__(self) -> str:
        lieu = [rendre_visible(self.fichier)]
        if self.ligne:
            lieu.append(f"ligne {self.ligne}")
        if self.colonne:
            lieu.append(f"colonne {montrer(self.colonne)}")
        # Line 1 is the header: the name of the column is what was found there.
        trouve = f"trouvé {montrer(self.valeur)} ; " if self.colonne and self.ligne > 1 else ""
        return typographier(f"{', '.join(lieu)} : {trouve}{self.attendu}.")


class RegistreRefuse(ErreurBarometre):
    """A register that cannot be read as the contract asks: every defect found, not only the first one."""

    def __init__(self, defauts: Sequence[Defaut]) -> None:
        self.defauts = sorted(defauts)
        super().__init__("\n".join(str(defaut) for defaut in self.defauts))

    def __reduce__(self) -> tuple[type[Self], tuple[list[Defaut]]]:
        """Let the exception come back whole from another process."""
        return type(self), (self.defauts,)


ERREURS_SYSTEME = {
    errno.ENOENT: "introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "disque en lecture seule",
    errno.ENOSPC: "disque plein",
    getattr(errno, "EDQUOT", -1): "quota de disque dépassé",
    errno.EFBIG: "fichier trop grand",
    errno.EISDIR: "c'est un dossier, et non un fichier",
    errno.ENOTDIR: "un élément du chemin n'est pas un dossier",
    errno.EEXIST: "un fichier de ce nom existe déjà",
    errno.ENAMETOOLONG: "nom trop long",
    errno.ELOOP: "liens symboliques en boucle",
    errno.ENXIO: "c'est un tube ou un périphérique, et non un fichier",
    errno.EMFILE: "trop de fichiers ouverts à la fois (ulimit -n)",
    errno.ENFILE: "trop de fichiers ouverts sur cette machine",
    errno.ENOMEM: "mémoire épuisée, ou limitée (ulimit -v)",
    errno.EAGAIN: "trop de processus à la fois (ulimit -u)",
    errno.EIO: "erreur de lecture ou d'écriture du disque",
}


# What the system refuses for want of something, whatever the file.
LIMITES = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)


def dire_erreur_systeme(erreur: OSError) -> str:
    """Say in French why the system refused a file."""
    return ERREURS_SYSTEME.get(erreur.errno or 0, f"refus du système (erreur {erreur.errno})")


def montrer(valeur: str, *, longueur: int = 60, vide: str = "une cellule vide") -> str:
    """Return an untrusted value fit for one line of a terminal: quoted, shortened, controls shown, `vide` if empty."""
    if not valeur:
        return vide
    visible = rendre_visible(valeur)
    return f"«{INSECABLE}{visible[:longueur]}{'…' if len(visible) > longueur else ''}{INSECABLE}»"


def rendre_visible(texte: str) -> str:
    """Return a text with what cannot be printed or encoded as escapes."""
    if texte.isprintable():
        return texte
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in texte)
