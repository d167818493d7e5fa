"""The life of the movements: what each relève corrects, counts, announces and sets aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from defauts import annoncer, ecarter
from ecartes import Ecartes
from grille import RELEVES, semestre_du
from lieux import Lieu
from lignes import EXPANSIONS, VARIATIONS, Site, suivant
from mouvements import Mouvement, Mouvements
from plan import Cellule, Operation


class Registre:
    """The register, taken from one relève to the next by `jouer`."""

    def __init__(
        self, mouvements: Mouvements, plan: Mapping[str, Sequence[Operation]], nommes: Mapping[str, Any]
    ) -> None:
        self.mouvements, self._plan, self._nommes = mouvements, plan, nommes
        self._fabrique, self._alea = mouvements.fabrique, mouvements.fabrique.alea
        self._reglages = mouvements.fabrique.reglages
        self._attendus: dict[tuple[str, Cellule], list[Mouvement]] = defaultdict(list)

    def jouer(self, releve: str) -> None:
        """Bring the register to what is known at a relève."""
        deja = len(self.mouvements.tous)
        for mouvement in self.mouvements.tous:
            self._actualiser(mouvement, releve)
        for operation in self._plan[releve]:
            self._executer(operation, releve)
        self._oublier_attentes(releve)
        self._annoncer_sites_nommes(releve)
        self._preparer(releve)
        self._annoncer_sans_suite(releve)
        Ecartes(self.mouvements).completer(releve)
        self.mouvements.numeroter(deja)

    def _actualiser(self, m: Mouvement, releve: str) -> None:
        """Let a relève pass: a site gets its SIRET, a headcount drifts, an announcement is given up."""
        reglages, chance = self._reglages, self._fabrique.chance
        if not m.ligne["siret"] and not m.lie and chance(reglages["siret_obtenu"]):
            m.ligne["siret"] = self._fabrique.noms.siret()
            m.site = m.site._replace(siret=m.ligne["siret"])
        expansion = m.ligne["type_mouvement"] in EXPANSIONS
        if m.motif == "compte" and expansion and not m.nomme and chance(reglages["effectif_actualise"]):
            effectif = int(m.ligne["effectif"])
            derive = self._alea.randint(-(effectif // 12), effectif // 8)
            m.ligne["effectif"] = str(max(reglages["regles"]["seuil_effectif"] + 1, effectif + derive))
        if m.motif == "non_effectif" and not m.attendu:
            m.ligne.update(statut="annonce", date_effet="")
            if chance(reglages["annonces"]["abandon"]):
                ecarter(self._fabrique, m.ligne, "abandonne", releve)
                m.motif = "abandonne"

    def _executer(self, operation: Operation, releve: str) -> None:
        """Carry out one change that the table of counts imposes."""
        if operation.avant is None:
            if operation.apres is not None:
                self._faire_entrer(operation.apres, releve)
            return
        mouvement = self.mouvements.retirer_de(operation.avant)
        if operation.apres is None:
            self._retirer(mouvement, releve)
            return
        date = mouvement.ligne["date_effet"]
        self._fabrique.compter(mouvement.ligne, operation.apres)
        mouvement.ligne["commentaire"] = (
            "Type requalifié après examen du dossier par le service."
            if operation.cause == "type_requalifie"
            else f"Date d'effet corrigée (auparavant {date})."
        )
        self.mouvements.compter(mouvement, operation.apres)

    def _faire_entrer(self, cellule: Cellule, releve: str) -> None:
        """Count one more movement in a cell: one that was awaited, a sequel, or a new site."""
        attendus = self._attendus[releve, cellule]
        if attendus:
            mouvement = attendus.pop(0)
            if mouvement.nomme:
                mouvement.ligne.update(statut="effectif", effectif=self._fiche(mouvement)["effectif"])
            else:
                self._fabrique.compter(mouvement.ligne, cellule)
        else:
            origine = self.mouvements.origine(cellule, releve)
            mouvement = self.mouvements.ajouter(cellule, origine.site if origine else None)
            if origine:
                mouvement.ligne.update({c: origine.ligne[c] for c in ("entreprise", "siret")})
                origine.lie = mouvement.lie = True
        self.mouvements.compter(mouvement, cellule)

    def _retirer(self, mouvement: Mouvement, releve: str) -> None:
        """Stop counting a movement: its row stays, with what was corrected."""
        frequences = dict(self._reglages["retraits"])
        if mouvement.ligne["type_mouvement"] not in VARIATIONS:
            del frequences["non_significatif"]
        mouvement.motif = self._fabrique.tirer(frequences)
        ecarter(self._fabrique, mouvement.ligne, mouvement.motif, releve)
        mouvement.ligne["commentaire"] = "Information corrigée par le service depuis la relève précédente."

    def _oublier_attentes(self, releve: str) -> None:
        """Let go of the announcements that this relève was to count, where fewer movements came."""
        for (cible, _), attendus in self._attendus.items():
            if cible == releve:
                for mouvement in attendus:
                    mouvement.attendu = False
                attendus.clear()

    def _fiche(self, mouvement: Mouvement) -> Mapping[str, str]:
        """Give what `sites_nommes.yaml` says of a named site, as text."""
        fiche = next(f for f in self._nommes["sites"] if f["nom_site"] == mouvement.ligne["nom_site"])
        return {colonne: str(valeur) for colonne, valeur in fiche.items()}

    def _annoncer_sites_nommes(self, releve: str) -> None:
        """Enter the sites of the official releases, announced before they are counted."""
        for fiche in self._nommes["sites"]:
            if fiche["annonce_depuis"] != releve:
                continue
            region, code = self._nommes["region"], fiche["code_commune"]
            cellule = Cellule(semestre_du(fiche["date_effet"]), region, fiche["sous_secteur"], fiche["type_mouvement"])
            site = Site(fiche["nom_site"], fiche["entreprise"], "", Lieu(code, code, ""), fiche["code_naf"], "")
            mouvement = self.mouvements.ajouter(cellule, site)
            colonnes = fiche.get("conventionnelles", self._nommes["conventionnelles"])
            ligne = mouvement.ligne
            ligne.update(dict.fromkeys(ligne, ""))
            ligne.update({c: str(v) for c, v in fiche.items() if c in ligne})
            ligne.update(statut="annonce", effectif="", citable="oui", source=self._nommes["source"])
            ligne["commentaire"] = self._nommes["commentaire"].format(colonnes=", ".join(colonnes))
            mouvement.motif, mouvement.lie, mouvement.nomme, mouvement.attendu = "non_effectif", True, True, True
            self._attendus[fiche["compte_depuis"], cellule].insert(0, mouvement)

    def _preparer(self, releve: str) -> None:
        """Enter beforehand part of what the next two relèves will count."""
        suivantes = RELEVES[RELEVES.index(releve) + 1 :][:2]
        for distance, cible in reversed(list(enumerate(suivantes, start=1))):
            reste = {cellule: len(liste) for (pour, cellule), liste in self._attendus.items() if pour == cible}
            for operation in self._plan[cible]:
                cellule = operation.apres
                if operation.avant is not None or cellule is None:
                    continue
                if reste.get(cellule, 0) > 0:
                    reste[cellule] -= 1
                elif self._fabrique.chance(self._part_connue(operation, cellule, distance)):
                    self._attendre(cellule, cible, releve)

    def _part_connue(self, operation: Operation, cellule: Cellule, distance: int) -> int:
        """Give the chance, in per cent, that a movement is reported one or two relèves before it counts."""
        annonces: dict[str, int] = self._reglages["annonces"]
        if operation.cause == "detection_tardive":
            connue: int = self._reglages["detection_deja_connue"]
            return connue if distance == 1 else 0
        if distance == 2:
            return annonces["deux_releves_avant"]
        return annonces["expansion" if cellule.type_mouvement in EXPANSIONS else "contraction"]

    def _attendre(self, cellule: Cellule, cible: str, releve: str) -> None:
        """Enter a movement that the relève `cible` will count."""
        mouvement = self.mouvements.ajouter(cellule)
        if cellule.semestre > releve:
            mouvement.motif = "non_effectif"
            annoncer(self._fabrique, mouvement.ligne, releve, cellule.semestre)
        else:
            motifs = ["effectif_manquant", "sous_seuil"]
            motifs += ["non_significatif"] * (cellule.type_mouvement in VARIATIONS)
            mouvement.motif = self._alea.choice(motifs)
            ecarter(self._fabrique, mouvement.ligne, mouvement.motif, releve)
        mouvement.attendu = True
        self._attendus[cible, cellule].append(mouvement)

    def _annoncer_sans_suite(self, releve: str) -> None:
        """Enter announcements that no relève of the table counts; after the last one, all are such."""
        annonces = self._reglages["annonces"]
        cellules = [o.apres for o in self._plan[releve] if o.apres and o.apres.semestre == releve]
        nombre = annonces["sans_suite"]
        if releve == RELEVES[-1]:
            nombre += len(cellules) * annonces["expansion"] // 100
        for cellule in self._alea.choices(cellules, k=nombre):
            mouvement = self.mouvements.ajouter(cellule._replace(semestre=suivant(releve)))
            annoncer(self._fabrique, mouvement.ligne, releve, suivant(releve))
            mouvement.motif = "non_effectif"
