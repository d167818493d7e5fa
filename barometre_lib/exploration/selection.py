"""What is chosen of a relève, and what is shown of it: pieces of page, where whatever a register says is a text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.barometre import Barometre
from barometre_lib.contexte import Contexte
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.parametres.variante import lire_regles
from barometre_lib.registre.lecture import lire_code_releve
from barometre_lib.regles import libelles_motifs
from barometre_lib.restitution.cartes import carte_departements, carte_regions
from barometre_lib.restitution.tableaux import NON_DISPONIBLE, de_la_periode, tableau, tableau_libre, trier_par_solde
from barometre_lib.revisions import FAMILLES, libelle_cause, resumer_familles
from barometre_lib.typographie import accorder, au_cours_de, composer, majuscule, nombre, periode, signe
from barometre_lib.vocabulaire import Motif

INTERNE = "Document interne, ne pas diffuser : les sites y sont nommés."
# A list of more rows or movements says that it is cut: choices make it shorter.
LIGNES_MAX, CHANGEMENTS_MAX = 500, 50

# Made once, whatever is chosen then and comes back.
_charger = lru_cache(maxsize=12)(
    lambda releve, regles, registre: Barometre.charger(releve, regles=lire_regles(regles) or None, registre=registre)
)
_reviser = lru_cache(maxsize=12)(lambda barometre, depuis: barometre.revisions(depuis))


def dire(texte: str, genre: str = "note") -> Markup:
    """Return a sentence as a paragraph of a kind: `note`, `solde`, `variante`, `alerte`."""
    return Markup('<p class="exploration {}">{}</p>').format(genre, composer(texte))


@dataclass(frozen=True)
class Selection:
    """A relève, a region and a sector, all of them when empty, and rules as a command says them (`seuil_effectif=10`).

    Whatever is asked of it may raise `ErreurBarometre`: what is wrong with the rules, or with the relève.
    """

    releve: str
    registre: Path
    region: str = ""
    secteur: str = ""
    regles: tuple[str, ...] = ()

    @property
    def methode(self) -> Any:
        """The relève under the official method."""
        return _charger(self.releve, (), self.registre)

    @property
    def barometre(self) -> Any:
        """The relève under the rules chosen."""
        return _charger(self.releve, self.regles, self.registre)

    @property
    def contexte(self) -> Contexte:
        """What is shown is about; it has the stamp of a variant."""
        made: Contexte = self.barometre.contexte(self.region)
        return made

    @property
    def noms(self) -> Mapping[Motif, str]:
        """What each decision is called."""
        return {Motif.COMPTE: "Compté"} | libelles_motifs(self.contexte.parametres)

    def lignes(self, motif: str = "", annee: str = "") -> pd.DataFrame:
        """Return the rows chosen, those of one decision and of one year if asked."""
        asked = {"motif": motif, "annee": annee, **self._lieu}
        rows: pd.DataFrame = self.barometre.decisions
        for column in filter(asked.get, asked):
            rows = rows[rows[column] == asked[column]]
        return rows

    @property
    def _lieu(self) -> dict[str, str]:
        return {"region": self.region, "secteur": self.secteur}

    def _compter(self, barometre: Any, *par: str) -> pd.DataFrame:
        by = [*par, *(["secteur"] if self.secteur else [])]
        counts = barometre.comptes(par=by, region=self.region or None)
        if self.secteur:
            counts = counts[counts["secteur"] == self.secteur].drop(columns="secteur")
        made: pd.DataFrame = counts.reset_index(drop=True)
        return made

    def _places(self, contexte: Contexte) -> pd.DataFrame:
        level = ["region", "departement"] if contexte.region else ["region"]
        return self._compter(self.barometre, contexte.maille, *level)

    def _quoi(self, contexte: Contexte) -> str:
        sector = contexte.nomenclatures.libelles("secteur").get(self.secteur)
        return f"{contexte.nom_compte}, secteur « {sector} »" if sector else contexte.nom_compte

    def dire_comptes(self) -> Iterator[Any]:
        """Say the net of the edition's own period, then show the counts by year and by place."""
        contexte = self.contexte
        what, when = self._quoi(contexte), au_cours_de(contexte.periode)
        yield dire(INTERNE)
        yield dire(f"{what} : {self._dire_solde(contexte)} {when}.", "solde")
        yield tableau(self._compter(self.barometre, "annee"), titre=f"{what}, par année")
        places = de_la_periode(self._places(contexte), contexte.periode)
        places = places.drop(columns="region") if contexte.region else places
        labels, unsaid = contexte.nomenclatures.libelles(str(places.columns[0])), contexte.edition.non_precisees
        ordered = trier_par_solde(places, labels)
        yield tableau(
            ordered, titre=f"{what}, {when}", libelles=labels, non_precisees=() if contexte.region else unsaid
        )

    def _dire_solde(self, contexte: Contexte) -> str:
        counts = (self._compter(one, contexte.maille) for one in (self.barometre, self.methode))
        ours, official = (de_la_periode(one, contexte.periode)["solde_net"].iloc[0] for one in counts)
        if pd.isna(ours):
            return f"solde net {NON_DISPONIBLE}"
        beside = f", au lieu de {signe(official)} par la méthode (écart {signe(ours - official)}),"
        return f"solde net de {signe(ours)}{beside if contexte.variante else ''}"

    def dire_carte(self) -> Iterator[Any]:
        """Draw the regions, or the départements of one."""
        contexte = self.contexte
        draw = carte_departements if contexte.region else carte_regions
        yield draw(contexte, self._places(contexte), constat=f"Ouvertures nettes, {self._quoi(contexte)}")

    def dire_lignes(self, motif: str, annee: str) -> Iterator[Any]:
        """Say how many rows are listed."""
        number = len(self.lignes(motif, annee))
        cut = f" ; les {nombre(LIGNES_MAX)} premières" if number > LIGNES_MAX else ""
        yield dire(f"{accorder(number, 'ligne', 'lignes')}{cut}. Cliquez sur l'une d'elles : ses raisons suivent.")

    def dire_raisons(self, identifiant: str) -> Iterator[Any]:
        """Say why a row counts, or not: by the method, which alone explains."""
        if not identifiant:
            yield dire("Tapez un identifiant, ou cliquez sur une ligne de la liste.")
            return
        if self.barometre.variante:
            yield dire("Ce qui suit est dit par la méthode officielle, et non par la variante.")
        yield Markup(self.methode.expliquer(identifiant)._repr_html_())  # noqa: S704  escaped by `Explication`

    def dire_ecarts(self, depuis: str) -> Iterator[Any]:
        """Say what changed since an earlier relève, by family and cause, then movement by movement."""
        if not depuis:
            yield dire("Choisissez une relève antérieure.")
            return
        changes, asked = _reviser(self.barometre, depuis), self._lieu
        for column in filter(asked.get, asked):
            changes = changes[changes[column] == asked[column]]
        families = resumer_familles(changes, periodes_couvertes(lire_code_releve(depuis)), self.barometre.corriges)
        whole = families[families["dimension"] == "france"].sort_values(["famille", "cause"]).to_dict("records")
        told = [(row, libelle_cause(row["cause"]) if row["cause"] else FAMILLES[row["famille"]]) for row in whole]
        yield tableau_libre(
            [[majuscule(name), nombre(row["mouvements"]), signe(row["solde_net"])] for row, name in told],
            titre=f"Révisions depuis la relève {depuis} : chaque famille, puis ses causes",
            entetes=["Famille, cause", "Mouvements", "Effet sur le solde net"],
            classe="nombres",
        )
        rows = changes.head(CHANGEMENTS_MAX)[["id_mouvement", "periode", "cause", "solde_net"]].itertuples(index=False)
        cut = f", {nombre(CHANGEMENTS_MAX)} premières lignes" if len(changes) > CHANGEMENTS_MAX else ""
        yield tableau_libre(
            [[name, periode(when), libelle_cause(cause), signe(net)] for name, when, cause, net in rows],
            titre=f"Mouvement par mouvement, périodes nouvelles comprises{cut}",
            entetes=["Mouvement", "Période", "Cause", "Effet sur le solde net"],
            classe="textes",
        )
