"""What people wrote of a relève: `params/releves/<releve>/textes/<code>.md`, one text a region, `france.md` for France.

Plain Markdown, shown on the page and signed by who wrote it; nothing there may be of a person, or hide.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from barometre_lib.chemins import afficher, lire_octets, racine
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer
from barometre_lib.parametres.fichiers import rassembler, refuser_inconnus
from barometre_lib.typographie import nombre
from barometre_lib.vocabulaire import Releve

DOSSIER, FRANCE, SUFFIXE = "textes", "france", ".md"
LONGUEUR_MAX = 3000  # a page of paper
# Spaces that French needs, and that are not printable for Python.
ESPACES = "\t\u00a0\u2009\u202f"
PERSONNELLES = {
    "une adresse de messagerie": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "un numéro de téléphone": re.compile(
        r"(?<![\d,])(?:(?:\+|00)33\s?(?:\(0\)\s?)?|0)[1-9](?:[\s.-]?\d{2}){4}(?![\d,])"
    ),
}


def chemin_texte(releve: Releve | str, region: str, dossier: Path | None = None) -> Path:
    """Return where the text of a region stands, of France when it is empty, whether there is one or not."""
    return _dossier(releve, dossier) / f"{region or FRANCE}{SUFFIXE}"


def lire_textes(releve: Releve, regions: Collection[str], dossier: Path | None = None) -> Mapping[str, str]:
    """Read the texts of a relève, by region, that of France under the empty text.

    Raises
    ------
    ErreurBarometre
        A file of another name, one that is not a text in UTF-8, is empty or too long, or holds what no page may show;
        every fault is said.
    """
    folder = _dossier(releve, dossier)
    if not folder.parent.is_dir():
        return {}
    refuser_inconnus(folder.parent, [DOSSIER])
    refuser_inconnus(folder, [f"{name}{SUFFIXE}" for name in (*regions, FRANCE)])
    there = [code for code in ("", *regions) if chemin_texte(releve, code, dossier).exists()]
    return dict(zip(there, rassembler(lambda code: _lire(chemin_texte(releve, code, dossier)), there), strict=True))


def juger_ligne(ligne: str) -> Iterator[str]:
    """Yield what a line of words holds that no page may show, in French."""
    for what, pattern in PERSONNELLES.items():
        if found := pattern.search(ligne):
            yield f"trouvé {what}, {montrer(found[0])} ; attendu aucune donnée personnelle"
    if any(not (c.isprintable() or c in ESPACES) for c in ligne):
        yield f"trouvé un caractère caché dans {montrer(ligne)} ; ressaisissez cette ligne"


def _dossier(releve: Releve | str, dossier: Path | None) -> Path:
    return (dossier or racine() / "params") / "releves" / str(releve) / DOSSIER


def _lire(path: Path) -> str:
    shown = afficher(path)
    try:
        data = lire_octets(path)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ErreurBarometre(f"{shown} : {dire_erreur_systeme(error)}.") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ErreurBarometre(
            f"{shown}, ligne {line} : caractère illisible ; enregistrez le fichier en UTF-8."
        ) from None
    text = "\n".join(text.splitlines()).strip()
    faults = [f", ligne {rank} : {what}" for rank, line in enumerate(text.split("\n"), 1) for what in juger_ligne(line)]
    if not any(c.isalnum() for c in text):
        faults.append(" : texte vide ; écrivez-le, ou retirez le fichier")
    if len(text) > LONGUEUR_MAX:
        faults.append(f" : texte de {nombre(len(text))} caractères ; attendu {nombre(LONGUEUR_MAX)} au plus")
    if faults:
        raise ErreurBarometre("\n".join(f"{shown}{one}." for one in faults))
    return text
