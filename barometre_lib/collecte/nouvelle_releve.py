"""A relève about to be collected: its edition's file and the workbooks of the 18 regions."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from barometre_lib.chemins import afficher
from barometre_lib.collecte.depot import remplacer
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.modele import faire_modele
from barometre_lib.ecriture import EcritureImpossible
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import chemin_edition, lire_edition
from barometre_lib.registre import lire_code_releve, releve_precedente
from barometre_lib.vocabulaire import Releve

GABARITS = Path(__file__).parent / "gabarits"


def ouvrir_releve(releve: str, classeurs: Path, registre: Path) -> Iterator[str]:
    """Write what the collection of a relève starts from; what is already there is left as it is.

    A run that was interrupted is finished by the next one.

    Parameters
    ----------
    releve : str
        `2026-S1`.
    classeurs : Path
        Folder of the workbooks, `<region>.xlsx` each.
    registre : Path
        Folder of the relèves, where the previous one is looked for.

    Yields
    ------
    str
        French sentence for each file, once it is written or seen to be there.

    Raises
    ------
    ErreurBarometre
        The relève is not written `AAAA-Sn`, or a file cannot be written.
    """
    code = lire_code_releve(releve)
    nomenclatures = Nomenclatures.du_projet()
    edition = chemin_edition(code)
    if edition.exists():
        yield f"{afficher(edition)}\u00a0: déjà là, laissé tel quel."
    else:
        remplacer(edition, _edition(code, registre, nomenclatures))
        yield f"{afficher(edition)}\u00a0: à compléter (publication, couverture, exemples)."
    try:
        classeurs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EcritureImpossible(classeurs, error) from None
    for region in nomenclatures.regions:
        workbook = classeurs / f"{region}.xlsx"
        if workbook.exists():
            yield f"{afficher(workbook)}\u00a0: déjà là, laissé tel quel."
        else:
            yield faire_modele(workbook, Destination(code, region, registre), nomenclatures=nomenclatures)


def _edition(releve: Releve, registre: Path, nomenclatures: Nomenclatures) -> bytes:
    previous = releve_precedente(releve, registre)
    known = previous is not None and chemin_edition(previous).exists()
    coverage = lire_edition(previous, nomenclatures=nomenclatures).couverture if previous and known else {}
    # The editions so far came out in October or November, and in March of the next year.
    month = f"{releve.annee}-10" if releve.semestre == 1 else f"{releve.annee + 1}-03"
    environment = Environment(
        loader=FileSystemLoader(GABARITS),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  YAML made of codes and names of the reference tables
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    text = environment.get_template("edition.yaml.j2").render(
        releve=str(releve),
        precedente=str(previous) if known else "",
        mois=month,
        regions={code: region.nom for code, region in nomenclatures.regions.items()},
        couverture=coverage,
    )
    return text.encode("utf-8")
