"""What was found, told in full to the desk: each row at fault with its values, its partner's, and what was decided.

Nothing here goes to a page: values of the register are in it.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.collecte.grille import tableur
from barometre_lib.parametres.acquittements import Acquittement
from barometre_lib.parametres.decides import ecrire
from barometre_lib.qualite.bilan import Bilan, Constat, Resultat
from barometre_lib.qualite.controle import tables_controlees
from barometre_lib.qualite.suites import Controle
from barometre_lib.registre.lecture import lire_textes, releves_anterieures
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES, Releve

Rangee = Mapping[Hashable, Any]  # a row of a table
AVANT = "_avant"
LIBELLES = {one.nom: one.libelle for one in COLONNES}
# Of the columns that are not of the register: how a name that ends so is said.
SUFFIXES = {AVANT: " (relève précédente)", "_min": " (au moins)", "_max": " (au plus)"}


@dataclass(frozen=True)
class Cote:
    """A row as the desk must see it."""

    reference: str
    fichier: str  # as shown to the user; empty when it is not of a file
    ligne: int  # of the file, 0 when there is none
    site: str
    commune: str  # its name
    valeurs: Mapping[str, str]  # column, or what names it in French, to what is written there


@dataclass(frozen=True)
class Fiche:
    """One finding in full."""

    releve: Releve
    controle: Controle
    region: str  # code of the region, empty when there is none
    empreinte: str
    ici: Cote
    partenaire: Cote | None  # the row of which the check speaks too, the nearest one
    partenaires: int  # how many there are
    depuis: Releve  # first relève, without a break, in which the row said the same
    decision: Acquittement | None  # what was decided of it
    tombee: Acquittement | None  # what justified it before one of its values changed

    @property
    def cle(self) -> tuple[str, str]:
        """The check and the reference: what is the same from one relève to the next."""
        return self.controle.nom, self.ici.reference


def detailler(barometre: Barometre, bilan: Bilan) -> list[Fiche]:
    """Return every finding of a relève that was examined, in the order of the suites."""
    if not any(one.constats for one in bilan.resultats):
        return []
    tables = tables_controlees(barometre)
    earlier = _textes_anterieurs(barometre, {fault.reference for one in bilan.resultats for fault in one.constats})
    told = []
    for result in bilan.resultats:
        ranks = sorted(
            {rank for fault in result.constats for rank in (fault.rang, *fault.partenaires[:1]) if rank >= 0}
        )
        found = tables[result.controle.table].iloc[ranks] if ranks else pd.DataFrame()
        rows = dict(zip(ranks, found.to_dict("records"), strict=True))
        told += [_ficher(barometre, result, fault, rows, earlier) for fault in result.constats]
    return told


def _ficher(
    barometre: Barometre,
    resultat: Resultat,
    constat: Constat,
    lignes: Mapping[int, Rangee],
    earlier: Sequence[tuple[Releve, Mapping[Hashable, Rangee]]],
) -> Fiche:
    check, names = resultat.controle, barometre.nomenclatures.nom_de_commune
    row: Rangee = lignes[constat.rang] if constat.rang >= 0 else {}
    decided, fallen = resultat.decisions.get(constat.reference), resultat.tombees.get(constat.reference)
    partner = _voir(lignes[constat.partenaires[0]], check.champs, names) if constat.partenaires else None
    here = _voir(row, check.champs, names)
    if check.table == "suivi":
        now = [name for name in check.champs if not name.endswith(AVANT)]
        # Of a movement that vanished, the row is the one that it had, and there is no other.
        here = _voir(row, now if row["present"] else (), names, suffixe="" if row["present"] else AVANT)
        partner = _voir(row, now, names, suffixe=AVANT) if row["connu"] and row["present"] else None
    here = replace(here, reference=constat.reference, fichier=constat.fichier, ligne=constat.ligne)
    since = _dater(barometre.releve, check, row, earlier)
    if decided:
        since = min(since, decided.origine)
    return Fiche(
        barometre.releve,
        check,
        constat.region,
        constat.empreinte,
        here,
        partner,
        max(len(constat.partenaires), int(partner is not None)),
        since,
        decided,
        fallen,
    )


def _voir(row: Rangee, champs: Sequence[str], communes: Mapping[str, str], *, suffixe: str = "") -> Cote:
    """Return a row as it is seen, or as it was; what is about a region has neither site nor commune."""
    file, line, site, commune = (
        ecrire(row.get(f"{name}{suffixe}")) for name in ("fichier", "ligne", "nom_site", "commune")
    )
    values = {nommer(name): ecrire(row.get(f"{name}{suffixe}")) for name in champs}
    return Cote(ecrire(row.get("id_mouvement")), file, int(line or 0), site, communes.get(commune, ""), values)


def nommer(champ: str) -> str:
    """Return what names a column in French."""
    for suffix, said in SUFFIXES.items():
        if champ.endswith(suffix):
            return f"{nommer(champ.removesuffix(suffix))}{said}"
    plain = champ.replace("_", " ")
    return LIBELLES.get(champ, f"{plain[:1].upper()}{plain[1:]}")


def _textes_anterieurs(
    barometre: Barometre, mouvements: Collection[str]
) -> list[tuple[Releve, Mapping[Hashable, Rangee]]]:
    """Return the rows of some movements in the earlier relèves, the nearest first."""
    folder, names = barometre.registre.dossier, barometre.nomenclatures
    codes = reversed(releves_anterieures(barometre.releve, folder)) if folder.is_dir() else ()
    found: list[tuple[Releve, Mapping[Hashable, Rangee]]] = []
    for code in codes:
        rows, _ = lire_textes(code, folder, names)
        kept = rows[rows["id_mouvement"].isin(mouvements)].drop_duplicates("id_mouvement")
        found.append((code, dict(kept.set_index("id_mouvement", drop=False).to_dict("index"))))
    return found


def _dater(
    releve: Releve, controle: Controle, row: Rangee, earlier: Sequence[tuple[Releve, Mapping[Hashable, Rangee]]]
) -> Releve:
    """Return the first relève, without a break, in which a row said the same in all that the check compares."""
    compared = [name for name in controle.champs if name in NOMS_COLONNES]
    if controle.table not in ("textes", "mouvements") or not compared or not row:
        return releve
    name, said = ecrire(row["id_mouvement"]), [ecrire(row[one]) for one in compared]
    for code, rows in earlier:
        if name not in rows or [rows[name][one] for one in compared] != said:
            break
        releve = code
    return releve


AUCUN = Cote("", "", 0, "", "", {})


def decrire(fiche: Fiche) -> dict[str, Any]:
    """Return a finding as data: what JSON writes, and a table once its values are texts."""
    here, other, decided = fiche.ici, fiche.partenaire or AUCUN, fiche.decision
    return {
        "controle": fiche.controle.nom,
        "gravite": fiche.controle.gravite.value,
        "region": fiche.region,
        "fichier": here.fichier,
        "ligne": here.ligne or None,
        "reference": here.reference,
        "site": here.site,
        "commune": here.commune,
        "colonne": fiche.controle.colonne,
        "valeurs": dict(here.valeurs),
        "attendu": fiche.controle.attendu,
        "partenaire": other.reference,
        "partenaire_fichier": other.fichier,
        "partenaire_ligne": other.ligne or None,
        "partenaire_site": other.site,
        "partenaire_commune": other.commune,
        "partenaire_valeurs": dict(other.valeurs),
        "partenaires": fiche.partenaires,
        "depuis": str(fiche.depuis),
        "empreinte": fiche.empreinte,
        "decision": decided.decision.value if decided else "",
        "raison": decided.raison if decided else "",
        "origine": str(decided.origine) if decided else "",
    }


CHAMPS = [
    *("controle", "gravite", "region", "fichier", "ligne", "reference", "site", "commune", "colonne", "valeurs"),
    *("attendu", "partenaire", "partenaire_fichier", "partenaire_ligne", "partenaire_site", "partenaire_commune"),
    *("partenaire_valeurs", "partenaires", "depuis", "empreinte", "decision", "raison", "origine"),
]


def tabuler(fiches: Sequence[Fiche]) -> pd.DataFrame:
    """Return every finding as a table that a spreadsheet may open, where nothing is a formula."""
    return tableur(CHAMPS, (map(_cellule, decrire(one).values()) for one in fiches))


def _cellule(valeur: Any) -> Any:
    return " ; ".join(f"{name} : {one}" for name, one in valeur.items()) if isinstance(valeur, dict) else valeur
