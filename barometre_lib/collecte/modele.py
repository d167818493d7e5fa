"""The collection workbook of a region, the movements of the previous relève already there; a relève about to begin."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import pandas as pd
from jinja2 import StrictUndefined, Template
from openpyxl import Workbook

from barometre_lib.chemins import afficher
from barometre_lib.collecte.a_revoir import ARevoir, ecrire_a_revoir
from barometre_lib.collecte.classeur import en_octets, nouveau_classeur, remplir
from barometre_lib.collecte.destination import Destination, verifier_destination
from barometre_lib.collecte.feuilles import (
    PAR_NOM,
    Liste,
    ecrire_listes,
    ecrire_notice,
    faire_listes,
    format_de,
    habiller,
    lire_notice,
    titre_de,
)
from barometre_lib.collecte.grille import A_REVOIR, DEPARTEMENT, Contenu, est_dans_le_tableur, montrer_jour
from barometre_lib.collecte.identite import inscrire, intituler_classeur
from barometre_lib.collecte.interpretation import Ligne, References
from barometre_lib.collecte.voisinage import Signalement, dater, signaler_reprise
from barometre_lib.ecriture import creer_dossier, remplacer
from barometre_lib.erreurs import ErreurBarometre, RegistreRefuse, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.edition import NON_ACTUALISEE, Couverture, chemin_edition, lire_edition
from barometre_lib.registre.corrections import FICHIER as CORRECTIONS
from barometre_lib.registre.lecture import lire_code_releve, lire_textes, releve_precedente, releves_anterieures
from barometre_lib.typographie import accorder, enumerer, jour, typographier
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

GABARIT = Path(__file__).parent / "gabarits" / "edition.yaml.j2"
PREMIER_JOUR_COUVERT = date(2022, 1, 1)
# The département, which narrows the list of communes, comes just before it.
ORDRE = tuple(
    name for column in NOMS_COLONNES for name in ((DEPARTEMENT, column) if column == "code_commune" else (column,))
)


# What is to review, by region, in the rows that a relève of a register starts from; see `signaler_reprise`.
Reprise = Callable[[Releve, Releve, Path], Mapping[str, Sequence[Signalement]]]


def faire_modele(
    sortie: Path,
    destination: Destination,
    *,
    forcer: bool = False,
    nomenclatures: Nomenclatures | None = None,
    reprise: Reprise | None = None,
) -> str:
    """Write the collection workbook of a region, a file in `.xlsx`, and return the sentence that says so.

    The relève need not exist yet. Another file of that name is replaced if `forcer` says so.

    Raises
    ------
    ErreurBarometre
        No such region or folder, another file is there, or the previous relève cannot be read.
    """
    references = References(nomenclatures or Nomenclatures.du_projet(), destination.region)
    verifier_destination(destination, references.nomenclatures)
    if sortie.suffix.lower() != ".xlsx":
        found = montrer(sortie.name, vide="un nom vide")
        raise ErreurBarometre(f"Classeur à écrire : trouvé {found} ; attendu un nom en .xlsx.")
    previous = destination.precedente
    lines = reprendre(previous, destination, references.nomenclatures) if previous else []
    review = _revoir(lines, destination, reprise or partial(signaler_reprise, nomenclatures=references.nomenclatures))
    filled = f"relève {previous}" if previous else "aucune, le classeur est vide"
    head = [f"{dire_periode(destination.releve)} Mouvements repris : {filled}."]
    lists = faire_listes(references, destination.releve)
    book = composer_classeur(review, head, destination.releve, references, lists)
    data = en_octets(book, destination.releve.dernier_jour)
    if sortie.exists():
        if sortie.is_file() and sortie.read_bytes() == data:
            return f"{afficher(sortie)} : classeur inchangé."
        if not forcer:
            what = "un autre fichier porte déjà ce nom, peut-être rempli"
            raise ErreurBarometre(f"{afficher(sortie)} : {what} ; donnez-en un autre, ou --forcer pour le remplacer.")
    remplacer(sortie, data)
    origin = f"repris de la relève {previous}" if previous else "aucune relève précédente dans le registre"
    unsaid = f" Attention : « {A_REVOIR} » n'a pu être établie ({review.empechement})." if review.empechement else ""
    return f"{afficher(sortie)} : {accorder(len(lines), 'mouvement', 'mouvements')}, {origin}.{unsaid}"


def ouvrir_releve(releve: str, classeurs: Path, registre: Path) -> Iterator[str]:
    """Write what the collection of a relève starts from, the edition's file and the workbooks, `<region>.xlsx` each.

    What is there is left as it is: a run that was interrupted is finished by the next one.

    A French sentence is yielded for each file, once it is written or seen to be there.

    Raises
    ------
    ErreurBarometre
        The relève is not written `AAAA-Sn`, a region's file of the previous one is not there or does not read, which is
        said before anything is written, or a file cannot be written.
    """
    code = lire_code_releve(releve)
    nomenclatures = Nomenclatures.du_projet()
    places = {classeurs / f"{region}.xlsx": Destination(code, region, registre) for region in nomenclatures.regions}
    verifier_destination(next(iter(places.values())), nomenclatures)
    previous = releve_precedente(code, registre)
    wanted = [place for workbook, place in places.items() if not workbook.exists()]
    if previous and wanted:
        _lire_precedente(previous, wanted, nomenclatures)
    edition = chemin_edition(code)
    creer_dossier(classeurs)
    if edition.exists():
        yield f"{afficher(edition)} : déjà là, laissé tel quel."
    else:
        remplacer(edition, _edition(code, registre, nomenclatures))
        yield f"{afficher(edition)} : à compléter (publication, collecte, couverture, exemples)."
    # Judged once for all the regions.
    reprise = cache(partial(signaler_reprise, nomenclatures=nomenclatures))
    for workbook, place in places.items():
        if workbook.exists():
            yield f"{afficher(workbook)} : déjà là, laissé tel quel."
        else:
            yield faire_modele(workbook, place, nomenclatures=nomenclatures, reprise=reprise)
    asked = lire_edition(code, nomenclatures=nomenclatures).collecte
    if unsaid := [what for what, said in (("échéance", asked.echeance), ("adresse", asked.adresse)) if not said]:
        yield (
            f"Les classeurs ne disent pas tout de leur envoi ({enumerer(unsaid)}) : complétez {afficher(edition)}, "
            f"« collecte ». Retirez ensuite ceux qui ne sont pas encore partis, et relancez."
        )


def reprendre(precedente: Releve, destination: Destination, nomenclatures: Nomenclatures) -> list[Ligne]:
    """Return the rows that the region has in the previous relève, its known errors corrected."""
    texts = _lire_precedente(precedente, [destination], nomenclatures)
    kept = texts.loc[texts["region_fichier"] == destination.region, list(NOMS_COLONNES)]
    return [
        Ligne(number, dict(zip(NOMS_COLONNES, cells, strict=True)))
        for number, cells in enumerate(kept.itertuples(index=False), start=2)
    ]


def _lire_precedente(
    precedente: Releve, destinations: Sequence[Destination], nomenclatures: Nomenclatures
) -> pd.DataFrame:
    """Return the texts of the previous relève, refused where those of some regions are not there or do not read."""
    paths = {one.dans(precedente): one.region for one in destinations}
    if missing := {path: region for path, region in paths.items() if not path.is_file()}:
        shown = enumerer(f"{nomenclatures.regions[region].nom} ({region})" for region in missing.values())
        path, region = next(iter(missing.items()))
        raise ErreurBarometre(
            f"Relève {precedente}, dont les mouvements sont repris : aucun fichier pour {shown} dans "
            f"{afficher(path.parent)} ; rien n'a été écrit. Déposez d'abord ce que chaque région a envoyé "
            f"(« barometre integrer »), reportez celles qui sont en retard (« barometre reporter {precedente} --region "
            f"{region} ») ou, si le fichier y était, restaurez-le."
        )
    texts, defects = lire_textes(precedente, destinations[0].registre, nomenclatures)
    # The files of other regions may still be missing.
    known = {afficher(path) for one in paths for path in (one, one.with_name(CORRECTIONS))}
    if refused := [one for one in defects if one.fichier in known]:
        raise RegistreRefuse(refused)
    return texts


def composer_classeur(
    revue: ARevoir, entete: Sequence[str], releve: Releve, references: References, listes: Mapping[str, Liste]
) -> Workbook:
    """Return the workbook of a region, rows in it: movements, what to review in them, notice, lists.

    `entete` is said at the head of the notice, below the title.
    """
    notice = lire_notice(references)
    book, sheet = nouveau_classeur()
    for rank, name in enumerate(ORDRE, start=1):
        remplir(sheet.cell(1, rank), titre_de(name), "@")
    for line in revue.lignes:
        for rank, name in enumerate(ORDRE, start=1):
            remplir(sheet.cell(line.numero, rank), _valeur(name, line.textes, references), format_de(name))
    habiller(sheet, ORDRE, 1, listes, notice)
    title = intituler_classeur(releve, references.region, references.nomenclatures)
    inscrire(book, typographier(title))
    ecrire_a_revoir(book, revue, references)
    ecrire_notice(book, [title, *entete, *_demander(releve, references.nomenclatures)], notice, ORDRE)
    ecrire_listes(book, listes)
    return book


def dire_periode(releve: Releve) -> str:
    """Say what a relève covers, in a French sentence."""
    return f"Période couverte : du {jour(PREMIER_JOUR_COUVERT)} au {jour(releve.dernier_jour)}."


def _demander(releve: Releve, nomenclatures: Nomenclatures) -> list[str]:
    """Say that the workbook is not public, then when and where it is wanted, as far as its edition says it."""
    said = ["Ce classeur contient des données non publiques : ne le diffusez pas."]
    if chemin_edition(releve).exists():
        asked = lire_edition(releve, nomenclatures=nomenclatures).collecte
        when = f" au plus tard le {jour(asked.echeance)}" if asked.echeance else ""
        where = f" à {asked.adresse}" if asked.adresse else ""
        said += [f"À renvoyer{when}{where}."] if when or where else []
    return said


def _revoir(lignes: Sequence[Ligne], destination: Destination, reprise: Reprise) -> ARevoir:
    """Return what to review in the rows of the previous relève: its warnings, and those of this one if none changes."""
    before = destination.precedente
    if before is None:
        return ARevoir(lignes, "Aucune relève précédente : le classeur est vide.")
    day = jour(destination.releve.dernier_jour)
    about = f"Ce que la relève {before} avait de signalé, et ce qui le serait au {day} si rien n'était mis à jour."
    places = {line.textes["id_mouvement"]: line.numero for line in lignes}
    try:
        found = reprise(before, destination.releve, destination.registre)[destination.region]
    except ErreurBarometre as error:
        return ARevoir(lignes, about, empechement=str(error).splitlines()[0])
    told = [replace(one, ligne=places[one.reference]) for one in found if one.reference in places]
    return ARevoir(lignes, about, tuple(told), dater(told, lignes, destination))


def _valeur(name: str, row: Mapping[str, str], references: References) -> Contenu:
    """Return what the workbook shows for a cell of the register; the text itself when it is not as expected."""
    if name == DEPARTEMENT:
        department = references.communes.departement(row["code_commune"])
        return references.communes.libelle_departement(department) if department else None
    text, column = row[name], PAR_NOM[name]
    if name in ("code_commune", "code_naf"):
        return (references.communes if name == "code_commune" else references.naf).libelle(text) or None
    with suppress(ValueError):
        if column.genre == "date":
            day = date.fromisoformat(text)
            return day if est_dans_le_tableur(day) else montrer_jour(day)
        if column.genre == "entier":
            return int(text)
        if column.genre == "nombre":
            return int(number) if (number := float(text)).is_integer() else number
    return references.libelles(column).get(text, text) or None


def _edition(releve: Releve, registre: Path, nomenclatures: Nomenclatures) -> bytes:
    previous = releve_precedente(releve, registre)
    known = (
        lire_edition(previous, nomenclatures=nomenclatures) if previous and chemin_edition(previous).exists() else None
    )
    coverage: dict[str, Couverture] = {}
    for one in releves_anterieures(releve, registre):
        told = lire_edition(one, nomenclatures=nomenclatures).couverture if chemin_edition(one).exists() else {}
        # That a region was late says nothing of the next relève.
        coverage |= {code: covered for code, covered in told.items() if covered != NON_ACTUALISEE}
    # The editions so far came out in October or November, and in March of the next year.
    month = f"{releve.annee}-10" if releve.semestre == 1 else f"{releve.annee + 1}-03"
    source = GABARIT.read_text(encoding="utf-8")
    # YAML made of codes and names of the reference tables: nothing is escaped.
    template = Template(source, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    text: str = template.render(
        releve=str(releve),
        precedente=str(previous) if known else "",
        adresse=known.collecte.adresse if known else "",
        mois=month,
        regions={code: region.nom for code, region in nomenclatures.regions.items()},
        couverture=coverage,
    )
    return text.encode("utf-8")
