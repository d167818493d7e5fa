"""The page of the method, made from `params/`: rules, dated values, field, checks, what is uncertain, words."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from barometre_lib.contexte import Contexte
from barometre_lib.parametres.champ import LigneChamp
from barometre_lib.parametres.fondements import lire_fondements
from barometre_lib.parametres.regles import Parametre, lire_valeurs_datees
from barometre_lib.qualite.suites import Suite
from barometre_lib.regles import regles_en_vigueur
from barometre_lib.restitution.constats import entete
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import tableau_libre
from barometre_lib.typographie import jour, minuscule, sans_accents
from barometre_lib.vocabulaire import FONDEMENTS

INTITULE = "Méthodologie"
SECTION = re.compile("^Section [A-Z], ")
# Where each part of the field is told, in order: what becomes of a NAF code, and why.
PARTS_DU_CHAMP = {
    ("dans", ""): "Dans le champ",
    ("hors", "logistique"): "Hors du champ : logistique",
    ("hors", "dechets"): "Hors du champ : déchets",
    ("hors", "autre"): "Hors du champ : autres activités",
    ("artisanat", ""): "Activités artisanales, écartées",
}


def page_methodologie(contexte: Contexte, suites: Sequence[Suite]) -> Fragment:
    """Tell the method as it applies to a relève; `suites` are those of the quality gate."""
    regions, rules = contexte.nomenclatures.regions, contexte.parametres
    return rendre(
        "methodologie",
        entete=entete(contexte, intitule=INTITULE),
        contexte=contexte,
        regles=[(rule, rule.dire(rules)) for rule in regles_en_vigueur(rules)],
        fondements=lire_fondements(),
        definition=definition(contexte),
        valeurs=_dated_values(contexte),
        parts=_field(contexte),
        demandes=_asked(contexte),
        suites=suites,
        controles=sum(len(suite.controles) for suite in suites),
        extension=rules.parametres["seuil_variation_extension"],
        non_precisees=sorted((regions[code].nom for code in contexte.edition.non_precisees), key=sans_accents),
    )


def definition(contexte: Contexte) -> Fragment:
    """Return, to stand within a sentence's block, what industry is and leaves out: the State's words, then the field's.

    Parts of the field are named by their own lines, so that a change of the field changes the definition.
    """
    told: dict[str, list[str]] = {"dans": [], "artisanat": []}
    for line in contexte.parametres.champ:
        if line.sort in told:
            told[line.sort].append(minuscule(SECTION.sub("", line.texte.partition(" : ")[0])))
    official = [one for one in lire_fondements().etat if one.definition]
    return rendre("definition", contexte=contexte, officiels=official, dans=told["dans"], artisanat=told["artisanat"])


def _dated_values(contexte: Contexte) -> Fragment:
    """Return the table of every value of every parameter, past and to come, with the text that founds it."""
    return tableau_libre(
        (
            [
                one.description,
                str(one) + (" (en vigueur)" if one.depuis == in_force.depuis else ""),
                jour(one.depuis),
                FONDEMENTS[one.fonde_par],
                _reserved(contexte, one),
                one.source,
            ]
            for name, in_force in contexte.parametres.parametres.items()
            for one in lire_valeurs_datees(name)
        ),
        titre="Valeurs des paramètres et textes qui les fondent",
        entetes=["Paramètre", "Valeur", "Depuis", "Fondé par", "Texte", "Source"],
        classe="textes",
    )


def _reserved(contexte: Contexte, value: Parametre) -> str:
    """Return the text that founds a value, and what an outsider adds to it, in a demonstration alone."""
    told = [value.texte, value.reserve if contexte.demonstration else ""]
    return ". ".join(one.removesuffix(".") for one in told if one)


def _field(contexte: Contexte) -> list[dict[str, Any]]:
    """Return the field in words, part by part: prefixes of NAF codes and what they stand for."""
    order = list(PARTS_DU_CHAMP)
    lines = sorted(contexte.parametres.champ, key=lambda line: order.index((line.sort, line.raison)))
    return [
        {"titre": PARTS_DU_CHAMP[part], "lignes": [(_prefix(line), line.texte.partition(" : ")[0]) for line in group]}
        for part, group in groupby(lines, key=lambda line: (line.sort, line.raison))
    ]


def _prefix(line: LigneChamp) -> str:
    return line.prefixe if line.naf == "rev2" else f"{line.prefixe} (NAF {line.naf})"


def _asked(contexte: Contexte) -> list[tuple[str, str, str]]:
    """Return the codes of NAF 2025 of which the field decides nothing: code, label, what each of rév. 2 would do."""
    rules, labels = contexte.parametres, contexte.nomenclatures.naf_2025
    return [(code, labels[code], rules.dire_choix(code)) for code in rules.naf_a_demander]
