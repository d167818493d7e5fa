"""What goes wrong in a row beside the others of its relève, or since the previous one."""

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import fabrique
from semis import ABSENT, Ligne, Semis
from semis_lignes import connu, decaler, deux_pas, hausse, vivant

from barometre_lib.typographie import sans_accents, simplifier

CONTRAIRES = {"ouverture": "fermeture", "fermeture": "ouverture", "extension": "reduction", "reduction": "extension"}
REQUALIFIES = {"ouverture": "extension", "extension": "ouverture", "fermeture": "reduction", "reduction": "fermeture"}
ABREGES = {
    "Société": "Sté",
    "Établissements": "Ets",
    "Ets": "Établissements",
    "Compagnie": "Cie",
    "Saint-": "St-",
    "Frères": "Frs",
    " et ": " & ",
    " & ": " et ",
    "Laboratoires": "Labo.",
    "Ateliers": "Atelier",
    "Usines": "Usine",
    "Industries": "Industrie",
}


@cache
def voisines() -> dict[str, list[str]]:
    """Return the communes of each département."""
    found: dict[str, list[str]] = {}
    for commune, department in fabrique.nomenclatures().departement_de_commune.items():
        found.setdefault(department, []).append(commune)
    return found


def voisine(r: Ligne, h: random.Random) -> str:
    return h.choice([one for one in voisines()[r.departement] if one != r.commune] or [""])


def mal_ecrire(nom: str, h: random.Random) -> str:
    """Return a name as another hand writes it: a slip of the keyboard, words in another order, an abbreviation."""
    core = nom.removesuffix(" (fictif)")
    place = h.randint(1, max(1, len(core) - 2))
    slip = h.choice(
        [
            core[:place] + core[place + 1 :],
            core[:place] + core[place] + core[place:],
            core[:place] + h.choice("aeinrst") + core[place + 1 :],
        ]
    )
    words = core.split()
    turned = " ".join([*words[1:], words[0]])
    short = next((core.replace(long, brief) for long, brief in ABREGES.items() if long in core), slip)
    return h.choice([slip, slip, turned, short]) + " (fictif)"


def _redire(r: Ligne, h: random.Random) -> Any:
    """Report a row again under a name that another hand wrote, which more than spaces and accents tell apart."""
    name = mal_ecrire(r.nom_site, h)
    told_apart = simplifier(name) != simplifier(r.nom_site) and not r.cle_site.startswith("|")
    return r.compte and told_apart and encore(siret="", nom_site=name)


def autre_nom(r: Ligne, h: random.Random) -> str:
    return (
        h.choice(["Fonderie Tarvelle", "Papeterie Ozimont", "Vernis Quistanel", "Biscuiterie Jorgueil"]) + " (fictif)"
    )


def encore(**changes: Any) -> list[Ligne]:
    """Return a row as it is, and again with other cells."""
    return [{}, changes]


def a_deux_lignes(champs: Callable[[Ligne, random.Random], Ligne]) -> Any:
    """Return what reports a second movement of a counted site, six months before the first or more recently."""

    def change(r: Ligne, h: random.Random) -> Any:
        return r.compte and r.siret and [{}, {"siret": r.siret} | champs(r, h)]

    return change


def ailleurs(h: random.Random) -> dict[str, str]:
    """Return the commune and the file of a row that goes to any region."""
    commune = h.choice(_communes())
    return {
        "code_commune": commune,
        "region_fichier": (region := fabrique.region_de(commune)),
        "fichier": f"{region}.csv",
    }


@cache
def _communes() -> list[str]:
    return sorted(fabrique.nomenclatures().departement_de_commune)


def _rouvrir(r: Ligne, h: random.Random) -> Any:
    closed = r.date_effet < decaler(r.fin, -1)
    change = h.choice(
        [
            {"effectif": h.choice(["2", "5", "12", ""])},
            {"sous_secteur": "textile"},
            {"statut": "abandonne"},
            {"code_naf": "47.11F"},
        ]
    )
    return connu(r) and r.compte and closed and any(r[name] != value for name, value in change.items()) and change


REGISTRE = [
    Semis(
        "site_sans_identite",
        "nom sans lettre, ni SIRET ni entreprise",
        lambda r, h: (
            vivant(r) and {"nom_site": h.choice(["-", "?", "…", "/", "***", "–"]), "siret": "", "entreprise": ""}
        ),
    ),
    Semis(
        "site_sans_identite",
        "nom générique, ni SIRET ni entreprise",
        lambda r, h: (
            vivant(r)
            and {
                "nom_site": h.choice(["Usine", "Confidentiel", "NC", "Site industriel", "Non communiqué"]),
                "siret": "",
                "entreprise": "",
            }
        ),
        "les noms génériques ne comptent qu'à partir de la relève 2026-S1",
    ),
    Semis(
        "site_dans_deux_regions",
        "SIRET d'un site d'une autre région",
        lambda r, h: r.siret and (place := ailleurs(h))["region_fichier"] != r.region and [{}, place],
    ),
    Semis(
        "site_dans_deux_communes",
        "second mouvement du site dans une autre commune",
        a_deux_lignes(
            lambda r, h: {
                "code_commune": voisine(r, h) or r.code_commune,
                "type_mouvement": "reduction" if hausse(r) else "extension",
            }
        ),
        seul=True,
    ),
    Semis(
        "siret_aux_deux_noms",
        "SIRET d'un autre site de la commune",
        a_deux_lignes(lambda r, h: {"nom_site": autre_nom(r, h)}),
        seul=True,
    ),
    Semis(
        "deja_compte",
        "mouvement signalé deux fois",
        lambda r, h: (
            r.compte
            and encore(
                source="presse",
                date_annonce="",
                date_effet=decaler(r.date_effet, jours=1)
                if r.date_effet[5:] not in ("06-30", "12-31")
                else r.date_effet,
                nom_site=h.choice([r.nom_site, r.nom_site.upper(), sans_accents(r.nom_site)]),
            )
        ),
        seul=True,
    ),
    Semis(
        "ouvre_ou_ferme_encore",
        "seconde ouverture, ou fermeture, deux ans après",
        lambda r, h: (
            r.compte
            and not deux_pas(r)
            and r.date_effet < decaler(r.fin, -2)
            and encore(date_effet=decaler(r.date_effet, 2), date_annonce="")
        ),
        seul=True,
    ),
    Semis(
        "mouvement_apres_fermeture",
        "fermeture d'un site suivie d'un mouvement",
        lambda r, h: (
            r.compte
            and deux_pas(r)
            and r.date_effet > "2022-07"
            and encore(
                type_mouvement="fermeture",
                date_effet=decaler(r.date_effet, jours=-h.randint(20, 170)),
                date_annonce="",
                variation_production="",
                assimilable_site="",
            )
        ),
        seul=True,
    ),
    Semis(
        "doublon_probable",
        "mouvement signalé deux fois, le nom mal saisi",
        _redire,
        seul=True,
        fois=12,
    ),
    Semis(
        "doublon_probable",
        "mouvement signalé deux fois, sous deux noms",
        lambda r, h: r.compte and encore(siret="", nom_site=autre_nom(r, h)),
        "rien ne dit que c'est le même site",
        seul=True,
    ),
]


EVOLUTION = [
    Semis("mouvement_disparu", "ligne perdue", lambda r, h: connu(r) and [ABSENT], fois=8),
    Semis(
        "mouvement_disparu",
        "mouvement nouveau jamais signalé",
        lambda r, h: not connu(r) and [ABSENT],
        "rien ne dit qu'il manque",
    ),
    Semis(
        "sens_inverse",
        "type mouvement inversé",
        lambda r, h: connu(r) and {"type_mouvement": CONTRAIRES[r.type_mouvement]},
        fois=8,
    ),
    Semis(
        "sens_inverse",
        "type d'un mouvement nouveau inversé",
        lambda r, h: not connu(r) and not deux_pas(r) and {"type_mouvement": CONTRAIRES[r.type_mouvement]},
        "rien d'avant ne contredit le type d'un mouvement nouveau",
    ),
    Semis(
        "type_requalifie",
        "type changé sans changer de sens",
        lambda r, h: (
            connu(r)
            and r.avant["type_mouvement"] == r.type_mouvement
            and {"type_mouvement": REQUALIFIES[r.type_mouvement]}
        ),
    ),
    Semis(
        "region_changee",
        "mouvement passé dans le fichier d'une autre région",
        lambda r, h: connu(r) and (place := ailleurs(h))["region_fichier"] != r.region and place,
    ),
    Semis(
        "commune_changee",
        "commune d'une voisine",
        lambda r, h: connu(r) and (other := voisine(r, h)) and {"code_commune": other},
        fois=8,
    ),
    Semis(
        "commune_changee",
        "commune d'un mouvement nouveau d'une voisine",
        lambda r, h: not connu(r) and (other := voisine(r, h)) and {"code_commune": other},
        "rien d'avant ne contredit la commune d'un mouvement nouveau",
    ),
    Semis(
        "periode_close_modifiee",
        "mouvement compté d'un semestre clos : effectif, secteur ou statut changé",
        _rouvrir,
        fois=8,
    ),
]
