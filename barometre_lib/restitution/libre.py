"""What a page of one's own shows beside the house's figures: any drawing of matplotlib or seaborn, a sentence."""

import hashlib
import re
import sys
from typing import Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.contexte import Contexte
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.restitution.cadre import provenance
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.style import ALLURE, LARGEUR, style, svg
from barometre_lib.restitution.tableaux import NON_DISPONIBLE
from barometre_lib.typographie import accorder, au_cours_de, enumerer, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BRUTES

# The page has its own font, and a drawing leads nowhere.
DE_MATPLOTLIB = re.compile(r"</?a\b[^>]*>|(?P<debut><text style=\"[^\"]*?)font-family: [^;\"]*;? ?")


def figure(fig: Any, *, texte: str, constat: str, source: str | Contexte, tableau: Fragment | None = None) -> Fragment:
    """Show a figure of matplotlib, or what seaborn and pandas give of it, in the dress of the page.

    Parameters
    ----------
    fig : object
        A figure, its axes, or a grid of seaborn; it is closed, so that JupyterLab does not show it twice.
    texte : str
        What the drawing shows, for who does not see it.
    constat : str
        What is found, its title.
    source : str or Contexte
        Where its numbers come from; of a context, what the house's figures say of field and source.
    tableau : Fragment, optional
        Its values, folded under it.

    Raises
    ------
    ErreurBarometre
        It is no such figure, it is empty, or one of the three texts is.
    """
    drawn = _figure(fig)
    house = " ".join(provenance(source)) if isinstance(source, Contexte) else ""
    for name, words in (("texte", texte), ("constat", constat), ("source", house or source)):
        if not isinstance(words, str) or not words.strip():
            what = {"texte": "ce que montre le dessin, pour qui ne le voit pas"}.get(name, f"le {name} de la figure")
            raise ErreurBarometre(f"restitution.figure, « {name} » : rien n'est dit ; attendu {what}.")
    name = f"libre-{_somme(f'{constat}|{texte}')}"
    wide = float(drawn.get_size_inches()[0]) > LARGEUR
    with style(name):
        shown = svg(drawn, name, allure="" if wide else ALLURE)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(drawn)
    # Figures of one page share no identifier, those of the same words either.
    shown = shown.replace(f"{name}-", f"{name}{_somme(shown)}-")
    shown = Markup(DE_MATPLOTLIB.sub(lambda found: found["debut"] or "", shown))  # noqa: S704  escaped by matplotlib
    said = {"titre": constat, "alternative": texte, "source": house or f"Source : {source}"}
    return rendre("figure", dessin=shown, tableau=tableau, large=wide, **said)


def _somme(texte: str) -> str:
    return hashlib.sha256(texte.encode()).hexdigest()[:8]


def _figure(fig: Any) -> Any:
    """Return the figure of matplotlib that something is, or is drawn on."""
    from matplotlib.figure import Figure

    found = fig if isinstance(fig, Figure) else getattr(fig, "figure", None)
    if not isinstance(found, Figure):
        raise ErreurBarometre(
            f"restitution.figure : trouvé un objet « {type(fig).__name__} » ; attendu une figure de matplotlib, des "
            "axes (ce que rendent les dessins de pandas et de seaborn) ou une grille de seaborn."
        )
    if not found.axes:
        raise ErreurBarometre("restitution.figure : la figure est vide ; dessinez-y avant de la montrer.")
    return found


def phrase(texte: str) -> Fragment:
    """Show a sentence, as it is written: whatever it holds is a text."""
    return rendre("phrase", texte=texte)


def phrase_solde(nom: str, comptes: pd.DataFrame, periode: str) -> Fragment:
    """Say the net of one period and what it is made of; `comptes` by `annee` or by `semestre`."""
    (row,) = comptes[comptes[comptes.columns[0]] == periode].to_dict("records")
    if pd.isna(row["solde_net"]):
        return phrase(f"{nom} : solde net {NON_DISPONIBLE} {au_cours_de(periode)}.")
    names = {one: LIBELLES[one].lower() for one in MESURES_BRUTES}
    parts = [accorder(row[one], names[one].removesuffix("s"), names[one]) for one in MESURES_BRUTES]
    return phrase(f"{nom} : solde net de {signe(row['solde_net'])} {au_cours_de(periode)}, soit {enumerer(parts)}.")
