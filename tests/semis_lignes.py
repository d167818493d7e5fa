"""What goes wrong in a row that meets the contract, alone, beside the others or since the previous relève."""

import random
from datetime import date, timedelta
from functools import cache
from typing import Any

import fabrique
from semis import Ligne, Semis, suites

from barometre_lib.registre.conformite import TEXTES_LIBRES
from barometre_lib.vocabulaire import TYPES_BAISSE, TYPES_HAUSSE


def reel(r: Ligne) -> bool:
    return r.statut == "effectif"


def vivant(r: Ligne) -> bool:
    return r.statut != "abandonne"


def hausse(r: Ligne) -> bool:
    return r.type_mouvement in TYPES_HAUSSE


def baisse(r: Ligne) -> bool:
    return r.type_mouvement in TYPES_BAISSE


def connu(r: Ligne) -> bool:
    return r.avant is not None


def suivi_reel(r: Ligne) -> bool:
    """Tell whether a movement is done, and was in the previous relève."""
    return connu(r) and reel(r) and r.avant["statut"] == "effectif"


def deux_pas(r: Ligne) -> bool:
    return r.type_mouvement in ("extension", "reduction")


def decaler(jour: str, annees: int = 0, jours: int = 0) -> str:
    one = date.fromisoformat(jour)
    return (one.replace(year=one.year + annees, day=min(one.day, 28)) + timedelta(days=jours)).isoformat()


def nombre(texte: str) -> float:
    return float(texte or 0)


def decimal(valeur: float) -> str:
    return f"{valeur:.6f}".rstrip("0").rstrip(".")


def au_chiffre(jour: str, h: random.Random) -> str:
    """Return a date whose day or month has one digit wrong, and that is still a day of the calendar."""
    while True:
        place = h.choice([5, 6, 8, 9])
        wrong = jour[:place] + h.choice("0123456789") + jour[place + 1 :]
        try:
            if wrong != jour and date.fromisoformat(wrong):
                return wrong
        except ValueError:
            continue


@cache
def code_postal() -> dict[str, str]:
    pairs = fabrique.nomenclatures().communes_du_code_postal.items()
    return {commune: code for code, communes in pairs for commune in communes}


def postal(r: Ligne, h: random.Random) -> Any:
    """Put the postal code in the place of the commune's, where it is the code of another commune of the region."""
    code = code_postal().get(r.commune, "")
    known = code in fabrique.nomenclatures().departement_de_commune and code != r.commune
    return known and fabrique.region_de(code) == r.region and {"code_commune": code}


def perdre_ses_accents(r: Ligne, h: random.Random) -> Any:
    """Put a question mark in the place of each letter that ASCII has not, as programs that know no other do."""
    names = [name for name in TEXTES_LIBRES if any(c.isalpha() and not c.isascii() for c in r[name])]
    if not names:
        return None
    name = h.choice(names)
    return {name: r[name].replace("–", "-").replace("’", "'").encode("ascii", "replace").decode()}


# Codes out of the field, by sector to which a suite says that they seem to belong.
HORS_CHAMP = {"autres_industries": ["35.13Z", "38.11Z"], "industrie_verte": ["45.20A", "45.20B"]}

LIGNE = [
    # Dates and status.
    Semis(
        "annonce_apres_effet",
        "dates d'annonce et d'effet échangées",
        lambda r, h: (
            r.date_annonce
            and r.date_annonce < r.date_effet
            and {"date_annonce": r.date_effet, "date_effet": r.date_annonce}
        ),
    ),
    Semis(
        "annonce_apres_effet",
        "année de l'annonce trop tardive",
        lambda r, h: (
            r.date_annonce
            and (late := decaler(r.date_annonce, h.randint(1, 3))) > r.date_effet > ""
            and {"date_annonce": late}
        ),
    ),
    Semis(
        "annonce_apres_effet",
        "jour ou mois de l'annonce mal saisi",
        lambda r, h: (
            r.date_annonce and (wrong := au_chiffre(r.date_annonce, h)) <= r.date_effet and {"date_annonce": wrong}
        ),
        "l'annonce reste avant l'effet : rien ne contredit la date",
    ),
    Semis(
        "annonce_apres_releve",
        "année de l'annonce mal saisie, dans l'avenir",
        lambda r, h: (
            r.date_annonce
            and (late := decaler(r.date_annonce, h.choice([1, 2, 3, 5, 10, 100]))) > r.fin
            and {"date_annonce": late}
        ),
    ),
    Semis(
        "date_invraisemblable",
        "année au mauvais siècle, ou de deux chiffres",
        lambda r, h: r.date_effet and {"date_effet": h.choice(["19", "10", "02", "00"]) + r.date_effet[2:]},
    ),
    Semis(
        "date_invraisemblable",
        "année de l'annonce au mauvais siècle",
        lambda r, h: r.date_annonce and {"date_annonce": h.choice(["19", "10", "02", "00"]) + r.date_annonce[2:]},
    ),
    Semis(
        "date_invraisemblable",
        "échéance d'une annonce au mauvais siècle, ou chiffres permutés",
        lambda r, h: (
            r.statut == "annonce"
            and r.date_effet[2:4] in ("24", "25", "26", "27", "28")
            and {
                "date_effet": h.choice(
                    [
                        f"20{r.date_effet[3]}{r.date_effet[2]}",
                        f"22{r.date_effet[2:4]}",
                        f"29{r.date_effet[2:4]}",
                    ]
                )
                + r.date_effet[4:]
            }
        ),
    ),
    Semis("realise_sans_date", "date d'effet effacée", lambda r, h: reel(r) and r.date_effet and {"date_effet": ""}),
    Semis(
        "realise_apres_releve",
        "année de l'effet trop tardive",
        lambda r, h: (
            reel(r)
            and r.date_effet
            and (late := decaler(r.date_effet, h.choice([1, 2, 3, 10]))) > r.fin
            and {"date_effet": late}
        ),
    ),
    Semis(
        "realise_apres_releve",
        "annonce déclarée réalisée trop tôt",
        lambda r, h: r.statut == "annonce" and r.date_effet > r.fin and {"statut": "effectif"},
    ),
    Semis(
        "annonce_echue",
        "statut laissé à l'annonce",
        lambda r, h: reel(r) and "" < r.date_effet <= r.fin and {"statut": "annonce"},
    ),
    Semis(
        "annonce_ancienne",
        "annonce oubliée depuis trois ans",
        lambda r, h: r.statut == "annonce" and r.date_annonce and {"date_annonce": decaler(r.date_annonce, -3)},
    ),
    Semis(
        "retour_a_l_annonce",
        "mouvement réalisé redit comme annoncé",
        lambda r, h: suivi_reel(r) and {"statut": "annonce"},
    ),
    Semis(
        "abandon_apres_realisation",
        "mouvement réalisé dit abandonné",
        lambda r, h: suivi_reel(r) and {"statut": "abandonne"},
    ),
    Semis(
        "date_deplacee",
        "année d'un mouvement réalisé mal saisie",
        lambda r, h: (
            suivi_reel(r)
            and r.date_effet
            and r.avant["date_effet"] == r.date_effet
            and {"date_effet": decaler(r.date_effet, h.choice([-3, -2, -1, -1, 1, 1, 2]))}
        ),
    ),
    Semis(
        "date_deplacee",
        "jour ou mois d'un mouvement réalisé mal saisi",
        lambda r, h: suivi_reel(r) and r.date_effet and {"date_effet": au_chiffre(r.date_effet, h)},
        "de moins de neuf mois, ce peut être une rectification du service",
    ),
    Semis(
        "date_deplacee",
        "année d'un mouvement nouveau mal saisie, mais possible",
        lambda r, h: not connu(r) and reel(r) and r.date_effet and {"date_effet": decaler(r.date_effet, -1)},
        "rien d'avant ne contredit la date d'un mouvement nouveau",
    ),
    Semis(
        "echeance_deplacee",
        "année d'une échéance mal saisie",
        lambda r, h: (
            connu(r)
            and r.statut == r.avant["statut"] == "annonce"
            and r.date_effet
            and r.avant["date_effet"] == r.date_effet
            and {"date_effet": decaler(r.date_effet, h.choice([1, 1, 2]))}
        ),
    ),
    # Headcounts, jobs, amounts.
    Semis(
        "emplois_disproportionnes",
        "emplois créés à deux zéros de trop",
        lambda r, h: hausse(r) and nombre(r.emplois) * 10 > nombre(r.effectif) > 0 and {"emplois": f"{r.emplois}00"},
    ),
    Semis(
        "emplois_disproportionnes",
        "emplois créés à un zéro de trop",
        lambda r, h: hausse(r) and r.emplois not in ("", "0") and r.effectif and {"emplois": f"{r.emplois}0"},
        "un site en croissance peut viser plusieurs fois son effectif",
    ),
    Semis(
        "emplois_au_dela_de_l_effectif",
        "effectif et emplois supprimés échangés",
        lambda r, h: (
            baisse(r) and 0 < nombre(r.emplois) < nombre(r.effectif) and {"emplois": r.effectif, "effectif": r.emplois}
        ),
    ),
    Semis(
        "emplois_au_dela_de_l_effectif",
        "effectif d'après la décision",
        lambda r, h: (
            baisse(r)
            and 0 < nombre(r.effectif) - nombre(r.emplois) < nombre(r.emplois)
            and {"effectif": str(int(nombre(r.effectif) - nombre(r.emplois)))}
        ),
    ),
    Semis(
        "variation_a_contresens",
        "signe inversé",
        lambda r, h: (
            deux_pas(r)
            and nombre(r.variation_production)
            and {"variation_production": decimal(-nombre(r.variation_production))}
        ),
        fois=8,
    ),
    Semis(
        "variation_en_proportion",
        "proportion au lieu de pour cent",
        lambda r, h: (
            deux_pas(r)
            and 25 <= abs(nombre(r.variation_production)) <= 190
            and {"variation_production": decimal(nombre(r.variation_production) / 100)}
        ),
        fois=8,
    ),
    Semis(
        "variation_en_proportion",
        "proportion d'une production plus que triplée",
        lambda r, h: (
            deux_pas(r)
            and nombre(r.variation_production)
            and {"variation_production": h.choice(["2.3", "2.5", "3", "4.2"])}
        ),
        "une petite variation en pour cent s'écrit de même",
    ),
    Semis(
        "variation_sans_objet",
        "variation d'une ouverture ou d'une fermeture",
        lambda r, h: not deux_pas(r) and {"variation_production": "100" if hausse(r) else "-100"},
    ),
    Semis(
        "variation_sans_objet",
        "assimilation d'une ouverture ou d'une fermeture",
        lambda r, h: not deux_pas(r) and {"assimilable_site": h.choice(["oui", "non"])},
    ),
    Semis(
        "effectif_hors_norme",
        "effectif à trois zéros de trop",
        lambda r, h: nombre(r.effectif) >= 10 and {"effectif": f"{r.effectif}000"},
    ),
    Semis(
        "effectif_hors_norme",
        "effectif à un zéro de trop, ou chiffres permutés",
        lambda r, h: (
            nombre(r.effectif) >= 10 and {"effectif": h.choice([f"{r.effectif}0", r.effectif[::-1].lstrip("0")])}
        ),
        "un site peut avoir cet effectif",
    ),
    Semis(
        "investissement_hors_norme",
        "investissement en euros",
        lambda r, h: (
            nombre(r.investissement_meur)
            and {"investissement_meur": str(int(nombre(r.investissement_meur) * 1_000_000))}
        ),
    ),
    Semis(
        "investissement_hors_norme",
        "investissement en milliers d'euros",
        lambda r, h: (
            nombre(r.effectif)
            and nombre(r.investissement_meur) * 1000 > 20 * nombre(r.effectif)
            and {"investissement_meur": decimal(nombre(r.investissement_meur) * 1000)}
        ),
    ),
    Semis(
        "reconditionnement",
        "code de la réparation pour celui de la fabrication",
        lambda r, h: {"code_naf": h.choice(["95.11Z", "95.12Z", "95.21Z", "95.22Z"])},
    ),
    Semis(
        "surface_hors_norme",
        "surface en centimètres carrés",
        lambda r, h: nombre(r.surface_m2) and {"surface_m2": decimal(nombre(r.surface_m2) * 10_000)},
    ),
    Semis(
        "surface_hors_norme",
        "surface à un zéro de trop",
        lambda r, h: nombre(r.surface_m2) and {"surface_m2": f"{r.surface_m2}0"},
        "un site peut avoir cette surface",
    ),
    Semis(
        "effectif_manquant",
        "effectif d'une hausse effacé",
        lambda r, h: hausse(r) and reel(r) and r.effectif and {"effectif": ""},
        fois=8,
    ),
    Semis(
        "effectif_de_baisse",
        "effectif d'une baisse effacé",
        lambda r, h: baisse(r) and vivant(r) and r.effectif and {"effectif": ""},
    ),
    Semis(
        "effectif_de_baisse",
        "effectif d'une baisse mis à zéro",
        lambda r, h: baisse(r) and vivant(r) and r.effectif and {"effectif": h.choice(["0", "00"])},
    ),
    Semis(
        "effectif_hors_du_temps",
        "effectif d'une baisse relevé un mois après",
        lambda r, h: baisse(r) and r.date_effet and {"effectif_au": decaler(r.date_effet, jours=30)},
    ),
    Semis(
        "effectif_hors_du_temps",
        "effectif d'une hausse relevé des années après, ou un an avant",
        lambda r, h: hausse(r) and r.date_effet and {"effectif_au": decaler(r.date_effet, h.choice([2, 3, -1]))},
    ),
    Semis(
        "sans_jugement",
        "variation effacée, sans jugement",
        lambda r, h: (
            deux_pas(r)
            and vivant(r)
            and r.variation_production
            and not r.assimilable_site
            and {"variation_production": ""}
        ),
        fois=8,
    ),
    # Codes and texts.
    Semis(
        "naf_etrangere_au_secteur",
        "NAF d'un autre mouvement, de division étrangère au secteur",
        lambda r, h: _naf(r, h, etrangere=True),
        fois=8,
    ),
    Semis(
        "naf_etrangere_au_secteur",
        "NAF d'un autre mouvement, de division admise",
        lambda r, h: _naf(r, h, etrangere=False),
        "le secteur est transversal, ou cette division en est",
    ),
    Semis(
        "siret_toujours_absent",
        "SIRET effacé d'un site ancien",
        lambda r, h: r.compte and r.siret and r.date_effet < decaler(r.fin, -1) and {"siret": ""},
    ),
    Semis("code_postal_possible", "code postal au lieu du code de la commune", postal, fois=8),
    Semis(
        "point_d_interrogation", "lettres accentuées devenues des points d'interrogation", perdre_ses_accents, fois=12
    ),
    Semis(
        "naf_etrangere_au_secteur",
        "NAF hors du champ, que le secteur admet",
        lambda r, h: (
            r.sous_secteur in HORS_CHAMP and r.dans_le_champ and {"code_naf": h.choice(HORS_CHAMP[r.sous_secteur])}
        ),
        fois=8,
    ),
    Semis(
        "naf_a_demander",
        "APE de Sirene en NAF 2025, que le champ partage",
        lambda r, h: {"code_naf": h.choice(["10.13H", "10.51H", "18.12Y", "38.21Y"])},
    ),
]


def _naf(r: Ligne, h: random.Random, *, etrangere: bool) -> Any:
    """Give the code of another sector: of a division that the list of this one has, or has not."""
    code = h.choice(_champ())
    foreign = code[:2] not in _divisions().get(r.sous_secteur, [code[:2]])
    return r.dans_le_champ and code != r.code_naf and foreign == etrangere and {"code_naf": code}


@cache
def _champ() -> list[str]:
    return sorted(set(fabrique.parametres("2025-S2").naf_du_champ) & set(fabrique.nomenclatures().naf))


@cache
def _divisions() -> dict[str, list[str]]:
    """Return the divisions of each sector, which nothing but the suite says."""
    entries = [entry for suite in suites() for entry in suite.fichier.donnees["expectations"]]
    found: dict[str, list[str]] = next(e for e in entries if e["type"] == "expect_naf_du_secteur")["kwargs"][
        "divisions"
    ]
    return found
