"""What was published, made again elsewhere and compared byte by byte; what differs, and why it may."""

import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from barometre_lib.campagne.campagne import publier
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import inventorier
from barometre_lib.campagne.manifeste import NOM, Manifeste, lire_manifeste
from barometre_lib.campagne.processus import veiller
from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.typographie import accorder


def verifier(releve: str, consignes: Consignes) -> str:
    """Make a publication again in a folder of its own, compare it with the one in place, and say that all is the same.

    What was asked of the publication itself comes from its manifest.

    Raises
    ------
    ErreurBarometre
        It is not published, cannot be made again, or differs: which input, parameter, version or output does.
    """
    folder = consignes.dossier / releve
    try:
        manifest = lire_manifeste(folder, consignes.modele, releve)
    except ErreurBarometre as error:
        raise ErreurBarometre(
            f"{error}\n{afficher(folder)} : aucune publication à vérifier ; "
            "publiez la relève, ou donnez le dossier des publications par --sorties."
        ) from None
    internal = manifest if isinstance(manifest, Manifeste) else None
    reason = internal.rectificatif if internal else manifest.edition.rectificatif
    pdf = any(name.endswith(".pdf") for name in manifest.sorties)
    regions = regions_faites(internal.regions_absentes) if internal else []
    asked = replace(consignes, rectificatif=reason, forcer=True, essai=folder.parent, pdf=pdf, regions=regions)
    causes = []
    for nature, name, known in asked.entrees(releve).ecarts(internal) if internal else ():
        what = "n'est plus celui de la publication" if known else "n'existait pas lors de la publication"
        causes.append(f"Entrée, {nature} : {name or nature} {what}.")
    with tempfile.TemporaryDirectory(prefix="barometre-verifier-") as scratch, veiller(Path(scratch)):
        again = replace(asked, sorties=Path(scratch))
        for _ in publier([releve], again):
            pass
        effects = list(_compare(folder, again.dossier / releve, manifest.sorties))
    if causes or effects:
        told = [*causes, *effects]
        told.append(f"Relève {releve} : {accorder(len(told), 'écart', 'écarts')} avec ce qui est publié.")
        raise ErreurBarometre("\n".join(told))
    same = accorder(len(manifest.sorties) + 1, "fichier refait", "fichiers refaits")
    return f"Relève {releve} : {same}, identiques octet pour octet à ce qui est publié."


def regions_faites(absentes: Collection[str]) -> list[str]:
    """Return the regions of a partial publication; none, which asks for all, of a whole one."""
    return [code for code in Nomenclatures.du_projet().regions if code not in absentes] if absentes else []


def _compare(published: Path, again: Path, stated: Mapping[str, str]) -> Iterator[str]:
    """Yield what differs between a publication, its manifest and what the present inputs give."""
    there, made = inventorier(published), inventorier(again)
    for name in sorted({*there, *made, *stated, NOM}):
        if name not in there:
            yield f"Sortie {name} : absente de la publication."
        elif name not in stated and name != NOM:
            what = f" ({there[name]})" if " " in there[name] else ""
            yield f"Sortie {montrer(name)}{what} : étrangère à la publication, son manifeste ne la connaît pas."
        elif name != NOM and there[name] != stated[name]:
            yield f"Sortie {name} : modifiée depuis la publication, son manifeste dit autre chose."
        elif name not in made:
            yield f"Sortie {name} : n'est plus faite aujourd'hui."
        elif there[name] != made[name]:
            yield f"Sortie {name} : refaite, elle diffère."
