"""A study: the pages of a relève under other rules than the method's, apart from publications, never released.

No gate, whose judgement is of the rows, no cache, no manifest: its folder is known by the mark of a campaign's.
"""

from collections.abc import Iterator

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.assemblage import assembler
from barometre_lib.campagne.campagne import executer_taches, sur_une_copie
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.dossier import chantier, mettre_en_place, refuser_etrangers, vider_sur_le_disque
from barometre_lib.campagne.etude import Etude
from barometre_lib.campagne.marques import MARQUE, est_marque, marquer, refuser_etranger
from barometre_lib.chemins import afficher
from barometre_lib.parametres.variante import dire_variante, lire_regles
from barometre_lib.registre.lecture import trouver_releve

ETUDES = "etudes"


def etudier_variante(releve: str, consignes: Consignes) -> Iterator[str]:
    """Make the pages and the tables of a relève under the rules of `consignes`, in a folder named by them.

    Yields
    ------
    str
        What notebooks wrote on their error stream, then where the study is, in French.

    Raises
    ------
    ErreurBarometre
        The register is refused, a notebook failed, or something that is not a study stands there.
    """
    code = str(trouver_releve(releve, consignes.registre))
    name = "_".join([code, *consignes.regles])
    refuser_etrangers(consignes, [name])
    refuser_etranger(consignes.sorties / name, est_marque, f"une étude ({MARQUE})")
    with sur_une_copie([code], consignes) as (copied, inputs, workshop):
        barometre = Barometre.charger(code, regles=lire_regles(copied.regles), registre=copied.registre)
        study = Etude(copied, barometre, inputs[code])
        with chantier(copied.sorties, name) as work:
            made = executer_taches(study, study.taches, workshop)
            assembler(work, study, sorted(made, key=lambda one: study.taches.index(one.tache)))
            marquer(work)
            vider_sur_le_disque(work)
            target = mettre_en_place(work, copied.sorties, name)
    yield from (f"{one.tache.page.nom} : {one.avertissements}" for one in made if one.avertissements)
    yield f"{dire_variante(barometre.parametres)}. À ouvrir : {afficher(target / 'index.html')}"
