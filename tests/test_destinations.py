"""Whose folder it is: what is not a campaign's own is refused before anything is executed, or left as it was."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import fabrique
import pytest

from barometre_lib.campagne import campagne, dossier
from barometre_lib.campagne.cache import DOSSIER
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.dossier import NOUVELLE
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.historique import ANCIENNES, gardees
from barometre_lib.campagne.manifeste import NOM, Manifeste, lire_manifestes
from barometre_lib.campagne.marques import MARQUE, TEXTE, est_marque, marquer, refuser_destination
from barometre_lib.commandes.publier import lire_consignes
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.pages import MARQUE as MARQUE_PAGE

pytestmark = pytest.mark.usefixtures("jugements_gardes")

CIBLE, TRAVAIL = "outputs/2024-S2", "outputs/.travail-2024-S2"


def releve(folder: Path) -> dict[str, Any]:
    """Return all that a folder holds: bytes of files, targets of links, kinds of the rest."""
    return {
        path.relative_to(folder).as_posix(): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else "dossier"
        if path.is_dir()
        else "tube"
        for path in folder.rglob("*")
    }


def ecrire(path: Path, content: str | bytes = "à moi") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lier(path: Path, target: Path | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def tuber(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)


def publication(root: Path, **changes: Any) -> Path:
    return fabrique.deposer_publication(root / CIBLE, **changes)


def marque(folder: Path) -> Path:
    marquer(folder)
    return folder


# Where `--sorties` leads from the root of a project: the project's own folders, the register, what holds them.
LIEUX = [
    *(
        "data/releves",
        "data/releves/2024-S2",
        "data",
        "data/neuf",
        ".",
        "..",
        "/",
        "params",
        "params/releves",
        "notebooks",
    ),
    *("docs", "tests/x", ".git", ".git/x/y", "barometre_lib", "outputs/../data/releves", "registre", "registre/x"),
]
# Then what stands where publications are to be; each makes it in the root of a project.
OBSTACLES: dict[str, Callable[[Path], object]] = {
    "sorties : un lien vers le registre": lambda r: lier(r / "outputs", r / "data" / "releves"),
    "sorties : un lien vers la racine": lambda r: lier(r / "outputs", r),
    "sorties : un fichier": lambda r: ecrire(r / "outputs"),
    "sorties : un tube": lambda r: tuber(r / "outputs"),
    "sorties : un lien rompu": lambda r: lier(r / "outputs", "nulle-part"),
    "sorties : un lien en boucle": lambda r: lier(r / "outputs", "outputs"),
    "cible : des classeurs": lambda r: [ecrire(r / CIBLE / f"{one}.xlsx", b"PK") for one in ("84", "11")],
    "cible : un registre": lambda r: shutil.copytree(r / "data" / "releves" / "2024-S2", r / CIBLE),
    "cible : un fichier": lambda r: ecrire(r / CIBLE),
    "cible : un tube": lambda r: tuber(r / CIBLE),
    "cible : un lien": lambda r: lier(r / CIBLE, ecrire(r / "ailleurs" / "x").parent),
    "cible : un lien vers une publication": lambda r: lier(
        r / CIBLE, fabrique.deposer_publication(r / "ailleurs" / "2024-S2")
    ),
    "cible : un lien rompu": lambda r: lier(r / CIBLE, "nulle-part"),
    "cible : un dossier vide": lambda r: (r / CIBLE).mkdir(parents=True),
    "cible : le manifeste d'une application": lambda r: ecrire(r / CIBLE / NOM, '{"name": "app", "icons": []}'),
    "cible : une autre releve": lambda r: publication(r, releve="2024-S1"),
    "cible : l'autre edition": lambda r: publication(r, publique=True),
    "cible : un manifeste coupe": lambda r: ecrire(publication(r) / NOM, (r / CIBLE / NOM).read_bytes()[:-9]),
    "cible : un manifeste en dossier": lambda r: (r / CIBLE / NOM).mkdir(parents=True),
    "cible : un manifeste en lien": lambda r: [
        ecrire(r / CIBLE / "index.html"),
        lier(r / CIBLE / NOM, fabrique.deposer_publication(r / "ailleurs" / "2024-S2") / NOM),
    ],
    "cible : un manifeste en tube": lambda r: tuber(r / CIBLE / NOM),
    "cible : le fichier de quelqu'un": lambda r: ecrire(publication(r) / "notes.odt"),
    "cible : le dossier vide de quelqu'un": lambda r: (publication(r) / "à garder").mkdir(),
    "cible : un lien de quelqu'un": lambda r: lier(publication(r) / "x", "/etc"),
    "cible : un tube de quelqu'un": lambda r: tuber(publication(r) / "x"),
    "cible : un registre au manifeste copie": lambda r: shutil.copytree(
        r / "data" / "releves" / "2024-S2", publication(r), dirs_exist_ok=True
    ),
    "travail : un dossier": lambda r: ecrire(r / TRAVAIL / "x"),
    "travail : un fichier": lambda r: ecrire(r / TRAVAIL),
    "travail : un lien": lambda r: lier(r / TRAVAIL, marque(r / "ailleurs")),
    "travail : une autre marque": lambda r: [ecrire(r / TRAVAIL / MARQUE, b"autre"), ecrire(r / TRAVAIL / "x")],
    "travail : une marque en lien": lambda r: [
        ecrire(r / TRAVAIL / "x"),
        lier(r / TRAVAIL / MARQUE, marque(r / "ailleurs") / MARQUE),
    ],
    "resultats : un dossier": lambda r: ecrire(r / "outputs" / DOSSIER / "x"),
    "resultats : un fichier": lambda r: ecrire(r / "outputs" / DOSSIER),
    "resultats : un lien": lambda r: lier(r / "outputs" / DOSSIER, marque(r / "ailleurs")),
    "resultats : un lien dedans": lambda r: lier(
        marque(r / "outputs" / DOSSIER) / "2024-S2", ecrire(r / "moi" / "x").parent
    ),
    "verrou : un fichier": lambda r: ecrire(r / "outputs" / ".verrou"),
    "verrou : un lien": lambda r: lier(r / "outputs" / ".verrou", ecrire(r / "moi")),
    "verrou : un dossier": lambda r: (r / "outputs" / ".verrou").mkdir(parents=True),
    "sommaire : une page": lambda r: ecrire(r / "outputs" / "index.html"),
    "sommaire : un lien": lambda r: lier(r / "outputs" / "index.html", ecrire(r / "x.html", str(MARQUE_PAGE))),
    "sommaire : un lien rompu": lambda r: lier(r / "outputs" / "index.html", "nulle-part"),
    "sommaire : un dossier": lambda r: (r / "outputs" / "index.html").mkdir(parents=True),
}
OBSTACLES_PUBLICS: dict[str, Callable[[Path], object]] = {
    "un lien vers le registre": lambda r: lier(r / "outputs" / "publique", r / "data" / "releves"),
    "un fichier": lambda r: ecrire(r / "outputs" / "publique"),
    "l'edition interne": lambda r: fabrique.deposer_publication(r / "outputs" / "publique" / "2024-S2"),
    "sans manifeste": lambda r: ecrire(r / "outputs" / "publique" / "2024-S2" / "index.html"),
}


@pytest.fixture
def refuse(petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Publish, expect a refusal that executes nothing and touches nothing, and return what it says."""
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    monkeypatch.setattr(campagne, "ouvrir_atelier", lambda *_: pytest.fail("des carnets seraient exécutés"))

    def refuse(sorties: Path, **options: Any) -> str:
        before = releve(petite_racine.parent)
        with pytest.raises(ErreurBarometre) as caught:
            list(campagne.publier(["2024-S2"], Consignes(sorties, **options)))
        assert releve(petite_racine.parent) == before
        return str(caught.value)

    return refuse


@pytest.mark.parametrize("lieu", LIEUX)
def test_un_dossier_du_projet_ou_du_registre_est_refuse(
    refuse: Callable[..., str], petite_racine: Path, lieu: str
) -> None:
    options = {}
    if lieu.startswith("registre"):
        options = {"registre": fabrique.ecrire_releve(petite_racine / "registre", [])}
    assert "au projet ou au registre" in refuse(petite_racine / lieu, **options)


@pytest.mark.parametrize("lieu", ["2024-S2", "2024-S2/regions", "2024-S2/neuf", ".resultats/x", ".travail-2024-S2"])
def test_un_dossier_dans_une_publication_est_refuse(refuse: Callable[..., str], petite_racine: Path, lieu: str) -> None:
    publication(petite_racine)
    for folder in (".resultats", ".travail-2024-S2"):
        marque(petite_racine / "outputs" / folder)
    assert "dans une publication ou un dossier de campagne" in refuse(petite_racine / "outputs" / lieu)


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_ce_qui_n_est_pas_a_la_campagne_est_refuse(
    refuse: Callable[..., str], petite_racine: Path, obstacle: str
) -> None:
    OBSTACLES[obstacle](petite_racine)
    said = refuse(petite_racine / "outputs")
    assert "outputs" in said and "--sorties" in said and len(said.splitlines()) == 1


@pytest.mark.parametrize("obstacle", OBSTACLES_PUBLICS)
def test_dans_l_edition_publique_aussi(refuse: Callable[..., str], petite_racine: Path, obstacle: str) -> None:
    OBSTACLES_PUBLICS[obstacle](petite_racine)
    assert "publique" in refuse(petite_racine / "outputs", diffusion="publique")


def test_executer_refuse_aussi(petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    for sorties in (petite_racine / "data", ecrire(petite_racine / "s" / DOSSIER / "x").parents[1]):
        before = releve(petite_racine)
        with fabrique.refus("--sorties"):
            list(campagne.executer_seules(["2024-S2/national"], Consignes(sorties)))
        assert releve(petite_racine) == before


def test_un_dossier_en_lecture_seule_est_refuse(temporaire: Path) -> None:
    """As an unprivileged user: nothing is read-only for root."""
    temporaire.chmod(0o755)
    (temporaire / "outputs").mkdir(mode=0o555)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            refuser_destination(temporaire / "outputs", fabrique.RACINE / "data" / "releves")
        except ErreurBarometre as error:
            code = 42 if "outputs : accès refusé" in str(error).replace("\u00a0", " ") else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42


# --- what is left whole ---------------------------------------------------------------------------


@pytest.fixture
def publier(petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Publish the small relève for real, its notebooks apart, and return all that is said."""
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))

    def show(_: Any, tasks: list[Any], *__: Any) -> list[Rendu]:
        return [Rendu(task, contenu="<h1>Essai</h1>") for task in tasks]

    workshop = MagicMock()
    workshop.controler.return_value = fabrique.promesse(lambda: {"2024-S2": fabrique.bilan()})
    monkeypatch.setattr(campagne, "ouvrir_atelier", lambda *_, **__: nullcontext(workshop))
    monkeypatch.setattr(campagne, "executer_taches", show)

    def publish(sorties: Path, **options: Any) -> str:
        said = "\n".join(one.dit for one in campagne.publier(["2024-S2"], Consignes(sorties, **options)))
        return said.replace("\u00a0", " ").replace("\u202f", " ")

    return publish


def test_ce_qui_ne_gene_pas_reste_tel_quel(publier: Callable[..., str], petite_racine: Path) -> None:
    """In a folder that `outputs` leads to: others' files, folders named as a campaign names its own, bad neighbours."""
    there = petite_racine / "disque"
    for name in ("notes.txt", ".travail-2023-S2/x", ".ancien-2024-S2/x", ".index.moi.html", "2023-S2/mes notes.txt"):
        ecrire(there / name)
    ecrire(there / "2022-S2" / NOM, "[")
    lier(there / "2025-S1", "nulle-part")
    lier(petite_racine / "outputs", there)
    before = releve(there)
    said = publier(petite_racine / "outputs")
    after = releve(there)
    assert {name: after.get(name) for name in before} == before
    assert (petite_racine / "outputs").is_symlink()
    new = {name.split("/")[0] for name in set(after) - set(before)}
    assert new == {"2024-S2", "index.html"}
    for neighbour in ("2022-S2/manifeste.json : ce n'est pas du JSON", "2023-S2/manifeste.json : introuvable"):
        assert neighbour in said
    assert "2022-S2" not in (there / "index.html").read_text(encoding="utf-8")
    publier(petite_racine / "outputs", forcer=True)
    assert releve(there) == after


def test_ce_qui_suit_l_echange_n_est_jamais_un_echec(
    publier: Callable[..., str], petite_racine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index cannot be written, nor the previous publication put away: both are told, and mended by the next run."""
    sorties = petite_racine / "outputs"
    fabrique.deposer_publication(sorties / "2024-S2")

    def fail(*_: Any) -> None:
        raise OSError(28, "plein", "index.html")

    with monkeypatch.context() as broken:
        broken.setattr(campagne, "remplacer", fail)
        broken.setattr(dossier, "ranger", fail)
        said = publier(sorties)
    assert "publiée" in said
    assert "n'est pas rangé (index.html : disque plein)" in said
    assert ".travail-2024-S2 n'a pu être supprimé" in said
    assert (sorties / "2024-S2" / "national.html").exists() and est_marque(sorties / ".travail-2024-S2")
    assert "rien n'a changé" in publier(sorties)
    assert {path.name for path in sorties.iterdir()} == {"2024-S2", "index.html", ANCIENNES}
    assert len(gardees(sorties, "2024-S2")) == 1


def test_chaque_fichier_est_sur_le_disque_avant_l_echange(
    publier: Callable[..., str], petite_racine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: set[tuple[int, int]] = set()
    at_exchange: list[set[tuple[int, int]]] = []
    sync, exchange = os.fsync, dossier.echanger

    def note(number: int) -> None:
        flushed.add((os.fstat(number).st_dev, os.fstat(number).st_ino))
        sync(number)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(dossier, "echanger", lambda *both: (at_exchange.append(set(flushed)), exchange(*both))[1])
    place = fabrique.deposer_publication(petite_racine / "outputs" / "2024-S2")
    publier(petite_racine / "outputs")
    found = [one.stat() for one in (place, *place.rglob("*"))]
    assert len(found) > 40
    assert {(one.st_dev, one.st_ino) for one in found} <= at_exchange[0]


def test_par_defaut_les_publications_sont_dans_le_projet(
    petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    monkeypatch.chdir(tmp_path)
    assert lire_consignes(sorties=None, registre=None).sorties == petite_racine / "outputs"


# --- the mark -------------------------------------------------------------------------------------


def test_une_campagne_tuee_a_tout_moment_laisse_un_dossier_reconnu(tmp_path: Path) -> None:
    """Folder made, mark begun, mark alone: the next one goes on; with anything more, it is somebody's."""
    work = tmp_path / ".travail-2024-S2"
    assert not est_marque(work)
    work.mkdir()
    assert est_marque(work)
    (work / MARQUE).touch()
    assert est_marque(work)
    (work / "x").touch()
    assert not est_marque(work)
    marquer(work)
    assert est_marque(work) and (work / MARQUE).read_bytes() == TEXTE
    with dossier.chantier(tmp_path, "2024-S2") as new:
        assert new.name == NOUVELLE and list(new.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


# --- altered manifests ----------------------------------------------------------------------------


def changer(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest | changes


def sans(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: {name: one for name, one in manifest.items() if name != key}


def dans(key: str, **changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest | {key: manifest[key] | changes}


CLES = [field.name for field in fields(Manifeste)]
# Manifests written before texts were read say none.
EXIGEES = [name for name in CLES if name != "textes"]
ALTERATIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    **{f"sans {key}": sans(key) for key in EXIGEES},
    **{f"{key} nul": changer(**{key: None}) for key in EXIGEES},
    **{f"{key} en nombre": changer(**{key: 7}) for key in CLES},
    "une cle inconnue": changer(date="2026"),
    "une region inconnue": changer(regions_absentes=["999"]),
    "une liste": lambda manifest: [manifest],
    "un texte": lambda manifest: "manifeste",
    "une empreinte courte": dans("sorties", **{"index.html": "abc"}),
    "une empreinte en majuscules": dans("sorties", **{"index.html": "A" * 64}),
    "un nom qui sonne": dans("sorties", **{"\x1b[31m": "0" * 64}),
    "un nom retourne": dans("pages", **{"\u202ex": "0" * 64}),
    "un mois impossible": dans("edition", mois="2025-13"),
    "un jour impossible": dans("edition", jour="2025-02-30"),
    "un etat inconnu": dans("edition", etat="secret"),
    "un etat en moins": lambda manifest: manifest | {"edition": {"mois": "2025-03"}},
    "un solde en texte": dans("france", solde_net="89"),
    "un solde a virgule": dans("france", solde_net=89.5),
    "un solde infini": dans("france", solde_net=float("inf")),
    "un solde vrai": dans("france", solde_net=True),
    "une periode": dans("france", periode="2024; DROP"),
    "une demonstration en texte": changer(demonstration="non"),
    "un nombre negatif": lambda m: m | {"controles": {"x": m["controles"]["x"] | {"lignes": -1}}},
    "une gravite inconnue": lambda m: m | {"controles": {"x": m["controles"]["x"] | {"gravite": "x"}}},
}
OCTETS = {
    "vide": b"",
    "octets": b"\xff\xfe{}",
    "coupe": b'{"releve": "2024-S2"',
    "nul": b"null",
    "profond": b"[" * 100_000,
    "grand": b'{"a": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("alteration", [*ALTERATIONS, *OCTETS])
def test_un_manifeste_altere_n_est_cru_en_rien(
    refuse: Callable[..., str], petite_racine: Path, alteration: str
) -> None:
    """Its own, and a neighbour's: said in French, left out of the index, and its files as they were."""
    folder = publication(petite_racine)
    content = json.loads((folder / NOM).read_text(encoding="utf-8"))
    made = OCTETS.get(alteration)
    altered = made if made is not None else json.dumps(ALTERATIONS[alteration](content)).encode()
    (folder / NOM).write_bytes(altered)
    said = refuse(petite_racine / "outputs")
    assert "n'est pas une publication du baromètre" in said.replace("\u00a0", " ")
    assert "\x1b" not in said and "\u202e" not in said and len(said.splitlines()) == 1
    read, faults = lire_manifestes(petite_racine / "outputs", Manifeste)
    assert read == [] and len(faults) == 1


def test_un_bon_manifeste_serait_cru(petite_racine: Path) -> None:
    publication(petite_racine)
    read, faults = lire_manifestes(petite_racine / "outputs", Manifeste)
    assert [one.releve for one in read] == ["2024-S2"] and faults == []
    refuser_destination(petite_racine / "outputs", petite_racine / "data" / "releves")
