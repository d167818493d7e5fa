"""The public edition put in place: checked like the internal one, made from an allow-list, no notebook executed."""

from pathlib import Path

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.dossier import chantier, mettre_en_place
from barometre_lib.chemins import afficher, registre_par_defaut
from barometre_lib.publication import publier_publique
from barometre_lib.qualite import controler_releve

DOSSIER_PUBLIC = "publique"


def diffuser(
    releve: str, *, sorties: Path, registre: Path | None = None, rectificatif: str = "", pdf: bool = False
) -> str:
    """Make and put in place the public edition of a relève, in `<sorties>/publique/<releve>`.

    Parameters
    ----------
    releve, sorties, registre, rectificatif, pdf
        As for `campagne.publier`.

    Returns
    -------
    str
        French sentence: what was made and where to open it.

    Raises
    ------
    ErreurBarometre
        The input is refused, an example may not be named, or another campaign is at work: the previous edition stays.
    """
    source = registre or registre_par_defaut()
    bilan = controler_releve(releve, source)
    barometre = Barometre.charger(releve, registre=source)
    public = sorties / DOSSIER_PUBLIC
    with chantier(public, releve, dossiers=()) as work:
        publier_publique(work, barometre, rectificatif=rectificatif, pdf=pdf)
        target = mettre_en_place(work, public, releve)
    return f"{bilan.resume}\nÉdition publique de la relève {releve}. À ouvrir\u00a0: {afficher(target / 'index.html')}"
