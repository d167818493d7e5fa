"""The progress of a collection: whose file each one is, who sent, who is late, and what to do about it."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from barometre_lib.chemins import afficher
from barometre_lib.collecte.archive import Reception, lire_controle, lire_receptions, maintenant, noter
from barometre_lib.collecte.destination import Destination, composer, deposer, verifier_destination
from barometre_lib.collecte.identite import viser_recu
from barometre_lib.collecte.integration import exiger_motif
from barometre_lib.collecte.modele import reprendre
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.acquittements import lire_fichier
from barometre_lib.parametres.edition import NON_ACTUALISEE, chemin_edition, lire_edition
from barometre_lib.typographie import accorder, enumerer, jour
from barometre_lib.vocabulaire import Releve

ETATS = ("recue", "avertie", "reportee", "refusee", "en_retard")


def viser_tous(
    fichiers: Sequence[Path], releve: str = "", region: str = "", registre: Path | None = None
) -> dict[Path, Destination]:
    """Return where each of several received files goes, before any is stored.

    Raises
    ------
    ErreurBarometre
        One does not say it, or two are of the same region: every such fault is said.
    """
    found, faults = dict[Path, Destination](), list[str]()
    for path in fichiers:
        try:
            found[path] = viser_recu(path, releve, region, registre)
        except ErreurBarometre as error:
            faults.append(str(error))
    for place in dict.fromkeys(found.values()):
        same = [afficher(path) for path, one in found.items() if one == place]
        if same[1:]:
            what = f"relève {place.releve}, région {place.region} : {enumerer(same)}"
            faults.append(f"Plusieurs fichiers d'une même région ({what}) ; rien n'a été déposé, donnez le bon.")
    if faults:
        # Those that nothing is said of would pass for stored.
        left = [f"Aucun des {len(fichiers)} fichiers n'a été déposé ; relancez sans ceux-là."] if fichiers[1:] else []
        raise ErreurBarometre("\n".join([*faults, *left]))
    return found


def suivre_collecte(releve: Releve, registre: Path) -> pd.DataFrame:
    """Return one row per region: `region`, `nom`, `etat` (one of `ETATS`), then its last reception.

    That is `le`, `fichier`, `lignes` and `avertissements`: empty, or 0, for a file that was stored by other means.
    `en_usage` is when the file that serves was received, where the last one is refused; see `annoncer_refus`.

    Raises
    ------
    ErreurBarometre
        Nothing was ever asked, received or decided for the relève, or `registre` is not there.
    """
    if not registre.is_dir():
        what = "ce dossier n'existe pas ; donnez celui qui contient les relèves"
        raise ErreurBarometre(f"{afficher(registre)} : {what}.")
    last, answers = {one.region: one for one in lire_receptions(releve, registre)}, _reponses(releve, registre)
    used = {one.region: since for one, since in _refusees_apres_depot(releve, registre)}
    if not (last or chemin_edition(releve).exists() or (registre / str(releve)).is_dir()):
        raise ErreurBarometre(
            f"Relève {releve} : ni édition, ni fichier reçu ; vérifiez la relève, ou commencez par nouvelle-releve."
        )
    rows = []
    for code, region in Nomenclatures.du_projet().regions.items():
        one, answer, there = last.get(code), answers.get(code), Destination(releve, code, registre).fichier.is_file()
        state = "recue" if there else "en_retard"
        if one and one.issue == "refusee":
            state = "refusee"
        elif answer and there and answer.issue == "reportee":
            state = "reportee"
        elif answer and there and answer.avertissements:
            state = "avertie"
        told = (one.le, one.fichier, one.lignes, one.avertissements) if one else ("", "", 0, 0)
        rows.append((code, region.nom, state, *told, used.get(code, "")))
    columns = ["region", "nom", "etat", "le", "fichier", "lignes", "avertissements", "en_usage"]
    return pd.DataFrame(rows, columns=columns)


def annoncer_refus(releve: Releve, registre: Path) -> list[str]:
    """Say of which regions the register holds an earlier file than the last received, which is refused."""
    names = Nomenclatures.du_projet().regions
    return [
        f"Attention : {names[one.region].nom} ({one.region}), le dernier fichier reçu ({montrer(one.fichier)}, "
        f"{one.le}) est refusé ; celui d'avant reste en usage (reçu : {since}). Demandez-le corrigé, ou dites-le à qui "
        "lira les pages."
        for one, since in _refusees_apres_depot(releve, registre)
    ]


def _refusees_apres_depot(releve: Releve, registre: Path) -> list[tuple[Reception, str]]:
    """Return the last reception of each region that is refused while a file serves, and when this one was received."""
    last, answers = {one.region: one for one in lire_receptions(releve, registre)}, _reponses(releve, registre)
    return [
        (one, answers[code].le if code in answers else "date inconnue")
        for code, one in sorted(last.items())
        if one.issue == "refusee" and Destination(releve, code, registre).fichier.is_file()
    ]


def _reponses(releve: Releve, registre: Path) -> dict[str, Reception]:
    """Return what was last received of each region, or carried over, and not refused: that changed nothing."""
    return {one.region: one for one in lire_receptions(releve, registre) if one.issue != "refusee"}


def dire_collecte(table: pd.DataFrame, releve: Releve, registre: Path) -> list[str]:
    """Say who sent, whose file is refused, who is late, and what to do about a late region.

    `table` is what `suivre_collecte` gives.
    """
    named = {
        state: [f"{row.nom} ({row.region})" for row in table[table["etat"] == state].itertuples()] for state in ETATS
    }
    sent = len(named["recue"]) + len(named["avertie"])
    said = [f"Relève {releve} : {accorder(sent, 'région reçue', 'régions reçues')} sur {len(table)}."]
    for state, words in (("avertie", "Avec des avertissements"), ("reportee", "Reportées"), ("refusee", "Refusées")):
        if named[state]:
            said.append(f"{words} : {enumerer(named[state])}.")
    said += annoncer_refus(releve, registre)
    if undeclared := reports_tus(releve, registre):
        said.append(_demander(releve, undeclared))
    if named["en_retard"]:
        said.append(f"En retard : {enumerer(named['en_retard'])}.")
        said.append(
            "Une région en retard se relance, ou se publie sans elle : « barometre reporter "
            f"{releve} --region CODE » reprend ses mouvements de la relève précédente."
        )
    return said


def dire_avertissements(table: pd.DataFrame, releve: Releve, registre: Path, empreinte: str) -> list[str]:
    """Say how many warnings the last receptions had, then what the gate last found, and whether that still holds.

    `table` is what `suivre_collecte` gives, `empreinte` the checksum of what the gate would judge now.
    """
    said, warned = list[str](), table[(table["etat"] == "avertie") & (table["avertissements"] > 0)]
    if not warned.empty:
        counts = enumerer(f"{row.nom} ({row.region}), {row.avertissements}" for row in warned.itertuples())
        number = accorder(int(warned["avertissements"].sum()), "avertissement", "avertissements")
        decided = accorder(len(lire_fichier(releve)), "décision portée", "décisions portées")
        said.append(f"{number} à la réception : {counts} ; {decided}.")
    stale, known = True, lire_controle(releve, registre)
    if known:
        (day, found), stale = known, known[1].empreinte != empreinte
        numbers = (
            (found.bloquants, "défaut", "défauts"),
            (found.en_attente, "avertissement à décider", "avertissements à décider"),
            (found.justifies, "avertissement justifié", "avertissements justifiés"),
        )
        told = enumerer(accorder(*one) for one in numbers if one[0]) or "rien à signaler"
        since = " ; ce qu'il a lu a changé depuis" if stale else ""
        said.append(f"Contrôle du {jour(day)} : {told}{since}.")
    if said and stale:
        said.append(f"« barometre controler {releve} » dit les avertissements qui attendent une décision.")
    return said


def reporter(releve: Releve, region: str, registre: Path, rectificatif: str = "") -> str:
    """Carry over to a relève what a region that is late had in the previous one, and return the sentence that says so.

    Raises
    ------
    ErreurBarometre
        Its file is there, there is no previous relève, or it cannot be read or stored.
    """
    place, names = Destination(releve, region, registre), Nomenclatures.du_projet()
    verifier_destination(place, names)
    previous = place.precedente
    if previous is None:
        raise ErreurBarometre(f"Relève {releve} : aucune relève précédente n'est dans le registre ; rien à reporter.")
    if place.fichier.exists():
        raise ErreurBarometre(f"{afficher(place.fichier)} : cette région n'est pas en retard, son fichier est là.")
    if not place.fichier.parent.is_dir():
        raise ErreurBarometre(
            f"Relève {releve} : aucune région n'y est encore déposée ; vérifiez la relève, ou commencez par integrer."
        )
    exiger_motif(place, rectificatif)
    rows = reprendre(previous, place, names)
    # Noted first: a carry-over that nobody knows of would pass for a semester without a movement.
    noter(Reception(maintenant(), region, "", "reportee", len(rows), 0, rectificatif, "", ""), place)
    deposer(rows, place, None)
    return (
        f"{afficher(place.fichier)} : {accorder(len(rows), 'mouvement reporté', 'mouvements reportés')} de la relève "
        f"{previous}. {_demander(releve, [region])}"
    )


def refuser_reports(releve: Releve, registre: Path) -> None:
    """Refuse a relève in which a region was carried over and the edition does not say so: it would be told zeros.

    Raises
    ------
    ErreurBarometre
        There is one.
    """
    if undeclared := reports_tus(releve, registre):
        raise ErreurBarometre(
            f"Des fichiers reportés passeraient pour des semestres sans mouvement. {_demander(releve, undeclared)}"
        )


def reports_tus(releve: Releve, registre: Path) -> list[str]:
    """Return the regions whose file is the one that was carried over, by the journal, and whose coverage is another."""
    names = Nomenclatures.du_projet()
    coverage = lire_edition(releve, nomenclatures=names).couverture if chemin_edition(releve).exists() else {}
    found = []
    for code, answer in sorted(_reponses(releve, registre).items()):
        place = Destination(releve, code, registre)
        if answer.issue == "reportee" and coverage.get(code) != NON_ACTUALISEE and place.precedente and place.lire():
            found += [code] if composer(reprendre(place.precedente, place, names)) == place.lire() else []
    return found


def _demander(releve: Releve, regions: Sequence[str]) -> str:
    """Say what the edition must say of regions carried over."""
    entries = enumerer(f'"{code}": "{NON_ACTUALISEE}"' for code in regions)
    return f"À écrire dans {afficher(chemin_edition(releve))}, « couverture » : {entries}."
