"""A series of pages of one's own: its entry, its notebook, its test and its line of the guide, all or nothing."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from string import Template

import yaml

from barometre_lib.chemins import ORIGINE, afficher, racine, registre_par_defaut
from barometre_lib.ecriture import creer_dossier, remplacer
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import lire_catalogue
from barometre_lib.parametres.edition import chemin_edition
from barometre_lib.publication.pages import GABARITS
from barometre_lib.registre.lecture import releves_completes
from barometre_lib.vocabulaire import LIBELLES, Dimension

GUIDE = "docs/carnets.md"
CATALOGUE = "params/carnets.yaml"
NOM = r"[a-z][a-z0-9_]*"
# Names of devices for Windows, whatever their extension.
RESERVES = "con|prn|aux|nul|(com|lpt)[0-9]"
LONGUEUR = 100


def creer_serie(nom: str, dimension: Dimension, titre: str) -> list[Path]:
    """Write a new series, a page for each code of a dimension, and return its files.

    Raises
    ------
    ErreurBarometre
        The name is not one, or is taken; the catalogue would refuse the entry; a file cannot be written.
    """
    if not re.fullmatch(NOM, nom):
        raise ErreurBarometre(
            f"Nom {montrer(nom, vide='vide')} : attendu des minuscules sans accents, des chiffres, « _ » entre les "
            "mots, une lettre d'abord, comme departemental."
        )
    if yaml.safe_load(nom) != nom or re.fullmatch(RESERVES, nom):
        raise ErreurBarometre(f"Nom {montrer(nom)} : YAML ou Windows y lit autre chose ; choisissez un autre nom.")
    if not titre.isprintable() or not re.search(r"{(nom|code)}", titre) or len(titre) > LONGUEUR:
        raise ErreurBarometre(
            f"Titre {montrer(titre, vide='vide')} : attendu une ligne de {LONGUEUR} caractères au plus, avec {{nom}} "
            "ou {code}, sans quoi toutes les pages auraient le même (--titre)."
        )
    root, names = racine(), Nomenclatures.du_projet()
    if nom in {one.nom for one in lire_catalogue(names).series}:
        raise ErreurBarometre(f"{CATALOGUE} : « {nom} » y est déjà ; choisissez un autre nom.")
    pieces = _remplir(nom, dimension, titre, names)
    new = {root / f"notebooks/{nom}.ipynb": pieces["carnet.ipynb"]}
    new[root / f"tests/test_carnet_{nom}.py"] = pieces["essai.py.txt"]
    for path in new:
        if path.exists():
            raise ErreurBarometre(f"{afficher(path)} est déjà là ; déplacez-le, ou choisissez un autre nom.")
    longer = {root / GUIDE: pieces["guide.md.txt"], root / CATALOGUE: pieces["entree.yaml.txt"]}
    before = {path: path.read_bytes() if path.exists() else None for path in (*new, *longer)}
    after = {path: text.encode() for path, text in new.items()}
    after |= {path: _allonger(before[path] or b"", text) for path, text in longer.items()}
    _essayer(root, nom, after[root / CATALOGUE], names)
    _tout_ou_rien(before, after)
    return [*after]


def _remplir(nom: str, dimension: Dimension, titre: str, names: Nomenclatures) -> dict[str, str]:
    """Return the files of the folder of templates, filled."""
    labels = names.libelles(dimension)
    known = [one for one in releves_completes(registre_par_defaut(), names) if chemin_edition(one).exists()]
    code = min(labels)
    said = {
        "nom": nom,
        "dimension": dimension,
        "territoire": "region" if dimension == "region" else "",
        "libelle": LIBELLES[dimension].lower(),
        "sommaire": f"{LIBELLES[dimension]}s",
        # What JSON writes, YAML reads.
        "titre": json.dumps(titre, ensure_ascii=False),
        "code": code,
        "libelle_du_code": labels[code],
        "releve": str(max(known, default="2024-S2")),
    }
    folder = GABARITS / "nouveau"
    return {path.name: Template(path.read_text("utf-8")).substitute(said) for path in folder.iterdir()}


def _allonger(avant: bytes, texte: str) -> bytes:
    return avant + (b"" if not avant or avant.endswith(b"\n") else b"\n") + texte.encode()


def _essayer(root: Path, nom: str, catalogue: bytes, names: Nomenclatures) -> None:
    """Have the catalogue read with its new entry, elsewhere, before anything is written."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        (copy / ORIGINE).write_bytes(os.fsencode(root))
        for name in ("params", "notebooks"):
            (copy / name).mkdir()
        for path in (*root.glob("notebooks/*.ipynb"), Path(f"{nom}.ipynb")):
            (copy / "notebooks" / path.name).touch()
        (copy / CATALOGUE).write_bytes(catalogue)
        try:
            lire_catalogue(names, copy / "params")
        except ErreurBarometre as error:
            raise ErreurBarometre(f"Série « {nom} », telle qu'elle serait écrite ; rien ne l'est :\n{error}") from None


def _tout_ou_rien(avant: Mapping[Path, bytes | None], apres: Mapping[Path, bytes]) -> None:
    """Write files, the last of which makes the others serve; put back what was there if one cannot be written."""
    done = []
    try:
        for path, data in apres.items():
            creer_dossier(path.parent)
            done.append(path)
            remplacer(path, data)
    except BaseException:
        for path in done:
            old = avant[path]
            if old is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != old:
                remplacer(path, old)
        raise
