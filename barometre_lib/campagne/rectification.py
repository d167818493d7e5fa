"""What was released is not replaced in silence: other bytes need a reason, which every page then says."""

from pathlib import Path

from barometre_lib.campagne.etude import Etude
from barometre_lib.campagne.manifeste import NOM, lire_manifeste
from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.typographie import accorder

ETATS_DIFFUSES = ("diffuse", "rectifie")


def refuser_remplacement(precedente: Path, travail: Path, etude: Etude) -> None:
    """Refuse that `travail` take the place of a released publication of real data, other bytes, without a reason.

    The public edition has no manifest: its state is that of the present parameters.

    Raises
    ------
    ErreurBarometre
        Files that were released would change or go, and no reason is given, or that of the publication in place.
    """
    manifest, edition = lire_manifeste(precedente), etude.barometre.edition
    reason = edition.rectifier(etude.consignes.rectificatif).rectificatif
    now = {"etat": edition.etat, "rectificatif": ""}
    released = manifest.get("edition", {"etat": "diffuse", "rectificatif": ""}) if manifest else now
    fictitious = manifest["demonstration"] if manifest else etude.barometre.registre.demonstration
    if fictitious or released["etat"] not in ETATS_DIFFUSES or reason not in ("", released["rectificatif"]):
        return
    # The index of a partial publication changes with each page that completes it.
    expected = {NOM, "index.html"} if manifest and manifest["regions_absentes"] else {NOM}
    before, after = _files(precedente), _files(travail)
    changed = [name for name, data in before.items() if after.get(name) != data and name not in expected]
    if changed:
        raise ErreurBarometre(
            f"{afficher(precedente)} : cette édition est diffusée, et "
            f"{accorder(len(changed), 'fichier changerait', 'fichiers changeraient')} ({', '.join(changed[:3])}"
            f"{'…' if len(changed) > 3 else ''}) ; rien n'a été publié. Dites pourquoi par "
            "--rectificatif MOTIF : ce motif, nouveau, figurera sur chaque page."
        )


def _files(folder: Path) -> dict[str, bytes]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
