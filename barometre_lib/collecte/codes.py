"""The codes of a cell: its commune, brought to the present one, and its NAF code, brought to rév. 2.

A commune is a code, `Lyon (69123)` or a name. A code of NAF 2025 is brought back where a single code leads to it, kept
where the field decides of it, asked elsewhere: from 1 January 2027 Insee gives the APE in NAF 2025 alone, and services
will copy its codes from Sirene.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from functools import cached_property

from barometre_lib.collecte.cellules import Transcription, texte_propre
from barometre_lib.collecte.grille import Cellule
from barometre_lib.erreurs import montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.typographie import enumerer, simplifier

CODE_COMMUNE = re.compile(r"[0-9][0-9AB][0-9]{3}", re.IGNORECASE)
NOM_ET_CODE = re.compile(r"(?P<nom>.*?)\s*\(\s*(?P<code>[0-9][0-9AB][0-9]{3})\s*\)", re.IGNORECASE | re.DOTALL)
# In a longer text the expression above would look for a code at every blank, for each of the blanks that follow.
COMMUNE_MAX = 200
CODE_NAF = re.compile(r"([0-9]{2})\.?([0-9]{2})([A-Z])(?:[\s:–-].*)?", re.IGNORECASE | re.DOTALL)
CANDIDATS_MAX = 8


class Communes:
    """The communes as a service names them, for the files of one region: names alone are looked for there."""

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
        """What may name a département of the region, simplified, to its code."""
        names: dict[str, str] = {}
        for code, one in self.nomenclatures.departements.items():
            if one.region == self.region:
                written = (code, code.lstrip("0"), one.nom, self.libelle_departement(code))
                names |= {simplifier(text): code for text in written}
        return names

    @cached_property
    def par_departement(self) -> dict[str, list[str]]:
        """Present communes of each département of the region, in the order of names."""
        found = defaultdict(list)
        for code, department in self.nomenclatures.departement_de_commune.items():
            if self.nomenclatures.departements[department].region == self.region:
                found[department].append(code)
        names = self.nomenclatures.nom_de_commune
        return {one: sorted(found[one], key=lambda code: (simplifier(names[code]), code)) for one in sorted(found)}

    def lire(self, cellule: Cellule, departement: str = "") -> Transcription:
        """Read a commune; the département, when given, tells apart two communes of one name."""
        value = cellule.valeur
        text = f"{value:05d}" if type(value) is int and 1000 <= value <= 99999 else texte_propre(cellule)
        if re.fullmatch("[0-9]{4}", text):
            text = f"0{text}"
        if CODE_COMMUNE.fullmatch(text):
            return self._juger_code_postal(text, cellule) or self._lire_code(text.upper(), cellule)
        if len(text) <= COMMUNE_MAX and (named := NOM_ET_CODE.fullmatch(text)):
            code = named["code"].upper()
            now = self.nomenclatures.nom_de_commune.get(self.nomenclatures.commune_actuelle.get(code, ""), "")
            borne = {*self._noms_anciens.get(code, ()), simplifier(now)}
            if named["nom"] and simplifier(named["nom"]) not in borne:
                real = f"celui de {montrer(now)}" if now else "inconnu"
                what = f"attendu un nom et un code de la même commune, ce code est {real}"
                return Transcription(text, defaut=what)
            return self._lire_code(code, cellule)
        return self._lire_nom(text, departement)

    def _juger_code_postal(self, code: str, cellule: Cellule) -> Transcription | None:
        """Return the refusal of bare digits that are the postal code of another commune: only their author knows.

        The register's own files hold codes alone, and no postal code.
        """
        now = self.nomenclatures.commune_actuelle.get(code, "")
        served = self.nomenclatures.communes_du_code_postal.get(code, [])
        others = [one for one in served if one != now and self._dans_la_region(one)]
        if cellule.marque == "brute" or not others:
            return None
        listed = enumerer((montrer(self.libelle(one)) for one in others[:CANDIDATS_MAX]), "ou")
        more = f" (et {len(others) - CANDIDATS_MAX} autres)" if len(others) > CANDIDATS_MAX else ""
        mine = f"le code Insee de {montrer(self.libelle(now))} et " if now else ""
        what = f"attendu la commune du site, son nom et son code ; {code} est {mine}le code postal de {listed}{more}"
        return Transcription(now or code, defaut=what)

    def _dans_la_region(self, code: str) -> bool:
        department = self.nomenclatures.departement_de_commune[code]
        return self.nomenclatures.departements[department].region == self.region

    def _lire_code(self, code: str, cellule: Cellule) -> Transcription:
        now = self.nomenclatures.commune_actuelle.get(code, code)
        if now != code:
            return Transcription(now, f"commune actuelle : {self.libelle(now)}", "commune")
        if code in self._partagees:
            listed = ", ".join(self.libelle(one) for one in self._partagees[code])
            what = f"attendu une commune d'aujourd'hui ; cette commune a été partagée, choisissez parmi {listed}"
            return Transcription(code, defaut=what)
        if len(cellule.texte.strip()) == 4:
            return Transcription(code, "zéro rendu au début du code", "code")
        return Transcription(code, "" if cellule.texte == self.libelle(code) else "code seul")

    def _lire_nom(self, text: str, departement: str) -> Transcription:
        found = self._homonymes.get(simplifier(text), [])
        if departement and len(found) > 1:
            found = [code for code in found if self.departement(code) == departement] or found
        if len(found) == 1:
            return Transcription(found[0], f"seule commune de ce nom : {self.libelle(found[0])}", "commune")
        if found:
            listed = ", ".join(self.libelle(code) for code in found[:CANDIDATS_MAX])
            return Transcription(text, defaut=f"attendu un code, plusieurs communes portent ce nom : {listed}")
        return Transcription(text)

    @cached_property
    def _homonymes(self) -> dict[str, list[str]]:
        """Simplified name to the communes of the region that bear it."""
        names = defaultdict(list)
        for codes in self.par_departement.values():
            for code in codes:
                names[simplifier(self.nomenclatures.nom_de_commune[code])].append(code)
        return dict(names)

    @cached_property
    def _partagees(self) -> dict[str, list[str]]:
        """Former commune that several present ones share, to these."""
        passages = self.nomenclatures.table("passage_communes")
        shared = passages[passages["nb_cibles"] != "1"]
        return {str(code): list(rows["code_actuel"]) for code, rows in shared.groupby("code_ancien")}

    @cached_property
    def _noms_anciens(self) -> dict[str, set[str]]:
        """Any code to the simplified names that it bore."""
        names = defaultdict(set)
        for table, columns in (
            ("passage_communes", ["code_ancien", "nom_ancien"]),
            ("communes_liees", ["code", "nom"]),
        ):
            for code, name in self.nomenclatures.table(table)[columns].itertuples(index=False):
                names[code].add(simplifier(name))
        return dict(names)


class Naf:
    """The codes of both NAF, from a cell to rév. 2, or to one of NAF 2025 if it is in `decides`, as the field does."""

    def __init__(self, nomenclatures: Nomenclatures, decides: Collection[str] = ()) -> None:
        self.nomenclatures = nomenclatures
        self.decides = decides

    def libelle(self, code: str) -> str:
        """Return a code as the workbook shows it: `27.20Z Fabrication de piles et d'accumulateurs électriques`."""
        label = self.nomenclatures.naf.get(code) or self.nomenclatures.naf_2025.get(code)
        return f"{code} {label}" if label else code

    def lire(self, cellule: Cellule) -> Transcription:
        """Read a code: `27.20Z`, `2720z`, or followed by its label."""
        text = texte_propre(cellule)
        found = CODE_NAF.fullmatch(text)
        if found is None:
            return Transcription(text)
        code = f"{found[1]}.{found[2]}{found[3].upper()}"
        # No code belongs to both: those of NAF 2025 end in G, H, J, K, L or Y, those of rév. 2 in A to F or Z.
        sources = self.nomenclatures.antecedents_naf.get(code)
        if sources is None or code in self.decides:
            return Transcription(code, "" if text == self.libelle(code) else "code seul, avec son point")
        if len(sources) == 1:
            why = f"code de la NAF 2025, un seul code de la NAF rév. 2 y mène : {self.libelle(sources[0])}"
            return Transcription(sources[0], why, "naf")
        what = "un code de la NAF rév. 2, celui-ci est de la NAF 2025"
        if not sources:
            return Transcription(text, defaut=f"attendu {what} et n'a pas d'équivalent ; choisissez dans la liste")
        listed = " ; ".join(self.libelle(one) for one in sources[:CANDIDATS_MAX])
        more = f" ; et {len(sources) - CANDIDATS_MAX} autres" if len(sources) > CANDIDATS_MAX else ""
        return Transcription(text, defaut=f"attendu {what} et plusieurs y mènent, choisissez : {listed}{more}")
