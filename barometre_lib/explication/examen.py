"""Each rule on one row: what it sees, what it asks, its verdict, the texts that found it."""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

import narwhals as nw
import pandas as pd

from barometre_lib.erreurs import rendre_visible
from barometre_lib.parametres.fondements import Fondements, lire_fondements
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles import Regle, regles_en_vigueur
from barometre_lib.typographie import jour, majuscule, minuscule, nombre
from barometre_lib.vocabulaire import BOOLEENS, COLONNES, FONDEMENTS, TYPES_HAUSSE, TYPES_MOUVEMENT, Motif

PAR_NOM = ("nom_site", "entreprise", "code_commune")  # what tells a site without SIRET
AMPLEUR = ("type_mouvement", "assimilable_site", "variation_production")
# What each rule looks at; a test holds it against what the rules read.
COLONNES_LUES = {
    Motif.ABANDONNE: ("statut",),
    Motif.NON_EFFECTIF: ("statut", "date_effet"),
    Motif.HORS_PERIODE: ("date_effet",),
    Motif.HORS_CHAMP: ("code_naf",),
    Motif.ARTISANAT: ("code_naf",),
    Motif.EFFECTIF_MANQUANT: ("type_mouvement", "effectif"),
    Motif.SOUS_SEUIL: ("effectif",),
    Motif.SIGNIFICATIVITE_INCONNUE: AMPLEUR,
    Motif.NON_SIGNIFICATIF: AMPLEUR,
    Motif.DOUBLON: ("type_mouvement", "date_effet", "source", "siret", *PAR_NOM),
}
VIDE = "non renseigné"
ECARTE, ECARTERAIT = "écarte la ligne, et décide", "l'écarterait aussi"
PASSE, SANS_OBJET = "ne l'écarte pas", "sans objet"
PAR_COLONNE = {column.nom: column for column in COLONNES}


def montrer_cellule(colonne: str, valeur: Any, parametres: ParametresRegles) -> str:
    """Write a typed value of a column for a sentence."""
    names, column = parametres.nomenclatures, PAR_COLONNE[colonne]
    if pd.isna(valeur) or valeur == "":
        return VIDE
    match column.genre:
        case "date":
            told = jour(valeur)
        case "entier" | "nombre":
            told = nombre(valeur, decimales=2)
        case "booleen":
            told = BOOLEENS["oui" if valeur else "non"]
        case _ if colonne == "code_naf":
            told = f"{valeur}, {minuscule((names.naf | names.naf_2025)[valeur])}"
        case _ if colonne == "code_commune":
            told = f"{names.nom_de_commune[names.commune_actuelle[valeur]]} ({valeur})"
        case _:
            told = rendre_visible({**column.valeurs, **names.sous_secteurs}.get(valeur, valeur))
    return told


def examiner(ligne: pd.DataFrame, parametres: ParametresRegles, *, demonstration: bool) -> list[dict[str, Any]]:
    """Return what each rule says of a row, a table of one, decided: the motif tells what rule 9 said of its site.

    What an outsider adds to a text (`reserve`) is told with a demonstration only.
    """
    (row,), rules, basis = ligne.to_dict("records"), regles_en_vigueur(parametres), lire_fondements()
    alone = {rule.motif.value: rule.ecarte(parametres) for rule in rules if rule.redites is None}
    apart = nw.from_native(ligne).select(**alone).rows(named=True)[0]
    told = []
    for rule in rules:
        decides = rule.motif == row["motif"]
        seen = _voir(rule, row, parametres)
        if apart.get(rule.motif, decides):
            verdict = ECARTE if decides else ECARTERAIT
        else:
            verdict = PASSE if seen[1] else SANS_OBJET
        told.append(
            {"regle": rule.rang, "motif": rule.motif.value, "libelle": rule.libelle, "verdict": verdict}
            | {"decisive": decides, "vu": seen[0], "attendu": rule.dire(parametres)}
            | {"textes": list(_fonder(rule, row, parametres, basis, demonstration))}
        )
    return told


def _voir(regle: Regle, ligne: Mapping[Any, Any], parametres: ParametresRegles) -> tuple[str, bool]:
    """Return what a rule sees of a row, in words, and whether it is about it: there must be something to judge."""
    columns, unread = COLONNES_LUES[regle.motif], PAR_NOM if ligne["siret"] else ("siret",)
    kind = TYPES_MOUVEMENT[ligne["type_mouvement"]]
    values = {
        name: montrer_cellule(name, ligne[name], parametres)
        for name in columns
        if name not in ("type_mouvement", *unread)
    }
    about = any(value != VIDE for value in values.values())
    if columns is AMPLEUR:
        about = about and ligne["type_mouvement"] in ("extension", "reduction")
    elif regle.redites:
        about = ligne["motif"] in (Motif.DOUBLON, Motif.COMPTE)
    shown = [minuscule(kind)] if "type_mouvement" in columns else []
    shown += [f"{minuscule(PAR_COLONNE[name].libelle)} : {value}" for name, value in values.items()]
    return majuscule(" ; ".join(shown)), about


def _fonder(
    regle: Regle, ligne: Mapping[Any, Any], parametres: ParametresRegles, fondements: Fondements, demonstration: bool
) -> Iterator[dict[str, str]]:
    """Yield what founds a rule: its values, the line of the field, the State's texts, the project's choices."""
    code, names = ligne["code_naf"], parametres.nomenclatures
    # Choices that are about some rows, or relèves, only.
    about = {
        "naf_2025": code in names.naf_2025,
        "noms_generiques": bool(names.mots_generiques(parametres.releve)),
        "regions_en_retard": ligne["region"] in parametres.lacunes.actualisees,
    }
    choices = [one for name, one in fondements.projet.items() if regle.motif in one.motifs and about.get(name, True)]

    def tell(fonde_par: str, texte: str, source: str, reserve: str = "") -> dict[str, str]:
        told = ". ".join(one.removesuffix(".") for one in (texte, reserve if demonstration else "") if one)
        return {"fonde_par": FONDEMENTS[fonde_par], "texte": told, "source": source}

    own = _nommes(regle.phrase)
    other = f"seuil_variation_{'reduction' if ligne['type_mouvement'] in TYPES_HAUSSE else 'extension'}"
    for name in dict.fromkeys([*own, *(name for one in choices for name in _nommes(one.choix))]):
        value = parametres.parametres[name]
        if name != other:
            # A choice that names a value tells it.
            said = f"{value.description} : {value}" if name in own else value.description
            yield tell(value.fonde_par, f"{said}. {value.texte}", value.source, value.reserve)
    line = parametres.ligne_champ.get(code) if regle.motif in (Motif.HORS_CHAMP, Motif.ARTISANAT) else None
    if regle.motif is Motif.HORS_CHAMP and line is None:
        yield tell("projet", f"Le champ ne décide rien de {code} : {parametres.dire_choix(code)}", "champ du baromètre")
    if line and (line.sort == "artisanat" or regle.motif is Motif.HORS_CHAMP):
        since = f"champ du baromètre, préfixe {line.prefixe}, depuis le {jour(line.depuis)}"
        yield tell(line.fonde_par, line.texte, since)
    for text in fondements.etat:
        # Of a code, its line says whether it is the State's.
        if regle.motif in text.motifs and (line is None or line.fonde_par == "etat"):
            yield tell("etat", text.texte, text.source, text.reserve)
    for choice in choices:
        decides = f"choix du projet ; peut en décider autrement : {minuscule(choice.decide.removesuffix('.'))}"
        yield tell("projet", choice.dire(parametres.parametres), decides, choice.reserve)


def _nommes(phrase: str) -> list[str]:
    """Return the parameters that a phrase names."""
    return [name.partition(".")[0] for _, name, *_ in Formatter().parse(phrase) if name]
