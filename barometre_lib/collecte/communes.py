"""The commune of a cell: a code, `Lyon (69123)` or a name, brought to the present commune."""

import re
from collections import defaultdict
from functools import cached_property

from barometre_lib.collecte.entetes import normaliser
from barometre_lib.collecte.feuille import Cellule
from barometre_lib.collecte.lectures import Lecture, texte_propre
from barometre_lib.erreurs import montrer
from barometre_lib.nomenclatures import Nomenclatures

NOM_ET_CODE = re.compile(r"(?P<nom>.*?)\s*\(\s*(?P<code>[0-9][0-9AB][0-9]{3})\s*\)", re.IGNORECASE | re.DOTALL)
CODE = re.compile(r"[0-9][0-9AB][0-9]{3}", re.IGNORECASE)
CANDIDATS_MAX = 8


class Communes:
    """The communes as a service names them, for the files of one region.

    Parameters
    ----------
    nomenclatures : Nomenclatures
        Reference tables.
    region : str
        Code of the region, in which names alone are looked for.
    """

    def __init__(self, nomenclatures: Nomenclatures, region: str) -> None:
        self.nomenclatures = nomenclatures
        self.region = region

    def libelle(self, code: str) -> str:
        """Return a commune as the workbook shows it: `Lyon (69123)`; the code as it is when it is unknown."""
        now = self.nomenclatures.commune_actuelle.get(code, "")
        return f"{self.nomenclatures.nom_de_commune[now]} ({now})" if now else code

    def libelle_departement(self, code: str) -> str:
        """Return a département as the workbook shows it: `Rhône (69)`."""
        return f"{self.nomenclatures.departements[code].nom} ({code})"

    def departement(self, code: str) -> str:
        """Return the département of an accepted commune code, empty when the code is unknown."""
        now = self.nomenclatures.commune_actuelle.get(code, "")
        return self.nomenclatures.departement_de_commune.get(now, "")

    @cached_property
    def departements(self) -> dict[str, str]:
        """What may name a département of the region, normalised, to its code."""
        names: dict[str, str] = {}
        for code, one in self.nomenclatures.departements.items():
            if one.region == self.region:
                written = (code, code.lstrip("0"), one.nom, self.libelle_departement(code))
                names |= {normaliser(text): code for text in written}
        return names

    @cached_property
    def par_departement(self) -> dict[str, list[str]]:
        """Present communes of each département of the region, in the order of names."""
        found = defaultdict(list)
        for code, department in self.nomenclatures.departement_de_commune.items():
            if self.nomenclatures.departements[department].region == self.region:
                found[department].append(code)
        names = self.nomenclatures.nom_de_commune
        return {one: sorted(found[one], key=lambda code: (normaliser(names[code]), code)) for one in sorted(found)}

    def lire(self, cellule: Cellule, departement: str = "") -> Lecture:
        """Read a commune; the département, when given, tells apart two communes of one name."""
        value = cellule.valeur
        text = f"{value:05d}" if type(value) is int and 1000 <= value <= 99999 else texte_propre(cellule)
        if re.fullmatch("[0-9]{4}", text):
            text = f"0{text}"
        if CODE.fullmatch(text):
            return self._lire_code(text.upper(), cellule)
        if named := NOM_ET_CODE.fullmatch(text):
            code = named["code"].upper()
            if named["nom"] and not self._porte(code, named["nom"]):
                real = f", ce code est celui de {self._nom(code)}" if self._nom(code) else ", ce code est inconnu"
                return Lecture(text, defaut=f"attendu un nom et un code de la même commune{real}")
            return self._lire_code(code, cellule)
        return self._lire_nom(text, departement)

    def _lire_code(self, code: str, cellule: Cellule) -> Lecture:
        now = self.nomenclatures.commune_actuelle.get(code, code)
        if now != code:
            why = f"commune actuelle\u00a0: {self.libelle(now)}"
            return Lecture(now, why, "commune")
        if code in self._partagees:
            listed = ", ".join(self.libelle(one) for one in self._partagees[code])
            what = f"cette commune a été partagée, choisissez parmi {listed}"
            return Lecture(code, defaut=f"attendu une commune d'aujourd'hui\u202f; {what}")
        lost_zero = len(cellule.texte.strip()) == 4
        return Lecture(
            code, "zéro rendu au début du code" if lost_zero else "code seul", "code" if lost_zero else "notation"
        )

    def _lire_nom(self, text: str, departement: str) -> Lecture:
        found = self._homonymes.get(normaliser(text), [])
        if departement and len(found) > 1:
            found = [code for code in found if self.departement(code) == departement] or found
        if len(found) == 1:
            return Lecture(found[0], f"seule commune de ce nom\u00a0: {self.libelle(found[0])}", "commune")
        if found:
            listed = ", ".join(self.libelle(code) for code in found[:CANDIDATS_MAX])
            return Lecture(text, defaut=f"attendu un code, plusieurs communes portent ce nom\u00a0: {listed}")
        return Lecture(text)

    @cached_property
    def _homonymes(self) -> dict[str, list[str]]:
        """Normalised name to the communes of the region that bear it."""
        names = defaultdict(list)
        for codes in self.par_departement.values():
            for code in codes:
                names[normaliser(self.nomenclatures.nom_de_commune[code])].append(code)
        return dict(names)

    @cached_property
    def _partagees(self) -> dict[str, list[str]]:
        """Former commune that several present ones share, to these."""
        passages = self.nomenclatures.table("passage_communes")
        shared = passages[passages["nb_cibles"] != "1"]
        return {str(code): list(rows["code_actuel"]) for code, rows in shared.groupby("code_ancien")}

    @cached_property
    def _noms_anciens(self) -> dict[str, set[str]]:
        """Any code to the normalised names that it bore."""
        names = defaultdict(set)
        passages, linked = self.nomenclatures.table("passage_communes"), self.nomenclatures.table("communes_liees")
        for code, name in zip(passages["code_ancien"], passages["nom_ancien"], strict=True):
            names[code].add(normaliser(name))
        for code, name in zip(linked["code"], linked["nom"], strict=True):
            names[code].add(normaliser(name))
        return dict(names)

    def _nom(self, code: str) -> str:
        now = self.nomenclatures.commune_actuelle.get(code, "")
        return montrer(self.nomenclatures.nom_de_commune[now]) if now else ""

    def _porte(self, code: str, name: str) -> bool:
        """Tell whether a code is that of a commune of this name, now or formerly."""
        now = self.nomenclatures.commune_actuelle.get(code, code)
        present = normaliser(self.nomenclatures.nom_de_commune.get(now, ""))
        return normaliser(name) in self._noms_anciens.get(code, set()) | {present}
