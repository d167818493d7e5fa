"""The public edition put in place: checked like the internal one, made from an allow-list, no notebook executed."""

from collections.abc import Iterator, Sequence

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.dossier import chantier, mettre_en_place
from barometre_lib.campagne.etude import Consignes
from barometre_lib.campagne.rectification import refuser_remplacement_public
from barometre_lib.chemins import afficher
from barometre_lib.publication.publique import publier_publique
from barometre_lib.qualite import controler_releve

DOSSIER_PUBLIC = "publique"


def diffuser(releves: Sequence[str], consignes: Consignes) -> Iterator[str]:
    """Make and put in place the public edition of some relèves, in `<sorties>/publique/<releve>`.

    Parameters
    ----------
    releves : sequence of str
        `2024-S2`.
    consignes : Consignes
        What is asked; no notebook is executed, so that nothing about processes matters.

    Yields
    ------
    str
        French sentence: what was made and where to open it.

    Raises
    ------
    ErreurBarometre
        The input is refused, an example may not be named, or another campaign is at work: the previous edition stays.
    """
    public = consignes.sorties / DOSSIER_PUBLIC
    inputs = {releve: consignes.entrees(releve) for releve in releves}
    checked = {releve: controler_releve(releve, consignes.registre) for releve in inputs}
    for releve, bilan in checked.items():
        barometre = Barometre.charger(releve, registre=consignes.registre)
        with chantier(public, releve) as work:
            publier_publique(work, barometre, rectificatif=consignes.rectificatif, pdf=consignes.pdf)
            refuser_remplacement_public(
                public / releve,
                work,
                barometre.edition.rectifier(consignes.rectificatif),
                demonstration=barometre.registre.demonstration,
            )
            consignes.refuser_changements(releve, inputs[releve])
            target = mettre_en_place(work, public, releve)
        opening = afficher(target / "index.html")
        yield f"{bilan.resume}\nÉdition publique de la relève {releve}. À ouvrir\u00a0: {opening}"
