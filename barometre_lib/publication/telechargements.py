"""The tables that a publication offers: one CSV each, and one workbook of them all; same relève, same bytes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.bornes import borner, lister_incompletes
from barometre_lib.collecte.grille import proteger
from barometre_lib.comptage import compter_motifs
from barometre_lib.contexte import Contexte, dire_hors
from barometre_lib.ecriture import en_csv
from barometre_lib.parametres.carnets import Page
from barometre_lib.publication.accueil import Telechargement
from barometre_lib.publication.classeur import ANNEE, ENTIER, SOLDE, Cellules, Garde, Onglet, composer
from barometre_lib.publication.couverture import NON_ETABLIES, couvrir, lire_periodes
from barometre_lib.publication.dictionnaire import (
    DIMENSIONS_CODEES,
    Table,
    composer_dictionnaire,
    intituler,
    lire_codes,
    mots,
)
from barometre_lib.publication.jeu_de_donnees import FICHIER, decrire
from barometre_lib.publication.pages import INTERNE, Lien, nommer_releve
from barometre_lib.publication.pdf import ecrire_pdf
from barometre_lib.publication.vue import Vue
from barometre_lib.sommes import ENSEMBLE
from barometre_lib.typographie import (
    accorder,
    au_cours_de,
    enumerer,
    jour,
    minuscule,
    mois,
    nombre,
    sans_accents,
    typographier,
)
from barometre_lib.vocabulaire import MESURES

DOSSIER, MENTION = "tableaux", "Mention"
MENTION_DEMONSTRATION = "Registre de démonstration : microdonnées fictives, calées sur les nombres publiés"
SEPARATEUR = typographier(" ; ")  # of what is said on one line
# Columns whose whole numbers are not plain ones.
ENTIERS = {"annee": ANNEE} | dict.fromkeys(["solde_net", "solde_net_min", "solde_net_max", "solde_strict"], SOLDE)


def ecrire_tableaux(dossier: Path, source: Barometre | Vue, *, rectificatif: str = "") -> list[Telechargement]:
    """Write `tableaux/` in the folder of a publication, and return what the index says of it, the workbook first.

    `rectificatif` says why this publication replaces a released one, when it does.
    """
    contexte = source.contexte()
    contexte = replace(contexte, edition=contexte.edition.rectifier(rectificatif))
    notes, *tables = faire_tables(source, contexte)
    sheets = [_as_sheet(table, contexte) for table in tables if table.feuille]
    said = [(name, text) for name, text in notes.donnees.to_numpy().tolist() if name != MENTION]
    cover = Garde(nommer_releve(contexte), mentions(contexte), said)
    written = [
        (
            "Tous les tableaux, avec leurs libellés",
            _classeur(contexte),
            composer(cover, sheets, contexte.releve.dernier_jour),
        ),
        *((table.intitule, f"{table.nom}.csv", en_csv(proteger_textes(table.donnees))) for table in (notes, *tables)),
    ]
    if contexte.publique:
        written.append((mots()["jeu_de_donnees"]["intitule"], FICHIER, decrire((notes, *tables), contexte)))
    (dossier / DOSSIER).mkdir(parents=True, exist_ok=True)
    for _, file, data in written:
        (dossier / DOSSIER / file).write_bytes(data)
    return [Telechargement(title, f"{DOSSIER}/{file}", len(data)) for title, file, data in written]


def a_emporter(contexte: Contexte, page: Page | None, *, pdf: bool) -> list[Lien]:
    """Return what a page offers to take away: its PDF if there are, the workbook, the CSV that is nearest to it.

    `page` is None for the index.
    """
    near = f"{contexte.maille}-region" + ("-secteur" if page and page.serie.pour_chaque == "region" else "")
    words = {one["nom"]: minuscule(one["intitule"]) for one in mots()["tables"]}
    offered = [
        Lien(f"{DOSSIER}/{_classeur(contexte)}", "tableur", "de tous les tableaux"),
        Lien(f"{DOSSIER}/{near}.csv", "CSV", f"des {words[near]}"),
    ]
    if page and page.serie.pdf and pdf:
        offered.insert(0, Lien(Path(page.adresse).with_suffix(".pdf").as_posix(), "PDF", "de cette page"))
    return offered


def _classeur(contexte: Contexte) -> str:
    return f"barometre-{contexte.releve}.xlsx"


def offrir_pdf(dossier: Path, page: str, nom: str) -> Telechargement:
    """Write the PDF of a page beside it, and return what the index says of it; `nom` is the territory of the page."""
    target = dossier / Path(page).with_suffix(".pdf")
    ecrire_pdf(dossier / page, target)
    return Telechargement(f"Page {nom}", target.relative_to(dossier).as_posix(), target.stat().st_size)


def faire_tables(source: Barometre | Vue, contexte: Contexte) -> list[Table]:
    """Return the tables of a relève: notes, counts, ranking, sums, dictionary."""
    words = mots()
    when = au_cours_de(contexte.periode)
    counts = [_table(one, source.comptes(one["par"])) for one in words["tables"]]
    ranking = _table(words["classement"], _ranking(source, contexte), au_cours_de=when)
    sums = [
        _table(words["sommes"]["publique" if contexte.publique else of], table, au_cours_de=when)
        for of, table in source.sommes.items()
    ]
    stamp = SEPARATEUR.join(mentions(contexte))
    numbers = [_reserve(table, stamp, contexte) for table in (*counts, ranking, *sums)]
    if isinstance(source, Barometre):
        own, decisions = words["du_registre"], source.decisions
        bounds = [_table(own[f"bornes-{par[-1]}"], _bounds(source, par)) for par in (["annee"], ["annee", "region"])]
        rows = [
            _table(own["motifs"], compter_motifs([decisions], contexte.nomenclatures)),
            _table(own["incompletes"], lister_incompletes(source)),
            _table(own["vintages"], _vintages(source)),
        ]
        numbers += [_reserve(table, stamp, contexte) for table in bounds]
        numbers += [_stamp(table, stamp) for table in rows]
    dictionary = _table(words["dictionnaire"], composer_dictionnaire(contexte, numbers))
    if not contexte.publique:
        dictionary = _stamp(dictionary, INTERNE)
    return [_table(words["notes"], _notes(contexte)), *numbers, dictionary]


def mentions(contexte: Contexte) -> list[str]:
    """Return what must accompany every number, in French: nothing in a released public edition of real data."""
    shown = ["" if contexte.publique else INTERNE, contexte.variante]
    shown += [MENTION_DEMONSTRATION if contexte.demonstration else "", contexte.edition.avis]
    return [typographier(one.rstrip(".")) for one in shown if one]


def proteger_textes(donnees: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for formulas; every other cell stays as it is."""
    protected = {
        name: [proteger(one) if isinstance(one, str) else one for one in cells.tolist()]
        for name, cells in donnees.items()
    }
    return pd.DataFrame(protected, dtype="object")


def _table(words: dict[str, Any], donnees: pd.DataFrame, **valeurs: str) -> Table:
    return Table(words["nom"], words["feuille"], typographier(words["intitule"].format(**valeurs)), donnees)


def _ranking(source: Barometre | Vue, contexte: Contexte) -> pd.DataFrame:
    ranking = source.classement(contexte.periode)
    ranking["ex_aequo"] = ranking["ex_aequo"].map({True: "oui", False: "non"})
    first = [contexte.maille, "rang", "ex_aequo", "region"]
    return ranking[first + [name for name in ranking if name not in first]]


def _bounds(source: Barometre, par: list[str]) -> pd.DataFrame:
    shown = ["solde_net", "solde_net_min", "solde_net_max", "incompletes_hausses", "incompletes_baisses"]
    return borner(source, par)[[*par, *shown]]


def _vintages(source: Barometre) -> pd.DataFrame:
    """Return what each relève gave, of France and of the regions whose coverage is known; their names in `hors`."""
    covered, names = source.edition.couverture, source.nomenclatures.libelles("region")
    rows = pd.concat([source.vintages(one, None) for one in MESURES], ignore_index=True)
    rows = rows[~rows["region"].map(lambda code: covered.get(code, "")).isin(NON_ETABLIES)]
    told = {code: enumerer(names[one] for one in code.split(", ")) if code else "" for code in rows["hors"].unique()}
    grouped = rows["groupee"].map({True: "oui", False: "non"})
    return rows.assign(region=rows["region"].replace("", ENSEMBLE), groupee=grouped, hors=rows["hors"].map(told))


def _reserve(table: Table, mention: str, contexte: Contexte) -> Table:
    """Say of a table of numbers what is covered, and what must accompany them."""
    return _stamp(replace(table, donnees=couvrir(table.donnees, contexte)), mention, contexte)


def _stamp(table: Table, mention: str, contexte: Contexte | None = None) -> Table:
    """Put on each row what must accompany its numbers: a table travels without the page that it comes from.

    With the context of a table of numbers, those of France and the ranks say what they leave out.
    """
    rows = table.donnees
    reserves = [mention] * len(rows)
    if contexte and contexte.lacunes:
        places = [name for name in ("region", "departement") if name in rows and "rang" not in rows]
        of_france = rows[places[0]] == ENSEMBLE if places else pd.Series(True, index=rows.index)
        left_out = [dire_hors(contexte.lacunes, one, contexte.nomenclatures) for one in lire_periodes(rows, contexte)]
        reserves = [
            SEPARATEUR.join(filter(None, [mention, one if france else ""]))
            for one, france in zip(left_out, of_france, strict=True)
        ]
    return (
        replace(table, donnees=rows.assign(mention=pd.Series([*map(typographier, reserves)], rows.index, dtype="str")))
        if mention or any(reserves)
        else table
    )


def _notes(contexte: Contexte) -> pd.DataFrame:
    words, edition, regions = mots(), contexte.edition, contexte.nomenclatures.regions
    covered = [code for code in regions if edition.couverte(code)]
    others = sorted((regions[code].nom for code in edition.non_precisees), key=sans_accents)
    late = [f"{regions[code].nom}, depuis la relève {one}" for code, one in contexte.lacunes.actualisees.items()]
    values = {
        "objet": minuscule(nommer_releve(contexte)),
        "parution": jour(edition.jour) if edition.jour else mois(edition.mois),
        "debut": jour(contexte.parametres.debut_periode),
        "fin": jour(contexte.releve.dernier_jour),
        "seuil": nombre(contexte.parametres.seuil_effectif),
        "couvertes": accorder(len(covered), "région", "régions"),
        "non_precisees": f"Couverture non précisée : {enumerer(others)} ; {words['sans_zero']}" if others else "",
        "non_actualisees": words["non_actualisees"].format(regions=" ; ".join(late)) if late else "",
        "de_demonstration": " de démonstration" if contexte.demonstration else "",
        "sommes": words["publiques" if contexte.publique else "internes"],
    }
    first, *texts = [(one["rubrique"], one["texte"].format(**values).strip()) for one in words["textes"]]
    # What is released to the public has no state to tell.
    told = not contexte.publique or edition.etat != "diffuse"
    state = [("État", f"Édition {edition.situation.rstrip('.')}.")] if told else []
    rows = [first, *state, *((MENTION, one) for one in mentions(contexte)), *texts]
    return pd.DataFrame([tuple(map(typographier, row)) for row in rows], columns=["rubrique", "texte"])


def _as_sheet(table: Table, contexte: Contexte) -> Onglet:
    """Return a table as people read it: headings in French, the label of each code beside it, its mention once."""
    columns, stamp = [], SEPARATEUR.join(mentions(contexte))
    for name in map(str, table.donnees):
        values: list[Any] = [None if pd.isna(one) else one for one in table.donnees[name].tolist()]
        if name == "mention":
            # What the whole sheet says is above it; what is left is of some lines.
            values = [None if stamp.startswith(one) else one.removeprefix(f"{stamp}{SEPARATEUR}") for one in values]
            if not any(values):
                continue
        if name == "annee":
            values = [int(value) for value in values]
        labels = lire_codes(contexte, name)
        if name in DIMENSIONS_CODEES:
            columns.append(Cellules(f"Code {intituler(name).lower()}", values))
        cells = [labels.get(value, value) for value in values] if labels else values
        columns.append(Cellules(intituler(name), cells, ENTIERS.get(name, ENTIER)))
    return Onglet(table.feuille, table.intitule, columns, table.nom.replace("-", "_"), stamp)
