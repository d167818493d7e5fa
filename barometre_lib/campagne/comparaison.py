"""What a publication would change, told before it is made: the pages in place beside those that would replace them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from barometre_lib.campagne.assemblage import assembler
from barometre_lib.campagne.campagne import executer_taches, sur_une_copie
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.dossier import chantier, refuser_etrangers
from barometre_lib.campagne.etude import etudier
from barometre_lib.campagne.manifeste import Manifeste
from barometre_lib.campagne.marques import est_sommaire, refuser_etranger
from barometre_lib.campagne.verification import regions_faites
from barometre_lib.chemins import afficher
from barometre_lib.ecriture import mettre_en_place
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.ecarts import Ecarts, Taille, comparer_pages, ecrire_ecarts
from barometre_lib.registre.lecture import trouver_releve
from barometre_lib.typographie import accorder


def comparer(releve: str, consignes: Consignes) -> Iterator[str]:
    """Make the pages of a relève beside those in place, and write the sheet of what differs; nothing is published.

    The results of notebooks are kept: `publier` finds them made.

    Yields
    ------
    str
        A French line per page that changes, the largest changes first, then where the sheet is.

    Raises
    ------
    ErreurBarometre
        Nothing is in place, the gate refuses, a notebook failed, or another campaign is at work.
    """
    code = str(trouver_releve(releve, consignes.registre))
    there, suffix = consignes.dossier / code, "-publique" if consignes.publique else ""
    sheet = consignes.sorties / f"comparaison-{code}{suffix}.html"
    refuser_etrangers(consignes, [code])
    refuser_etranger(sheet, est_sommaire, "une comparaison du baromètre")
    manifest = consignes.en_place(code)
    if manifest is None:
        raise ErreurBarometre(
            f"{afficher(there)} : aucune publication avec laquelle comparer ; publiez la relève, ou donnez le dossier "
            "des publications par --sorties."
        )
    if isinstance(manifest, Manifeste):
        consignes = replace(consignes, regions=regions_faites(manifest.regions_absentes))
    with sur_une_copie([code], consignes) as (copied, inputs, workshop):
        verdict = workshop.controler()
        [study] = etudier(inputs, copied)
        with chantier(consignes.dossier, code) as work:
            kept, missing = study.partager()
            made = executer_taches(study, missing, workshop, verdict)
            assembler(work, study, sorted([*kept, *made], key=lambda one: study.taches.index(one.tache)))
            same, changed = _compare(there, work)
    with mettre_en_place(sheet) as beside:
        beside.write_text(ecrire_ecarts(code, changed, same), encoding="utf-8", newline="\n")
    yield from (_tell(name, one) for name, one in changed)
    count = accorder(len(changed), "page changerait", "pages changeraient") if changed else "aucune page ne changerait"
    yield f"Relève {code} : {count}, rien n'est publié. À ouvrir : {afficher(sheet)}"


def _compare(there: Path, work: Path) -> tuple[list[str], list[tuple[str, Ecarts]]]:
    """Return the pages that stay the same, and what changes on the others, the largest changes first."""
    names = sorted({str(path.relative_to(side)) for side in (there, work) for path in side.rglob("*.html")})
    same, changed = list[str](), list[tuple[str, Ecarts]]()
    for name in names:
        before, after = (_read(side / name) for side in (there, work))
        found = None if before == after else comparer_pages(before, after)
        if found:
            changed.append((name, found))
        else:
            same.append(name)
    sizes = list(Taille)
    return same, sorted(changed, key=lambda one: sizes.index(one[1].taille))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _tell(name: str, ecarts: Ecarts) -> str:
    counts = [
        accorder(len(found), one, several)
        for found, one, several in (
            (ecarts.nombres, "nombre changé", "endroits où des nombres changent"),
            (ecarts.mots, "phrase changée", "phrases changées"),
            (ecarts.figures, "figure changée", "figures changées"),
        )
        if found
    ]
    before, after = ecarts.titre
    title = f" « {before or 'aucune page'} » → « {after or 'aucune page'} »" if before != after else ""
    told = " ;".join(filter(None, [title, f" {', '.join(counts)}" if counts else ""]))
    return f"{ecarts.taille.value} {name} :{told}"
