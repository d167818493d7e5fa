"""A former publication listed, put back, or deleted for good; what is put back passes again what public pages pass."""

import html
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.campagne import installer
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.dossier import chantier, refuser_etrangers
from barometre_lib.campagne.empreintes import LONGUEUR_COURTE, inventorier
from barometre_lib.campagne.historique import dossier_garde, gardees, retirer
from barometre_lib.campagne.manifeste import NOM, ManifestePublic
from barometre_lib.campagne.marques import DEPOTS, reconnaitre
from barometre_lib.campagne.rectification import lire_journal
from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.publication.sommes_publiques import TABLES, refuser_fuites

COLONNES = ("publiee_le", "remplacee_le", "empreinte", "etat", "periode", "solde_net", "pages")
# What names a site; a shorter name is a word like another.
NOMS, LONGUEUR_NOM = ("nom_site", "entreprise", "siret"), 5


class Gardee(NamedTuple):
    """A publication that another one replaced."""

    chemin: Path
    manifeste: ManifestePublic

    @property
    def courte(self) -> str:
        """Its fingerprint, as it is told and asked for."""
        return self.chemin.name[:LONGUEUR_COURTE]


def lire_gardees(releve: str, consignes: Consignes) -> tuple[list[Gardee], list[str]]:
    """Return the former publications of a relève, the last replaced first, and what is wrong with the others."""
    found, faults = list[Gardee](), list[str]()
    for path in gardees(consignes.dossier, releve):
        try:
            if manifest := reconnaitre(path, consignes.modele, releve):
                found.append(Gardee(path, manifest))
        except ErreurBarometre as error:
            faults.append(str(error))
    return found, faults


def lister_gardees(gardees: list[Gardee]) -> pd.DataFrame:
    """Return the former publications as a table; its manifest has the date of one, its folder that of the next."""
    rows = [
        (
            *(
                f"{datetime.fromtimestamp(of.stat().st_mtime):%Y-%m-%d %H:%M:%S}"
                for of in (one.chemin / NOM, one.chemin)
            ),
            one.courte,
            one.manifeste.edition.etat,
            *((france.periode, france.solde_net) if (france := one.manifeste.france) else ("", None)),
            sum(name.endswith(".html") for name in one.manifeste.sorties),
        )
        for one in gardees
    ]
    return pd.DataFrame(rows, columns=list(COLONNES)).astype({"solde_net": "Int64"})


def retablir(releve: str, empreinte: str, consignes: Consignes) -> Iterator[str]:
    """Put a former publication back; what it replaces is kept in its turn. Yields French lines.

    Raises
    ------
    ErreurBarometre
        It is not there, was changed, would tell what the public may not read, or replaces a released one without a
        reason: nothing changes.
    """
    refuser_etrangers(consignes, [releve])
    with chantier(consignes.dossier, releve) as work:
        one = _choose(releve, empreinte, consignes)
        shutil.copytree(one.chemin, work, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*DEPOTS))
        if inventorier(work) | {NOM: ""} != one.manifeste.sorties | {NOM: ""}:
            raise ErreurBarometre(
                f"{afficher(one.chemin)} : ses fichiers ne sont plus ceux que dit son manifeste ; rien n'a été changé. "
                f"Supprimez-la ({_suppression(one, releve, consignes)}), puis refaites la publication."
            )
        if consignes.publique:
            _guard(work, one, releve, consignes)
        target, left = installer(work, releve, consignes)
    yield from left
    yield (
        f"Relève {releve} : la publication {one.courte} est rétablie ; celle qu'elle remplace est gardée. « publier » "
        f"la refera d'après les données d'aujourd'hui. À ouvrir : {afficher(target / 'index.html')}"
    )


def supprimer(releve: str, empreinte: str, consignes: Consignes) -> str:
    """Delete a former publication for good, and say so.

    Raises
    ------
    ErreurBarometre
        It is not there, somebody put a file in it, or another campaign is at work.
    """
    refuser_etrangers(consignes, [releve])
    with chantier(consignes.dossier, releve) as work:
        one = _choose(releve, empreinte, consignes)
        retirer(one.chemin, work.parent)
    if (work.parent / f"retiree-{one.chemin.name}").exists():
        raise ErreurBarometre(f"{afficher(work.parent)} : suppression inachevée ; relancez, ou supprimez ce dossier.")
    return f"Relève {releve} : la publication {one.courte} est supprimée pour de bon."


def _choose(releve: str, empreinte: str, consignes: Consignes) -> Gardee:
    """Return the one former publication whose fingerprint starts so."""
    found, faults = lire_gardees(releve, consignes)
    chosen = [one for one in found if one.chemin.name.startswith(empreinte)]
    if len(chosen) == 1 and empreinte:
        return chosen[0]
    if faults and not chosen:
        # It may be the one that was asked for.
        raise ErreurBarometre("\n".join(faults))
    there = ", ".join(one.courte for one in found) or "aucune"
    folder = afficher(dossier_garde(consignes.dossier, releve))
    named = "en désigne plusieurs" if chosen else "n'en désigne aucune"
    what = (
        f"{folder} : {montrer(empreinte)} {named} ; attendu le début de l'empreinte d'une publication gardée ({there})."
    )
    raise ErreurBarometre("\n".join([*faults, what]))


def _suppression(one: Gardee, releve: str, consignes: Consignes) -> str:
    """Return the command that deletes a former publication where it is."""
    public = " --diffusion publique" if consignes.publique else ""
    elsewhere = (
        f" --sorties {shlex.quote(afficher(consignes.sorties))}" if consignes.sorties != racine() / "outputs" else ""
    )
    return f"barometre retablir {releve} {one.courte} --supprimer{public}{elsewhere}"


def _guard(work: Path, one: Gardee, releve: str, consignes: Consignes) -> None:
    """Refuse a public edition that would tell today what it may not."""
    there = consignes.en_place(releve)
    known = {entry.fichiers for entry in lire_journal(releve, consignes)}
    names = [f"tableaux/{name}.csv" for name in TABLES]
    if there and there.diffuse and one.manifeste.empreinte not in known:
        changed = [name for name in names if there.sorties.get(name) != one.manifeste.sorties.get(name)]
        if changed:
            raise ErreurBarometre(
                f"Publication {one.courte} : {changed[0]} n'est pas celui de l'édition diffusée, dont les sommes ne "
                "doivent pas être redites autrement ; rien n'a été changé."
            )
    barometre = Barometre.charger(releve, registre=consignes.registre)
    refuser_fuites(work, consignes.dossier, barometre)
    if told := next(_named(work, barometre), None):
        name, site = told
        raise ErreurBarometre(
            f"Publication {one.courte} : {name} nomme le site du mouvement {site}, qui n'est pas citable aujourd'hui ; "
            f"rien n'a été changé. Supprimez-la : {_suppression(one, releve, consignes)}"
        )


def _named(work: Path, barometre: Barometre) -> Iterator[tuple[str, str]]:
    """Yield the file and the movement of each name of a site that may not be cited, where no other has that name."""
    rows = barometre.decisions
    told = {text for name in NOMS for text in rows.loc[rows["citable"], name]}
    hidden = {
        text: movement
        for name in NOMS
        for text, movement in rows.loc[~rows["citable"], [name, "id_mouvement"]].itertuples(index=False)
        if len(text) >= LONGUEUR_NOM and text not in told
    }
    for path in sorted(one for one in work.rglob("*") if one.suffix in (".html", ".csv", ".json")):
        shown = html.unescape(path.read_text(encoding="utf-8"))
        for text, movement in hidden.items():
            if text in shown and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", shown):
                yield path.relative_to(work).as_posix(), movement
