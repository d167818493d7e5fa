"""The widgets of a notebook: each choice, and the zones where what follows from it is shown."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import ipywidgets as widgets  # type: ignore[import-untyped]
from markupsafe import Markup

from barometre_lib.chemins import lire_dossier_registre
from barometre_lib.erreurs import ErreurBarometre, rendre_visible
from barometre_lib.exploration.selection import LIGNES_MAX, Selection, dire
from barometre_lib.parametres.carnets import lire_region
from barometre_lib.parametres.regles import NOMS_PARAMETRES
from barometre_lib.parametres.variante import LIBELLES
from barometre_lib.parametres.variantes import VARIANTE, lire_variantes
from barometre_lib.registre.lecture import lire_code_releve, releves_anterieures, releves_manquantes, releves_presentes
from barometre_lib.typographie import composer, majuscule, nombre, periode, sans_accents
from barometre_lib.vocabulaire import TYPES_MOUVEMENT

LARGEUR = widgets.Layout(width="100%", max_width="52rem")
ALLURE = {"layout": LARGEUR, "style": {"description_width": "18rem"}}
# What the style sheet of pages does there, of these pieces.
STYLE = """<style>
.exploration { line-height: 1.5; margin: 0.5rem 0; }
.exploration.solde { font-size: 1.2rem; font-weight: 700; }
.exploration.variante, .exploration.alerte { padding: 0.5rem; border-left: 0.3rem solid #c9191e; font-weight: 700; }
.widget-html :is(.defilement, .lecteur, .emporter) { display: none; }
.widget-html figure { line-height: 1.5; }
.widget-html table { border-collapse: collapse; line-height: 1.5; margin: 1rem 0; }
.widget-html caption { text-align: left; font-weight: 700; }
.widget-html figcaption strong { display: block; }
.widget-html :is(td, th) { text-align: right; padding: 0.1rem 0.75rem; border-bottom: 1px solid #cecece; }
.widget-html :is(th:first-child, .textes td) { text-align: left; }
</style>"""
Options = list[tuple[str, str]]


class Exploration:
    """The choices, and what follows them: `choix`, `comptes`, `carte`, `lignes`, `pourquoi` and `changements`.

    Parameters
    ----------
    releve, region : str
        What is chosen first: `2024-S2`; the code of a region, or nothing for France.
    registre : Path or str, optional
        The folder of relèves, `data/releves` by default.

    Raises
    ------
    ErreurBarometre
        The relève or the region is unknown, or the relève cannot be read.
    """

    def __init__(self, releve: str, region: Any = "", *, registre: Path | str | None = None) -> None:
        self._registre, self._pret = lire_dossier_registre(registre), False
        names = Selection(str(lire_code_releve(releve)), self._registre).methode.nomenclatures
        choose, follow = self._choisir, self._tout
        known = [(str(one), str(one)) for one in releves_presentes(self._registre)]
        regions = [("France", ""), *_par_nom(names.libelles("region"))]
        studied = [("aucune : la méthode", ""), *((one.libelle, one.nom) for one in lire_variantes().values())]
        self._releve = choose("Relève", follow, known, releve)
        self._region = choose("Région", follow, regions, lire_region(region, names))
        self._secteur, self._variante = choose("Secteur", follow), choose("Variante d'étude", follow, studied)
        self._regles = {one: self._saisir(majuscule(LIBELLES[one]), follow) for one in NOMS_PARAMETRES}
        back = widgets.Button(
            description="Revenir à la méthode", icon="undo", layout={"width": "auto", "align_self": "flex-start"}
        )
        back.on_click(self._revenir)
        self._motif, self._annee = choose("Décision", self._lister), choose("Année", self._lister)
        self._liste = self._suivre(widgets.Select(rows=12, layout=LARGEUR), self._designer)
        self._identifiant = self._saisir("Identifiant", self._expliquer, "84-00123")
        self._depuis = choose("Depuis la relève", self._comparer)
        self.comptes, self.carte = widgets.HTML(), widgets.HTML()
        self._nombre, self._raisons, self._ecarts = widgets.HTML(), widgets.HTML(), widgets.HTML()
        chosen = [self._releve, self._region, self._secteur, self._variante, *self._regles.values()]
        self.choix = widgets.VBox([widgets.HTML(STYLE), *chosen, back])
        self.lignes = widgets.VBox([self._motif, self._annee, self._nombre, self._liste])
        self.pourquoi = widgets.VBox([self._identifiant, self._raisons])
        self.changements = widgets.VBox([self._depuis, self._ecarts])
        self._pret = True
        self._tout()

    @property
    def selection(self) -> Selection:
        """What is chosen now."""
        told = [f"{VARIANTE}={self._variante.value}"] if self._variante.value else []
        told += [f"{name}={one.value}" for name, one in self._regles.items() if one.value.strip()]
        return Selection(self._releve.value, self._registre, self._region.value, self._secteur.value, tuple(told))

    def _choisir(self, nom: str, suite: Callable[[], None], options: Options | None = None, valeur: str = "") -> Any:
        given = options or [("", "")]
        return self._suivre(widgets.Dropdown(description=composer(nom), options=given, value=valeur, **ALLURE), suite)

    def _saisir(self, nom: str, suite: Callable[[], None], exemple: str = "") -> Any:
        typed = widgets.Text(description=composer(nom), placeholder=exemple, continuous_update=False, **ALLURE)
        return self._suivre(typed, suite)

    def _suivre(self, choix: Any, suite: Callable[[], None]) -> Any:
        choix.observe(lambda _: suite() if self._pret else None, "value")
        return choix

    @contextmanager
    def _sans_suite(self) -> Iterator[None]:
        self._pret = False
        try:
            yield
        finally:
            self._pret = True

    def _montrer(self, zone: Any, dit: Iterable[Any]) -> None:
        """Show pieces of page under the stamp of a variant, or in their place what is refused."""
        try:
            stamp = self.selection.contexte.variante
            told = Markup().join([*([dire(stamp, "variante")] if stamp else []), *dit])
        except ErreurBarometre as error:
            told = dire(str(error), "alerte")
        zone.value = str(told)

    def _tout(self) -> None:
        with self._sans_suite(), suppress(ErreurBarometre):
            self._offrir()
        self._montrer(self.comptes, self.selection.dire_comptes())
        self._montrer(self.carte, self.selection.dire_carte())
        self._lister()
        self._expliquer()
        self._comparer()

    def _offrir(self) -> None:
        """Offer what the relève, the region and the sector chosen have."""
        method, names = self.selection.methode, self.selection.methode.nomenclatures
        releve, labels = method.releve, names.libelles("secteur")
        for name, one in self._regles.items():
            one.placeholder = f"la méthode : {method.parametres.parametres[name]}"
        sectors = {code: labels[code] for code in names.secteur_de_sous_secteur(releve).values()}
        _proposer(self._secteur, [("tous", ""), *_par_nom(sectors)])
        _proposer(self._annee, [(composer("toutes, et sans date d'effet"), ""), *((one, one) for one in releve.annees)])
        before = [str(one) for one in releves_anterieures(releve, self._registre)]
        whole = [one for one in before if not releves_manquantes(lire_code_releve(one), releve, self._registre)]
        _proposer(self._depuis, [("choisissez", ""), *((one, one) for one in reversed(whole))])
        found = self.selection.lignes()["motif"].value_counts()
        motifs = [(f"{name} ({nombre(found.get(one, 0))})", str(one)) for one, name in self.selection.noms.items()]
        _proposer(self._motif, [(f"Toutes ({nombre(found.sum())})", ""), *motifs])

    def _lister(self) -> None:
        asked, self._liste.options = (self._motif.value, self._annee.value), []
        self._montrer(self._nombre, self.selection.dire_lignes(*asked))
        with self._sans_suite(), suppress(ErreurBarometre):
            rows, names = self.selection.lignes(*asked).head(LIGNES_MAX), self.selection.noms
            self._liste.options = [(_decrire(row, names), row["id_mouvement"]) for row in rows.to_dict("records")]
            self._liste.index = None

    def _designer(self) -> None:
        self._identifiant.value = self._liste.value or self._identifiant.value

    def _expliquer(self) -> None:
        self._montrer(self._raisons, self.selection.dire_raisons(self._identifiant.value.strip()))

    def _comparer(self) -> None:
        self._montrer(self._ecarts, self.selection.dire_ecarts(self._depuis.value))

    def _revenir(self, _: Any) -> None:
        with self._sans_suite():
            for one in (self._variante, *self._regles.values()):
                one.value = ""
        self._tout()


def _par_nom(libelles: Mapping[str, str]) -> Options:
    return sorted(((name, code) for code, name in libelles.items()), key=lambda one: sans_accents(one[0]))


def _proposer(choix: Any, options: Options) -> None:
    """Give a choice its options; what is chosen stays, if it is still there."""
    kept = choix.value
    choix.options = options
    choix.value = kept if kept in dict(options).values() else options[0][1]


def _decrire(ligne: dict[Any, Any], noms: Mapping[Any, str]) -> str:
    when = periode(ligne["semestre"]) if ligne["semestre"] else "sans date d'effet"
    site = rendre_visible(ligne["nom_site"])
    return " · ".join(
        [ligne["id_mouvement"], TYPES_MOUVEMENT[ligne["type_mouvement"]], when, site, noms[ligne["motif"]]]
    )
