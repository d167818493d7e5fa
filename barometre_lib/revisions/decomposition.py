"""What changed between two relèves, as the exact sum of steps: integers, one step after the other.

After each step the rules are applied, and what each movement then brings elsewhere is a line. The lines of all steps
add up to the difference of the counts, by construction; it is held against counts that come another way from the rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from barometre_lib.comptage import CELLULE as CELLULE_COMPTEE
from barometre_lib.comptage import ErreurAdditivite, avec_soldes
from barometre_lib.parametres.regles import NOMS_PARAMETRES, ParametresRegles
from barometre_lib.regles import Liens, lire_liens, regles_en_vigueur
from barometre_lib.revisions.appariement import apparier, refuser_plus_ancienne, refuser_reemplois
from barometre_lib.revisions.causes import CHAMP_DES_REGLES, METHODE, NOMS_GENERIQUES, Cause
from barometre_lib.revisions.chaine import Chaine, Etat, causes_propres, juger, placer, touchees
from barometre_lib.revisions.etapes import ETAPES, IDENTITE, Etape
from barometre_lib.vocabulaire import MESURES_BRUTES, Releve, TypeMouvement

COLONNES_REVISIONS = (
    *("periode", "region", "departement", "secteur", "sous_secteur", "id_mouvement"),
    *("cause", "induit", "id_origine", "autres_causes", "motif_avant", "motif_apres"),
    *MESURES_BRUTES,
    "solde_net",
)


@dataclass(frozen=True)
class Cote:
    """One of the two relèves."""

    parametres: ParametresRegles
    decisions: pd.DataFrame  # every row, with its verdict
    cellules: pd.DataFrame  # its finest counts, see `comptage.denombrer`

    @property
    def releve(self) -> Releve:
        """Relève."""
        return self.parametres.releve


def reviser(avant: Cote, apres: Cote, etapes: Sequence[Etape] = ETAPES) -> pd.DataFrame:
    """Return what changed between two relèves, movement by movement and step by step.

    A movement that is in the end where it was has no line. Regions that were not updated since have none.

    Returns
    -------
    pandas.DataFrame
        `COLONNES_REVISIONS`, one row per movement, cell and cause, signed, sorted in that order.

    Raises
    ------
    ErreurBarometre
        An identifier was taken for another site, or the earlier relève tells of days after the later one.
    ErreurAdditivite
        The sums are not the difference of the counts.
    """
    releves = (avant.releve, apres.releve)
    refuser_plus_ancienne(avant.decisions, releves)
    refuser_reemplois(avant.decisions, apres.decisions, releves)
    matched = apparier(avant.decisions, apres.decisions, apres.parametres.delai_evenement)
    before, after = (
        one.decisions.set_index(one.decisions["id_mouvement"].replace(renamed).rename("cle"))
        for one, renamed in ((avant, {}), (apres, matched.identifiants))
    )
    chain = enchainer((avant.parametres, before), (apres.parametres, after), etapes)
    notes = dict.fromkeys(matched.incertains, Cause.IDENTIFIANT_INCERTAIN.value)
    notes |= dict.fromkeys(matched.identifiants.values(), Cause.IDENTIFIANT_CHANGE.value)
    for key, note in notes.items():
        if note not in chain.causes[key]:
            chain.causes[key].append(note)
    if chain.cellules != placer(after.loc[chain.etat.lignes.index]):
        raise ErreurAdditivite(
            "Révisions : la suite des étapes ne mène pas à la seconde relève. Signalez cette erreur."
        )
    changes = _tabuler(chain, before["motif"], after["motif"])
    verifier(changes, avant.cellules, apres.cellules)
    sector = apres.parametres.nomenclatures.secteur_de_sous_secteur(apres.releve)
    changes = changes.assign(secteur=changes["sous_secteur"].map(sector).astype("str"))
    told = changes[~changes["region"].isin(apres.parametres.lacunes.muettes(avant.releve))]
    return avec_soldes(told)[list(COLONNES_REVISIONS)].sort_values(list(COLONNES_REVISIONS), ignore_index=True)


def enchainer(
    avant: tuple[ParametresRegles, pd.DataFrame],
    apres: tuple[ParametresRegles, pd.DataFrame],
    etapes: Sequence[Etape],
) -> Chaine:
    """Go from the parameters and rows of a relève, by key, judged, to those of another."""
    earlier, later = avant[0], apres[0]
    links = [lire_liens(one.reset_index(drop=True), parameters) for parameters, one in (avant, apres)]
    rows, target = touchees((avant[1], links[0]), (apres[1], links[1]))
    chain = Chaine(Etat(rows, earlier, regles_en_vigueur(earlier), links[0], earlier.releve), rows, placer(rows))
    states, causes = _avancees(chain.etat, target, etapes, links)
    moving = [rank for rank, told in enumerate(causes) if told]
    judged = juger([states[rank] for rank in moving]) if moving else []
    for rank, decided in zip(moving, judged, strict=True):
        chain.avancer(states[rank], decided, causes[rank])
    chain.etat = states[-1]
    _changer_methode(chain, later)
    last = replace(chain.etat, parametres=later)
    if (earlier.releve, earlier.lacunes) != (later.releve, later.lacunes):
        chain.avancer_periode(last, Cause.PERIODE_NOUVELLE.value, Cause.EVENEMENT_REDATE.value)
    return chain


def _avancees(
    depart: Etat, cible: pd.DataFrame, etapes: Sequence[Etape], liens: Sequence[Liens]
) -> tuple[list[Etat], list[dict[str, str]]]:
    """Return the tables by which records go to those of the later relève, and of each the causes of what it changes."""
    gone = depart.lignes.index.difference(cible.index)
    states, causes = [replace(depart, lignes=depart.lignes.drop(gone))], [dict.fromkeys(gone, Cause.RETRAIT.value)]
    for step in etapes:
        before, named = states[-1], dict[str, str]()
        state = before.prendre(step, cible)
        if step is IDENTITE:
            changed = (liens[0].unis ^ liens[1].unis) | (liens[0].separes ^ liens[1].separes)
            named = _nommees(state.lignes, {name for pair in changed for name in pair})
            state = replace(state, liens=liens[1])
        states.append(state)
        causes.append(named | causes_propres(before.lignes, state.lignes, step))
    new = cible.index.difference(states[-1].lignes.index)
    if len(new):
        states.append(states[-1].ajouter(cible.loc[new, states[-1].lignes.columns]))
        causes.append(dict.fromkeys(new, Cause.DETECTION.value))
    return states, causes


def _nommees(lignes: pd.DataFrame, identifiants: set[str]) -> dict[str, str]:
    """Return the rows that changed answers name."""
    named = lignes.index[lignes["id_mouvement"].isin(identifiants)]
    return dict.fromkeys(named, Cause.IDENTITE.value)


def _changer_methode(chaine: Chaine, apres: ParametresRegles) -> None:
    """Take the parameters, the field, the generic names and the rules of the later relève, one by one."""
    for name in NOMS_PARAMETRES:
        here = chaine.etat.parametres
        if here.parametres[name].valeur != apres.parametres[name].valeur:
            values = {**here.parametres, name: apres.parametres[name]}
            changed = replace(chaine.etat, parametres=replace(here, parametres=values))
            chaine.changer_methode(changed, METHODE + name)
    here = chaine.etat.parametres
    if (here.naf_du_champ, here.naf_artisanat) != (apres.naf_du_champ, apres.naf_artisanat):
        changed = replace(chaine.etat, parametres=replace(here, champ=apres.champ))
        chaine.changer_methode(changed, METHODE + CHAMP_DES_REGLES)
    words = apres.nomenclatures.mots_generiques
    if words(chaine.etat.mots) != words(apres.releve):
        chaine.changer_methode(chaine.etat.renommer(apres.releve), METHODE + NOMS_GENERIQUES)
    for rank, rule in enumerate(regles_en_vigueur(apres)):
        rules = chaine.etat.regles
        if rules[rank] is not rule:
            changed = replace(chaine.etat, regles=(*rules[:rank], rule, *rules[rank + 1 :]))
            chaine.changer_methode(changed, METHODE + rule.motif)


def _tabuler(chaine: Chaine, motif_avant: "pd.Series[str]", motif_apres: "pd.Series[str]") -> pd.DataFrame:
    """Return the lines of the chain, added up by movement, cell and cause, without those that come to nothing."""
    whole = Counter[tuple[str, tuple[str, ...]]]()
    for line in chaine.lignes:
        whole[line.cle, line.cellule] += line.signe
    moved = {key for (key, _), sign in whole.items() if sign}
    measures = [one.mesure for one in TypeMouvement]
    added: dict[tuple[str, ...], dict[str, int]] = {}
    for line in chaine.lignes:
        if line.cle in moved:
            *place, kind = line.cellule
            signs = added.setdefault((*place, line.cle, line.cause, line.origine), dict.fromkeys(measures, 0))
            signs[TypeMouvement(kind).mesure] += line.signe
    texts = ["periode", "region", "departement", "sous_secteur", "id_mouvement", "cause", "id_origine"]
    rows = [(*told, *signs.values()) for told, signs in added.items() if any(signs.values())]
    table = pd.DataFrame(rows, columns=[*texts, *measures]).astype(
        dict.fromkeys(texts, "str") | dict.fromkeys(measures, "int64")
    )
    pairs = zip(table["id_mouvement"], table["cause"], strict=True)
    others = [
        ",".join(one for one in dict.fromkeys(chaine.causes.get(key, ())) if one != cause) for key, cause in pairs
    ]
    induced = (table["id_origine"] != "").map({True: "oui", False: "non"})
    return table.assign(
        induit=induced.astype("str"),
        autres_causes=pd.Series(others, dtype="str"),
        motif_avant=_dire(table["id_mouvement"], motif_avant),
        motif_apres=_dire(table["id_mouvement"], motif_apres),
    )


def _dire(mouvements: "pd.Series[str]", motifs: "pd.Series[str]") -> "pd.Series[str]":
    """Return the motif of each movement, empty where the relève does not know it."""
    return mouvements.map(motifs).astype("str").fillna("")


def verifier(revisions: pd.DataFrame, avant: pd.DataFrame, apres: pd.DataFrame) -> None:
    """Hold revisions against the difference of the finest counts of the two relèves.

    Raises
    ------
    ErreurAdditivite
        They are not that difference, in some cell.
    """
    keys, measures = [*CELLULE_COMPTEE, "type_mouvement"], {one.mesure: one.value for one in TypeMouvement}
    before, after = (counts.set_index(keys)["nombre"] for counts in (avant, apres))
    wide = revisions.rename(columns={"periode": "semestre"} | measures)
    long = wide.melt([*CELLULE_COMPTEE], [*measures.values()], "type_mouvement", "nombre")
    gap = after.sub(before, fill_value=0).sub(long.groupby(keys)["nombre"].sum(), fill_value=0)
    if gap.any():
        where = ", ".join(gap.index[gap.to_numpy() != 0][0])
        raise ErreurAdditivite(
            f"Révisions : {where} : la somme des mouvements révisés n'est pas l'écart entre les comptes des "
            "deux relèves. Signalez cette erreur."
        )
