"""The explanation of one row: found by its identifier, told by the rules, its site, its history, its corrections."""

from difflib import get_close_matches
from typing import Any

from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.explication.corrections import corriger_seule
from barometre_lib.explication.examen import examiner, montrer_cellule
from barometre_lib.explication.histoire import raconter
from barometre_lib.explication.rendu import Explication
from barometre_lib.explication.site import montrer_site
from barometre_lib.registre.lecture import releves_anterieures
from barometre_lib.regles import libelles_motifs
from barometre_lib.typographie import au_cours_de, jour
from barometre_lib.vocabulaire import NOMS_COLONNES, TYPES_HAUSSE, Motif


def expliquer(barometre: Any, identifiant: object) -> Explication:
    """Explain why the row of a relève, the relève object, that bears an identifier counts, or not.

    Raises
    ------
    ErreurBarometre
        No row bears it, or the relève is that of a study variant.
    """
    if barometre.variante:
        raise ErreurBarometre(
            "Variante d'étude : une décision s'explique par la méthode officielle ; chargez la relève sans « regles », "
            "ou appelez « .officielle.expliquer »."
        )
    name = _exiger_connu(barometre, identifiant)
    decisions, rules, register = barometre.decisions, barometre.parametres, barometre.registre
    row = decisions[decisions["id_mouvement"] == name]
    (line,), labels = row.to_dict("records"), {Motif.COMPTE: "comptée"} | libelles_motifs(rules)
    told = examiner(row, rules, demonstration=register.demonstration)
    site, history = montrer_site(decisions, name, rules), raconter(barometre, name)
    for one in [*site["lignes"], *history]:
        one["libelle"] = labels.get(one["motif"], "absente du registre")
        if one["motif"] not in ("", Motif.COMPTE):
            one["libelle"] = f"écartée, « {one['libelle']} »"
    tries = [] if line["motif"] == Motif.COMPTE else corriger_seule(register, name, decisions, rules)
    return Explication(
        {
            "releve": str(barometre.releve),
            "id_mouvement": name,
            "motif": line["motif"],
            "conclusion": _conclure(barometre, line, told),
            "au": jour(rules.lacunes.actualisees.get(line["region"], barometre.releve).dernier_jour),
            "ligne": {column: montrer_cellule(column, line[column], rules) for column in NOMS_COLONNES[1:]},
            "regles": told,
            "site": site,
            "histoire": history,
            "corrections": [
                one._asdict() | {"avant": montrer_cellule(one.colonne, line[one.colonne], rules)} for one in tries
            ],
        }
    )


def _conclure(barometre: Any, ligne: dict[Any, Any], regles: list[dict[str, Any]]) -> str:
    """Say what the row counts for, or which rule sets it aside."""
    for rule in regles:
        if rule["decisive"]:
            return f"écartée par la règle {rule['regle']}, « {rule['libelle']} »"
    names, effect = barometre.nomenclatures, "+1" if ligne["type_mouvement"] in TYPES_HAUSSE else "−1"
    sector, sub = (names.secteurs[ligne[column]] for column in ("secteur", "sous_secteur"))
    where = f"{names.regions[ligne['region']].nom} ({names.departements[ligne['departement']].nom})"
    what = f"secteur « {sector} »" + (f" (« {sub} »)" if sub != sector else "")
    return f"comptée {au_cours_de(ligne['semestre'])} ({effect} au solde net), {where}, {what}"


def _exiger_connu(barometre: Any, identifiant: object) -> str:
    """Return an identifier that a row bears; else say in which earlier relève one did, or which are like it."""
    asked, known = str(identifiant), sorted(barometre.decisions["id_mouvement"])
    if asked in known:
        return asked
    said = f"Relève {barometre.releve} : aucune ligne n'a l'identifiant {montrer(asked, vide='vide')}"
    for code in reversed(releves_anterieures(barometre.releve, barometre.registre.dossier)):
        if asked in {*barometre.anterieure(code).registre.mouvements["id_mouvement"]}:
            last = f"la dernière à l'avoir est {code}, essayez « barometre expliquer {code} {asked} »"
            raise ErreurBarometre(f"{said} ; {last}.")
    near = get_close_matches(asked, known)
    what = f"les plus proches : {', '.join(near)}" if near else "« barometre decider » les donne tous"
    raise ErreurBarometre(f"{said} ; {what}.")
