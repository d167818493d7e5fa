"""What was released is not replaced in silence: other bytes need a reason, which every page then says.

What was released, and who read it again, stands in `params/releves/<releve>.diffusions.yaml`, which `publier` and
`retablir` alone write: a publication lost, moved or made elsewhere disarms nothing. Pages do not depend on it.
"""

from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml

from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import Empreinte, Nom, empreinte_valeurs
from barometre_lib.campagne.manifeste import ManifestePublic, lire_manifeste
from barometre_lib.chemins import afficher, originale, racine
from barometre_lib.ecriture import ATTENTE, remplacer, verrouiller
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.carnets import Diffusion
from barometre_lib.parametres.edition import Etat
from barometre_lib.parametres.fichiers import FERME, Texte, attendu, ouvrir_yaml
from barometre_lib.typographie import accorder

ENTETE = """# yaml-language-server: $schema=../schemas/diffusions.json
# Ce qui a été diffusé, et qui l'a relu. Écrit par « publier » et « retablir », une entrée à la fois : ne pas modifier.
"""


@dataclass(frozen=True)
class Entree:
    """One release of real data."""

    __pydantic_config__ = FERME
    le: Annotated[str, attendu("« AAAA-MM-JJ », entre guillemets", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    edition: Diffusion
    etat: Etat
    motif: Nom  # why it replaced another one, empty when it did not
    relu_par: Texte  # service or function
    fichiers: Empreinte  # of all that was released
    empreinte: Empreinte  # of this entry and of those before it: none is taken off or changed unseen


@dataclass(frozen=True)
class Journal:
    """What was released of a relève, from the first to the last."""

    __pydantic_config__ = FERME
    diffusions: Annotated[list[Entree], attendu("une liste de diffusions")]


def chemin_journal(releve: str) -> Path:
    """Return where the releases of a relève are told, whether there were any or not."""
    return originale(racine()) / "params" / "releves" / f"{releve}.diffusions.yaml"


def lire_journal(releve: str, consignes: Consignes) -> list[Entree]:
    """Return what was released of a relève.

    Raises
    ------
    ErreurBarometre
        It is malformed, was altered or shortened, or does not know the released publication that is in place.
    """
    path, there = chemin_journal(releve), consignes.en_place(releve)
    entries = ouvrir_yaml(path).lire(Journal).diffusions if path.exists() else []
    sealed = [_seal(asdict(one), entries[:rank]) for rank, one in enumerate(entries)]
    known = {(one.edition, one.fichiers) for one in entries}
    what = "" if sealed == [one.empreinte for one in entries] else "une entrée en a été retirée ou modifiée"
    told = any(one.edition == consignes.diffusion for one in entries)
    if consignes.publique and consignes.rectificatif and told and not there and not consignes.essai:
        raise ErreurBarometre(
            f"{afficher(consignes.dossier / releve)} : cette édition publique est diffusée et n'est plus là ; ses "
            "sommes ne doivent pas être redites autrement. Remettez-la en place (ou donnez son dossier par --sorties), "
            "puis relancez."
        )
    if there and there.diffuse and there.entier and (consignes.diffusion, there.empreinte) not in known:
        what = f"la publication {afficher(consignes.dossier / releve)} est diffusée et n'y est pas"
    if what:
        raise ErreurBarometre(
            f"{afficher(path)} : {what} ; rien n'a été publié, restaurez ce fichier (git le garde). D'une édition "
            "qu'une version antérieure à 0.5 a diffusée, il n'y en a pas : mettez-la de côté, puis relancez."
        )
    return entries


def diffuser(travail: Path, releve: str, consignes: Consignes) -> None:
    """Let `travail` take its place; what was released of real data needs a reason to change, and is noted with it.

    Raises
    ------
    ErreurBarometre
        Files that were released would change or go, and no reason is given, or one that was already; or nobody is said
        to have read again what is to be released.
    """
    path, new = chemin_journal(releve), lire_manifeste(travail, consignes.modele, releve)
    # Nothing is noted of what is not released.
    lock = verrouiller(path.with_name(f".{path.stem}.verrou"), ATTENTE) if new.diffuse else nullcontext(True)
    with lock as alone:
        if not alone:
            raise ErreurBarometre(f"{afficher(path)} : une autre campagne y écrit ; rien n'a été publié, relancez.")
        _release(new, releve, consignes)


def _release(new: ManifestePublic, releve: str, asked: Consignes) -> None:
    # A publication that is put back as it was does not say why.
    reason = asked.rectificatif or new.edition.rectificatif
    there = asked.en_place(releve)
    entries = lire_journal(releve, asked)
    last = next((one for one in reversed(entries) if one.edition == asked.diffusion), None)
    if last and last.fichiers == new.empreinte:
        # Noted already, by a campaign that was stopped just then.
        return
    releases = new.diffuse and new.entier and not asked.essai
    if reason in ("", last and last.motif, there and there.edition.rectificatif):
        if there and there.diffuse:
            # The index of a partial publication changes with each page that completes it.
            expected = "" if there.entier else "index.html"
            gone = [name for name, one in there.sorties.items() if name != expected and new.sorties.get(name) != one]
            if gone:
                count = accorder(len(gone), "fichier changerait", "fichiers changeraient")
                more = "…" if len(gone) > 3 else ""
                raise _refusal(asked.dossier / releve, f"{count} ({', '.join(gone[:3])}{more})")
        if last and releases:
            raise _refusal(chemin_journal(releve), f"ses fichiers ne seraient plus ceux du {last.le}")
    if not releases:
        return
    if not asked.relu_par:
        raise ErreurBarometre(
            f"Relève {releve} : cette édition est diffusée et ses données sont réelles ; rien n'a été publié. "
            "Dites par --relu-par QUI quel service l'a relue (aucun nom de personne)."
        )
    day, edition = date.today().isoformat(), new.edition
    entry = Entree(day, asked.diffusion, edition.etat, reason, asked.relu_par, new.empreinte, "")
    entry = replace(entry, empreinte=_seal(asdict(entry), entries))
    content = {"diffusions": [asdict(one) for one in (*entries, entry)]}
    text = ENTETE + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)
    remplacer(chemin_journal(releve), text.encode())


def _refusal(path: Path, what: str) -> ErreurBarometre:
    return ErreurBarometre(
        f"{afficher(path)} : cette édition est diffusée, et {what} ; rien n'a été publié. Dites pourquoi par "
        "--rectificatif MOTIF : ce motif, nouveau, figurera sur chaque page que « publier » refait."
    )


def _seal(entree: dict[str, Any], avant: list[Entree]) -> str:
    """Return the checksum of an entry and of those before it."""
    own = {name: value for name, value in entree.items() if name != "empreinte"}
    return empreinte_valeurs([own, *(one.empreinte for one in avant)])
