"""The manifest: the one statement that a publication succeeded, and of what it was made."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeVar, cast

from pydantic import AfterValidator, Field

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.empreintes import Entrees, Fichiers, Nom, empreinte_valeurs, empreintes_fichiers
from barometre_lib.campagne.taches import Tache
from barometre_lib.chemins import afficher
from barometre_lib.contexte import dire_hors
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.parametres.edition import Edition, Etat
from barometre_lib.parametres.fichiers import FERME, Fichier, attendu
from barometre_lib.qualite.bilan import Bilan, Resultat
from barometre_lib.vocabulaire import Releve

if TYPE_CHECKING:
    from barometre_lib.campagne.etude import Etude

NOM = "manifeste.json"
ETATS_DIFFUSES = ("diffuse", "rectifie")
P = TypeVar("P", bound="ManifestePublic")


def _exister(jour: str) -> str:
    try:
        return jour and date.fromisoformat(jour).isoformat()
    except ValueError:
        raise ValueError("un jour AAAA-MM-JJ, ou rien") from None


CodeRegion = Annotated[str, attendu("un code de région", pattern="^[0-9]{2}$")]
Nombre = Annotated[int, attendu("un nombre entier de lignes", ge=0)]


@dataclass(frozen=True)
class EditionPubliee:
    """What the index of the publications says of an edition, and what a later one must know of it."""

    __pydantic_config__ = FERME
    mois: Annotated[str, attendu("« AAAA-MM »", pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")]
    jour: Annotated[str, attendu("un jour AAAA-MM-JJ, ou rien"), AfterValidator(_exister)]
    etat: Etat
    situation: Nom  # the state, as pages say it
    rectificatif: Nom  # empty when there is none

    @classmethod
    def de(cls, edition: Edition) -> Self:
        """Return what is said of an edition."""
        day = edition.jour.isoformat() if edition.jour else ""
        return cls(edition.mois, day, edition.etat, edition.situation, edition.rectificatif)


@dataclass(frozen=True)
class France:
    """The numbers that the index of the publications shows."""

    __pydantic_config__ = FERME
    periode: Annotated[str, attendu("une année ou un semestre", pattern="^[0-9]{4}(-S[12])?$")]
    solde_net: Annotated[int, attendu("un nombre entier")]
    hors: Annotated[Nom, attendu("« hors », puis des régions, ou rien", default="")]  # what it leaves out
    # Net of every period that is over and leaves no region out, as this relève counts it.
    soldes: Annotated[dict[Nom, int], attendu("des périodes, et le solde net de chacune", default={})]


@dataclass(frozen=True)
class Constats:
    """What a check found as numbers of rows alone: a manifest is shared, the register is not."""

    __pydantic_config__ = FERME
    suite: Nom
    gravite: Literal["bloquant", "avertissement", "information"]
    lignes: Nombre
    en_defaut: Nombre
    acquittees: Nombre

    @classmethod
    def de(cls, resultat: Resultat) -> Self:
        """Count what a check found."""
        check, found = resultat.controle, len(resultat.constats)
        return cls(resultat.suite.nom, check.gravite.value, resultat.lignes, found, found - len(resultat.en_attente))


@dataclass(frozen=True, kw_only=True)
class ManifestePublic:
    """The manifest of the public edition: nothing but what its pages say, and its files."""

    __pydantic_config__ = FERME
    releve: Annotated[str, attendu("le code d'une relève", pattern="^[0-9]{4}-S[12]$")]
    demonstration: Annotated[bool, attendu("true ou false")]
    edition: Annotated[EditionPubliee, Field(description="ce qui est dit de l'édition")]
    # Public editions made before their index told it have none.
    france: Annotated[France | None, Field(default=None, description="les soldes nets de la France")]
    sorties: Fichiers  # every other file of the publication

    @property
    def diffuse(self) -> bool:
        """Whether it is that of real data, released."""
        return not self.demonstration and self.edition.etat in ETATS_DIFFUSES

    @property
    def entier(self) -> bool:
        """Whether no page is missing."""
        return not getattr(self, "regions_absentes", ())

    @property
    def empreinte(self) -> str:
        """Checksum of all that was published."""
        return empreinte_valeurs(self.sorties)


@dataclass(frozen=True, kw_only=True)
class Manifeste(Entrees, ManifestePublic):
    """The manifest of the internal edition, which says its inputs too."""

    regions_absentes: Annotated[list[CodeRegion], attendu("les codes des régions sans page")]
    france: Annotated[France, Field(description="les soldes nets de la France")]
    controles: Annotated[dict[Nom, Constats], attendu("des contrôles, par leur nom")]
    pages: Fichiers  # for each page, by task, the checksum of all that it depends on


def ecrire_manifeste(
    dossier: Path, etude: "Etude", bilan: Bilan, taches: Sequence[Tache], absentes: Sequence[str]
) -> None:
    """Write `manifeste.json` in a publication otherwise complete; `absentes` are the regions without a page."""
    given, barometre = etude.entrees, etude.barometre
    manifest = ManifestePublic(
        releve=etude.releve,
        demonstration=barometre.registre.demonstration,
        edition=EditionPubliee.de(barometre.edition.rectifier(given.rectificatif)),
        france=dire_france(barometre),
        sorties=empreintes_fichiers([path for path in dossier.rglob("*") if path.is_file()], dossier),
    )
    if not etude.consignes.publique:
        manifest = Manifeste(
            **vars(manifest),
            **vars(given),
            regions_absentes=list(absentes),
            controles={result.controle.nom: Constats.de(result) for result in bilan.resultats},
            pages={tache.page.nom: etude.empreinte(tache) for tache in taches},
        )
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True)
    (dossier / NOM).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def dire_france(barometre: Barometre) -> France:
    """Return the net number of France over the period that pages are about, and over those before."""
    contexte = barometre.contexte()
    nets = {
        str(row[grain]): int(row["solde_net"])
        for grain in ("annee", "semestre")
        for row in barometre.comptes([grain]).to_dict("records")
    }
    if contexte.releve.semestre == 1:
        del nets[contexte.annee]  # half of it is to come
    whole = {code: net for code, net in nets.items() if not contexte.hors(code)}
    return France(
        contexte.periode,
        nets[contexte.periode],
        dire_hors(contexte.lacunes, contexte.periode, contexte.nomenclatures),
        whole,
    )


def lire_manifestes(sorties: Path, modele: type[P]) -> tuple[list[P], list[str]]:
    """Return the manifests of the publications that a folder holds, by relève, and what is wrong with the others."""
    read, faults = list[P](), list[str]()
    for path in sorted(sorties.glob("????-S?")):
        try:
            if path.is_dir():
                read.append(lire_manifeste(path, modele, path.name))
        except ErreurBarometre as error:
            faults.append(f"{error} Cette relève n'est pas au sommaire.")
    return read, faults


def lire_manifeste(dossier: Path, modele: type[P], releve: str | Releve) -> P:
    """Return the manifest of the publication of a relève.

    Raises
    ------
    ErreurBarometre
        It is missing, or is not what the model of its edition asks.
    """
    path = dossier / NOM
    try:
        # A pipe would be waited for; a link is no mark.
        stands = path.is_file() and not path.is_symlink()
        content = json.loads(path.read_text(encoding="utf-8")) if stands else None
    except OSError as error:
        raise ErreurBarometre(f"{afficher(path)} : {dire_erreur_systeme(error)}.") from None
    except (ValueError, RecursionError):
        raise ErreurBarometre(f"{afficher(path)} : ce n'est pas du JSON.") from None
    if not isinstance(content, dict):
        what = "attendu un manifeste" if os.path.lexists(path) else "introuvable"
        raise ErreurBarometre(f"{afficher(path)} : {what}.")
    file = Fichier(path, content)
    manifest, faults = file.examiner(modele)
    if manifest and manifest.releve != str(releve):
        faults = [(("releve",), f"attendu {releve}")]
    # One of them is enough: nobody mends a manifest.
    file.refuser(faults[:1])
    return cast(P, manifest)
