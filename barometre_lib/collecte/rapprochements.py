"""Pairs of rows to be read: told in full, and side by side in workbooks, one a region; `reponses` reads them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.chemins import afficher
from barometre_lib.collecte.a_remplir import (
    EMPREINTE,
    RAISON,
    RESERVE,
    Colonne,
    Feuille,
    composer_classeur,
    deposer_classeurs,
    montrer_cote,
)
from barometre_lib.collecte.fiches import LIBELLES, Cote
from barometre_lib.collecte.grille import tableur
from barometre_lib.parametres.decides import ecrire, en_vigueur
from barometre_lib.parametres.rapprochements import (
    Rapprochement,
    Verdict,
    empreinte_paire,
)
from barometre_lib.rapprochement.paires import Paire, chercher_paires
from barometre_lib.rapprochement.succession import lire_successions
from barometre_lib.regles import etablir_decisions, lire_liens
from barometre_lib.regles.liens import Evenements
from barometre_lib.typographie import accorder, majuscule
from barometre_lib.vocabulaire import Releve

TITRE, FEUILLE, REPONSE = "Rapprochements de la relève", "Rapprochements", "Réponse"
CONSIGNE = (
    "Chaque ligne met côte à côte deux mouvements et dit ce qu'ils semblent être. Répondez « oui » s'ils le sont, "
    "« non » s'ils ne le sont pas, et dites pourquoi ; « à revoir » : il reste à relire. Lignes et colonnes se trient "
    "et se filtrent ; n'y changez ni le titre, ni l'empreinte."
)
MONTREES = (
    *("type_mouvement", "entreprise", "siret", "code_naf", "statut", "date_annonce", "date_effet", "effectif"),
    *("emplois", "investissement_meur", "source", "motif"),
)


@dataclass(frozen=True)
class Rapproches:
    """A pair in full: its two rows as the desk must see them, and what was answered."""

    paire: Paire
    region: str  # of the row that comes later
    premier: Cote
    second: Cote
    empreinte: str
    reponse: Rapprochement | None
    tombee: Rapprochement | None  # answer given before a value changed
    suit: str = ""  # verdict that follows from other answers

    @property
    def cle(self) -> tuple[str, str, str]:
        """The two movements, in the order of identifiers, and the kind."""
        first, second = sorted([self.paire.premier, self.paire.second])
        return first, second, self.paire.nature.value

    @property
    def repondue(self) -> bool:
        """Whether there is nothing left to read."""
        return bool(self.suit) or (self.reponse is not None and self.reponse.verdict is not Verdict.A_REVOIR)

    def suivant(self, evenements: Evenements) -> Self:
        """Return the pair with what other answers say of it, when they make its rows one event, or two."""
        first, second, _ = self.cle
        if self.reponse or not self.paire.nature.un_seul:
            return self
        parted = Verdict.NON.libelle if evenements.separe(first, second) else ""
        return replace(self, suit=Verdict.OUI.libelle if second in evenements.de(first) else parted)


def rapprocher(barometre: Barometre, liens_sirene: Path | None = None) -> list[Rapproches]:
    """Return the pairs of a relève in full, the surest first: those that there are without any answer.

    `liens_sirene` is the file of Sirene's links of succession; see `lire_successions`.
    """
    rows, known = barometre.decisions.set_index("id_mouvement", drop=False), barometre.parametres.rapprochements
    alone = etablir_decisions(barometre.registre.mouvements, replace(barometre.parametres, rapprochements=()))
    links = lire_successions(liens_sirene, rows["siret"]) if liens_sirene else {}
    held = en_vigueur(known)
    last: dict[tuple[str, str], Rapprochement] = {}
    for one in known:
        last.setdefault(one.cle, one)
    found = chercher_paires(alone, barometre.nomenclatures, links)
    events = Evenements(lire_liens(barometre.registre.mouvements, barometre.parametres))
    return [_rapprocher(one, rows, barometre, held, last).suivant(events) for one in found]


def _rapprocher(
    paire: Paire,
    rows: pd.DataFrame,
    barometre: Barometre,
    held: Mapping[tuple[str, ...], Rapprochement],
    last: Mapping[tuple[str, str], Rapprochement],
) -> Rapproches:
    names = barometre.nomenclatures.nom_de_commune
    low, high = sorted([paire.premier, paire.second])

    def voir(name: str) -> Cote:
        row = rows.loc[name]
        values = {LIBELLES.get(column, majuscule(column)): ecrire(row[column]) for column in MONTREES}
        return Cote(name, "", 0, str(row["nom_site"]), names.get(str(row["commune"]), ""), values)

    fingerprint = empreinte_paire(rows, low, high)
    answer, previous = held.get((low, high, fingerprint)), last.get((low, high))
    if answer and answer.nature is not paire.nature:
        answer = None
    fallen = previous if previous and previous.empreinte != fingerprint and answer is None else None
    region, sides = str(rows.at[paire.second, "region"]), (voir(paire.premier), voir(paire.second))
    return Rapproches(paire, region, sides[0], sides[1], fingerprint, answer, fallen)


def tabuler_paires(paires: Sequence[Rapproches]) -> pd.DataFrame:
    """Return the pairs as a table that a spreadsheet may open, where nothing is a formula."""
    records = []
    for one in paires:
        told = {"premier": one.premier.reference, "second": one.second.reference, "nature": one.paire.nature.value}
        told |= {"score": str(one.paire.score), "raisons": " ; ".join(one.paire.raisons), "region": one.region}
        for name, side in (("premier", one.premier), ("second", one.second)):
            values = " ; ".join(f"{label} : {value}" for label, value in side.valeurs.items())
            told |= {f"{name}_site": side.site, f"{name}_commune": side.commune, f"{name}_valeurs": values}
        answer = one.reponse
        told |= {"empreinte": one.empreinte, "verdict": answer.verdict.value if answer else ""}
        told |= {"raison": answer.raison if answer else "", "origine": str(answer.origine) if answer else ""}
        records.append(told.values())
    return tableur(CHAMPS, records)


CHAMPS = [
    *("premier", "second", "nature", "score", "raisons", "region", "premier_site", "premier_commune"),
    *("premier_valeurs", "second_site", "second_commune", "second_valeurs", "empreinte", "verdict", "raison"),
    "origine",
]


def _situer(cote: Cote) -> str:
    return "\n".join([cote.reference, cote.site, cote.commune])


def _deja(releve: Releve, one: Rapproches) -> str:
    if one.suit:
        return f"Suit d'autres réponses : {one.suit}."
    if one.reponse and one.reponse.origine != releve:
        return f"Reporté de {one.reponse.origine}."
    if one.tombee:
        kept = f"{one.tombee.nature.libelle}, {one.tombee.verdict.libelle}, {one.tombee.raison}"
        return f"Une valeur a changé depuis la réponse de {one.tombee.origine} : {kept}"
    return ""


def _colonnes(releve: Releve) -> dict[str, Colonne]:
    return {
        "Semblent être": (16, lambda one: majuscule(one.paire.nature.libelle)),
        "Pourquoi": (26, lambda one: "\n".join(one.paire.raisons)),
        "Premier mouvement": (24, lambda one: _situer(one.premier)),
        "Ce qu'il dit": (30, lambda one: montrer_cote(one.premier, one.second)),
        "Second mouvement": (24, lambda one: _situer(one.second)),
        "Ce que dit le second": (30, lambda one: montrer_cote(one.second, one.premier)),
        "Déjà répondu": (18, lambda one: _deja(releve, one)),
        REPONSE: (11, lambda one: one.reponse.verdict.libelle if one.reponse else None),
        RAISON: (34, lambda one: one.reponse.raison if one.reponse else None),
        EMPREINTE: (10, lambda one: "/".join([*one.cle, one.empreinte])),
    }


def ecrire_paires(
    dossier: Path, barometre: Barometre, paires: Sequence[Rapproches], *, forcer: bool = False
) -> list[str]:
    """Write the workbook of each region that has a pair, that of its later row, and say so in French.

    Refused as `deposer_classeurs` says.
    """
    releve, books = barometre.releve, dict[str, bytes]()
    for code, region in barometre.nomenclatures.regions.items():
        # What is still to be read comes first.
        own = sorted((one for one in paires if one.region == code), key=lambda one: one.repondue)
        if own:
            done = accorder(sum(one.repondue for one in own), "déjà répondue", "déjà répondues")
            told = f"{accorder(len(own), 'paire', 'paires')}, dont {done}. {RESERVE}"
            head = [f"{TITRE} {releve}, {region.nom} ({code})", told, CONSIGNE]
            choices = [one.libelle for one in Verdict]
            sheet = Feuille(FEUILLE, head, _colonnes(releve), own, ("Semblent être", "Pourquoi"), REPONSE, choices)
            books[f"rapprochements-{releve}-{code}"] = composer_classeur([sheet], releve)
    if not books:
        return ["Aucune paire à relire : aucun classeur n'est fait."]
    told = deposer_classeurs("--classeurs", dossier, barometre.registre.dossier, books, forcer=forcer)
    return [f"{told}, puis « barometre rapprocher {releve} {afficher(dossier)}/*.xlsx »."]
