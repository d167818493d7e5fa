"""A register of which one knows which rows go together: rows of the demonstration, their twins, and false friends."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

import fabrique

from barometre_lib.barometre import Barometre
from barometre_lib.rapprochement.paires import chercher_paires
from barometre_lib.typographie import sans_accents
from barometre_lib.vocabulaire import NOMS_COLONNES

Ligne = dict[str, str]
CONTRAIRE = {"ouverture": "extension", "extension": "ouverture", "fermeture": "reduction", "reduction": "fermeture"}
SUITES = {("fermeture", "ouverture"): "reouverture", ("reduction", "fermeture"): "reduction_puis_fermeture"}
SITES = "Fonderie du Val|Les Forges|Plateforme Nord|Site historique|Ancienne filature|Les Trois Moulins".split("|")  # noqa: SIM905
FIRMES = "Orvantis|Meldarec|Calystène|Brumovar|Tessandre|Quivorel|Ludémont|Faranzy|Sigovane|Ostrelle".split("|")  # noqa: SIM905
# Share of the SIRETs that are hidden, by noise.
CACHES = {1: 0.5, 2: 0.7}


@dataclass
class Simulation:
    """Rows of the register, and which pairs of them are true: their identifiers, in order, to their kind."""

    lignes: list[Ligne]
    vraies: dict[tuple[str, str], str] = field(default_factory=dict)
    cas: dict[tuple[str, str], str] = field(default_factory=dict)  # what was planted


class Semeur:
    """Plants twins and false friends in rows taken one after the other."""

    def __init__(self, lignes: list[Ligne], hasard: random.Random, bruit: int) -> None:
        self.hasard, self.bruit = hasard, bruit
        self.simulation = Simulation(lignes)
        self._libres = [row for row in lignes if row["date_effet"] and row["siret"] and row["statut"] == "effectif"]
        hasard.shuffle(self._libres)
        self._voisines: dict[str, list[str]] = {}
        names = fabrique.nomenclatures()
        for postal in names.communes_du_code_postal.values():
            for commune in postal:
                self._voisines[commune] = [one for one in postal if one != commune]

    def prendre(self, *types: str) -> Ligne:
        """Return a row of some types that nothing was planted beside."""
        row = next(one for one in self._libres if not types or one["type_mouvement"] in types)
        self._libres.remove(row)
        return row

    def ajouter(self, ligne: Ligne, **change: str) -> Ligne:
        """Add a row like another."""
        number = len(self.simulation.lignes)
        twin = ligne | {"id_mouvement": f"J-{number:06d}", "source": "presse"} | change
        if self.bruit > 1:
            self._brouiller(twin)
        self.simulation.lignes.append(twin)
        return twin

    def lier(self, cas: str, nature: str, *lignes: Ligne) -> None:
        """Note that the first row goes with each of the others."""
        for other in lignes[1:]:
            pair = (
                min(lignes[0]["id_mouvement"], other["id_mouvement"]),
                max(lignes[0]["id_mouvement"], other["id_mouvement"]),
            )
            self.simulation.vraies[pair], self.simulation.cas[pair] = nature, cas

    def jours(self, ligne: Ligne, debut: int, fin: int) -> str:
        """Return a day that comes so many days after that of a row."""
        return str(date.fromisoformat(ligne["date_effet"]) + timedelta(days=self.hasard.randint(debut, fin)))

    def _brouiller(self, ligne: Ligne) -> None:
        """Have a row say another activity of the same division, three times out of ten, and often other figures."""
        if self.hasard.random() < 0.3:
            codes = [one for one in fabrique.nomenclatures().naf if one[:2] == ligne["code_naf"][:2]]
            ligne["code_naf"] = self.hasard.choice(codes)
        for name in ("effectif", "emplois", "investissement_meur"):
            if ligne[name] and self.hasard.random() < 0.35:
                ligne[name] = str(int(float(ligne[name]) * self.hasard.uniform(0.7, 1.4)) + 1)

    def bruiter(self, nom: str) -> str:
        """Return a name as another service types it, with as many faults as the noise says."""
        for _ in range(self.bruit):
            nom = self._fauter(nom)
        return nom

    def _fauter(self, nom: str) -> str:
        """Return a name with one fault: case, accents, legal form, a letter lost, changed or swapped."""
        words = nom.split()
        long = [rank for rank, word in enumerate(words) if len(word) > 5 and word.isalpha()]
        if long:
            rank = self.hasard.choice(long)
            word, at = words[rank], self.hasard.randrange(1, len(words[rank]) - 2)
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            words[rank] = self.hasard.choice(
                [word, word[:at] + word[at + 1 :], swapped, f"{word[:at]}e{word[at + 1 :]}"]
            )
        name = " ".join(words)
        return self.hasard.choice([str, str.upper, sans_accents, str.title, lambda one: f"SAS {one}"])(name)

    def noms(self, ligne: Ligne) -> Ligne:
        """Return the names of a row as another service types them."""
        return {name: self.bruiter(ligne[name]) for name in ("nom_site", "entreprise")}

    def nic(self, siret: str) -> str:
        """Return another establishment of a firm."""
        return f"{siret[:9]}{(int(siret[9:]) + self.hasard.randint(1, 900)) % 100_000:05d}"

    def autre_siret(self) -> str:
        """Return the SIRET of another firm."""
        return f"{self.hasard.randrange(10**14):014d}"

    def ailleurs(self, ligne: Ligne, *, loin: bool) -> str:
        """Return a commune of another région or, near, of the same postal code or département."""
        here = fabrique.nomenclatures().commune_actuelle[ligne["code_commune"]]
        if not loin and self._voisines.get(here):
            return self.hasard.choice(self._voisines[here])
        known = fabrique.nomenclatures().departement_de_commune
        others = [one for one in known if (known[one] == known[here]) != loin and one != here]
        # Paris is alone in its département.
        return self.hasard.choice(others or [here])


def discordant(s: Semeur) -> None:
    """One service says an opening, the other an extension, the same day."""
    a = s.prendre()
    b = s.ajouter(a, type_mouvement=CONTRAIRE[a["type_mouvement"]], date_effet=s.jours(a, 0, 1), **s.noms(a))
    s.lier("discordant", "type_discordant", a, b)


def deux_semestres(s: Semeur) -> None:
    """One extension is reported on 20 June and on 5 July."""
    a = s.prendre("extension", "reduction")
    a["date_effet"] = f"{a['date_effet'][:4]}-06-{s.hasard.randint(10, 30)}"
    s.lier("deux semestres", "meme_mouvement", a, s.ajouter(a, date_effet=s.jours(a, 10, 40), **s.noms(a)))


def siret_fautif(s: Semeur) -> None:
    """One or two digits of the SIRET were typed wrong."""
    a = s.prendre()
    digits = list(a["siret"])
    for rank in s.hasard.sample(range(3, 14), s.hasard.choice([1, 2])):
        digits[rank] = str((int(digits[rank]) + s.hasard.randint(1, 9)) % 10)
    b = s.ajouter(a, siret="".join(digits), date_effet=s.jours(a, 0, 60), **s.noms(a))
    s.lier("SIRET fautif", "meme_mouvement", a, b)


def voisine(s: Semeur) -> None:
    """One service gives the neighbouring commune."""
    a = s.prendre()
    b = s.ajouter(a, code_commune=s.ailleurs(a, loin=False), date_effet=s.jours(a, 0, 40), **s.noms(a))
    s.lier("commune voisine", "meme_mouvement", a, b)


def autre_nom(s: Semeur) -> None:
    """The site has another name, the firm is the same."""
    a = s.prendre()
    firm = a["entreprise"] or s.hasard.choice(FIRMES)
    a["entreprise"] = firm
    s.lier(
        "autre nom", "meme_mouvement", a, s.ajouter(a, nom_site=s.hasard.choice(SITES), date_effet=s.jours(a, 0, 25))
    )


def renommee(s: Semeur) -> None:
    """The firm has a new name, that one of the two services knows."""
    a = s.prendre()
    firm = f"{s.hasard.choice(FIRMES)} {s.hasard.choice(SITES).split()[-1]}"
    site = s.bruiter(a["nom_site"]) if s.hasard.random() < 0.6 else f"Usine {firm}"
    b = s.ajouter(a, entreprise=firm, nom_site=site, date_effet=s.jours(a, 0, 25))
    s.lier("entreprise renommée", "meme_mouvement", a, b)


def fautes(s: Semeur) -> None:
    """Both names are typed anew, with faults."""
    a = s.prendre()
    s.lier("fautes de frappe", "meme_mouvement", a, s.ajouter(a, date_effet=s.jours(a, 0, 80), **s.noms(a)))


def deplace(s: Semeur) -> None:
    """The plant moves: in its commune, or to another région."""
    a, far = s.prendre("fermeture"), s.hasard.random() < 0.5
    place = s.ailleurs(a, loin=True) if far else a["code_commune"]
    day = s.jours(a, -60, 300)
    opened = {"type_mouvement": "ouverture", "siret": s.nic(a["siret"]), "code_commune": place, "date_effet": day}
    firm = a["entreprise"] = a["entreprise"] or a["nom_site"]
    site = f"Usine de {fabrique.nomenclatures().nom_de_commune.get(place, 'Lyon')} – {firm}"
    s.lier(
        "transfert",
        "transfert",
        a,
        s.ajouter(a, nom_site=site, entreprise=s.bruiter(firm) if not far else firm, **opened),
    )


def repris(s: Semeur) -> None:
    """Another firm takes the site over, the same day or soon after."""
    a, firm = s.prendre("fermeture"), f"{s.hasard.choice(FIRMES)} {s.hasard.choice(SITES).split()[-1]}"
    new = {"type_mouvement": "ouverture", "siret": s.autre_siret(), "entreprise": firm, "nom_site": f"Usine {firm}"}
    s.lier("reprise", "reprise", a, s.ajouter(a, date_effet=s.jours(a, 0, 30), emplois="", **new))


def rouvert(s: Semeur) -> None:
    """The site, mothballed, opens again within the year."""
    a = s.prendre("fermeture")
    again = s.ajouter(a, type_mouvement="ouverture", date_effet=s.jours(a, 40, 360), **s.noms(a))
    s.lier("réouverture", "reouverture", a, again)


def regroupe(s: Semeur) -> None:
    """A site closes, its firm extends another one."""
    a = s.prendre("fermeture")
    a["entreprise"] = a["entreprise"] or a["nom_site"]
    grown = {"type_mouvement": "extension", "siret": s.nic(a["siret"]), "variation_production": "60"}
    b = s.ajouter(a, code_commune=s.ailleurs(a, loin=False), date_effet=s.jours(a, -100, 200), **grown)
    s.lier("regroupement", "regroupement", a, b)


def reduit(s: Semeur) -> None:
    """The site is reduced, then closed."""
    a = s.prendre("reduction")
    b = s.ajouter(a, type_mouvement="fermeture", date_effet=s.jours(a, 50, 360), **s.noms(a))
    s.lier("réduction puis fermeture", "reduction_puis_fermeture", a, b)


def unites(s: Semeur) -> None:
    """False friends: numbered units of a firm."""
    a = s.prendre()
    a["nom_site"] = f"{a['nom_site']} – unité 1"
    for number in (2, 3):
        name = a["nom_site"].replace("unité 1", f"unité {number}")
        s.ajouter(a, nom_site=name, siret=s.nic(a["siret"]), date_effet=s.jours(a, 0, 200))


def soeurs(s: Semeur) -> None:
    """False friends: two sites of a firm, in two communes of a département."""
    a = s.prendre("ouverture", "extension")
    place = s.hasard.choice([s.ailleurs(a, loin=False), s.ailleurs(a, loin=True)])
    name = f"Usine de {fabrique.nomenclatures().nom_de_commune.get(place, 'Lyon')} – {a['entreprise'] or a['nom_site']}"
    own = {"nom_site": name, "siret": s.nic(a["siret"]), "effectif": "77", "emplois": "13", "investissement_meur": "3"}
    s.ajouter(a, code_commune=place, date_effet=s.jours(a, 60, 400), **own)


def encore(s: Semeur) -> None:
    """False friends: a second extension of a site, months later."""
    a = s.prendre("extension")
    s.ajouter(a, date_effet=s.jours(a, 190, 400), effectif="155", emplois="31", investissement_meur="9")


def homonyme(s: Semeur) -> None:
    """False friends: a like name, elsewhere, of another firm."""
    a = s.prendre()
    s.ajouter(
        a, code_commune=s.ailleurs(a, loin=True), siret=s.autre_siret(), effectif="48", date_effet=s.jours(a, 0, 300)
    )


def voisins(s: Semeur) -> None:
    """False friends: two firms of one commune and one activity."""
    a, firm = s.prendre(), f"{s.hasard.choice(FIRMES)} {s.hasard.choice(SITES).split()[-1]}"
    own = {"effectif": "61", "emplois": "8", "investissement_meur": "", "surface_m2": "", "variation_production": "45"}
    s.ajouter(a, nom_site=firm, entreprise=firm, siret=s.autre_siret(), date_effet=s.jours(a, 20, 300), **own)


VRAIES: tuple[Callable[[Semeur], None], ...] = (
    *(discordant, deux_semestres, siret_fautif, voisine, autre_nom, renommee, fautes),
    *(deplace, repris, rouvert, regroupe, reduit),
)
FAUSSES: tuple[Callable[[Semeur], None], ...] = (unites, soeurs, encore, homonyme, voisins)


def _connues(barometre: Barometre) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the pairs that the demonstration has by its own making: what follows what on one site, within the year."""
    rows = barometre.decisions[barometre.decisions["statut"] != "abandonne"].dropna(subset=["date_effet"])
    for _, site in rows.sort_values(["date_effet", "id_mouvement"]).groupby("cle_site"):
        for one, other in combinations(site.to_dict("records"), 2):
            types = one["type_mouvement"], other["type_mouvement"]
            kind = SUITES.get(types, "meme_mouvement" if other["motif"] == "doublon" and types[0] == types[1] else "")
            if kind and (other["date_effet"] - one["date_effet"]).days <= 365:
                low, high = sorted([one["id_mouvement"], other["id_mouvement"]])
                yield (low, high), kind


def simuler(barometre: Barometre, graine: int, chacun: int, bruit: int = 1) -> Simulation:
    """Return the rows of a relève with so many of each planted, half of the SIRETs hidden, or more with more noise."""
    chance = random.Random(graine)
    rows = barometre.registre.textes[list(NOMS_COLONNES)].to_dict("records")
    sower = Semeur([{str(key): str(value) for key, value in row.items()} for row in rows], chance, bruit)
    for pair, kind in _connues(barometre):
        sower.simulation.vraies[pair], sower.simulation.cas[pair] = kind, "démonstration"
    for plant in (*VRAIES, *FAUSSES):
        for _ in range(chacun):
            plant(sower)
    for row in sower.simulation.lignes:
        if chance.random() < CACHES[bruit]:
            row["siret"] = ""
    return sower.simulation


@dataclass
class Mesure:
    """What was found of what was planted."""

    lignes: int
    trouvees: int
    reglees: int  # pairs of which rule 9 sets one row aside by itself: not to be read
    semees: Counter[str]  # by what was planted
    manquees: Counter[str]
    fausses: Counter[str]  # by the kind told
    autre_nature: Counter[str]


def mesurer(barometre: Barometre, graine: int, chacun: int, bruit: int = 1) -> Mesure:
    """Find the pairs of a simulated register, and compare them with the true ones."""
    simulation = simuler(barometre, graine, chacun, bruit)
    decisions = fabrique.barometre(simulation.lignes, str(barometre.releve)).decisions
    found = {
        tuple(sorted((one.premier, one.second))): one for one in chercher_paires(decisions, fabrique.nomenclatures())
    }
    rows = decisions.set_index("id_mouvement")[["type_mouvement", "cle_site", "motif"]]
    measured = Mesure(len(rows), len(found), 0, Counter(), Counter(), Counter(), Counter())
    for pair, planted in simulation.cas.items():
        one, other = (rows.loc[name] for name in pair)
        same = one["cle_site"] == other["cle_site"] and one["type_mouvement"] == other["type_mouvement"]
        if pair not in found and same and "doublon" in (one["motif"], other["motif"]):
            measured.reglees += 1
            continue
        measured.semees[planted] += 1
        if pair not in found:
            measured.manquees[planted] += 1
        elif found[pair].nature.value != simulation.vraies[pair]:
            measured.autre_nature[planted] += 1
    measured.fausses.update(one.nature.value for pair, one in found.items() if pair not in simulation.vraies)
    return measured
