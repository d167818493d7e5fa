"""The frame of a figure: what lets it stand alone, two drawings of which the page shows one, and its downloads."""

import re
from collections.abc import Iterable
from itertools import count
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup, escape

from barometre_lib.contexte import Contexte
from barometre_lib.ecriture import en_csv
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.style import FOND, POLICE_PAGE, TEXTE
from barometre_lib.restitution.trace import CORPS, DEMI, INTERLIGNE, couper
from barometre_lib.typographie import INSECABLE, accorder, composer, jour

# Of a drawing that stands alone: its margin, and the size of its finding.
MARGE, GRAND = 24, 20
# Signs that an address holds as they are.
SURES = "/:=,;()+'"
NUMERO = "Figure"
# In the page, then in the address of a drawing that stands alone, which follows it.
REPERES = re.compile(rf"(?P<page><span class=\"numero\">{NUMERO})(?=</span>)|numero'%3E{NUMERO}(?=%3C)")
# What only a page reads of a drawing: links, classes of its style sheet, names under the pointer.
DE_LA_PAGE = re.compile(r'</?a\b[^>]*>| class="[^"]*"|<title>.*?</title>')


def encadrer(  # noqa: PLR0913  one per thing that a figure says
    contexte: Contexte,
    *,
    nom: str,
    constat: str,
    mesure: str,
    lecture: str,
    alternative: str,
    large: Markup,
    etroit: Markup,
    tableau: Fragment | None,
    valeurs: pd.DataFrame,
    note: str = "",
    fond: str = "",
) -> Fragment:
    """Put drawings into the frame that says what is found, measured, read, of which sites, from where.

    Parameters
    ----------
    nom : str
        Unique in the page: anchors, names of files.
    constat : str
        The finding, 15 words at most, title of the figure.
    mesure : str
        What is drawn, where, when, in which unit; without final point.
    lecture : str
        One sentence that reads a value aloud, without « Lecture : ».
    alternative : str
        What the drawings show, for who does not see them.
    large, etroit : Markup
        The drawing for a wide screen and paper, and that for a phone, one unit a pixel.
    tableau : Fragment
        The values, folded under the drawing, None where the page shows them beside; `valeurs` is what their CSV holds.
    note : str
        What must be known besides, whole sentences.
    fond : str
        What is said where the drawing stands alone, since the foot of each page says it: the source of a map.
    """
    said = [f"Lecture : {lecture}", *([note] if note else []), *provenance(contexte)]
    stem = f"{contexte.region.code if contexte.region else 'france'}-{contexte.releve}-{nom}"
    alone = _tenir_seul(large, constat, mesure, [*said, *([fond] if fond else [])])
    return rendre(
        "cadre",
        nom=nom,
        constat=constat,
        mesure=mesure,
        mentions=" ".join(said),
        alternative=alternative,
        role="group" if "<a " in large else "img",
        pleine=_taille(large)[0] > DEMI,
        large=large,
        etroit=etroit,
        tableau=tableau,
        fichiers=[
            ("SVG", f"{stem}.svg", _adresse("image/svg+xml", alone.encode())),
            ("CSV", f"{stem}.csv", _adresse("text/csv", en_csv(valeurs))),
        ],
    )


def provenance(contexte: Contexte) -> list[str]:
    """Say which sites are counted, where the numbers come from, when they were known, that they may change."""
    sites = f"sites industriels de plus de {accorder(contexte.parametres.seuil_effectif, 'salarié', 'salariés')}"
    left_out = "" if contexte.region else contexte.hors()
    known = f"situation au {jour(contexte.releve.dernier_jour)}"
    data = "données fictives et provisoires" if contexte.demonstration else "données provisoires"
    source = ["Baromètre industriel de l'État", known if contexte.publique else f"relève {contexte.releve}", data]
    source += [contexte.variante] if contexte.variante else []
    return [f"Champ : {', '.join(filter(None, [sites, left_out]))}.", f"Source : {', '.join(source)}."]


def numeroter(html: str) -> str:
    """Give the figures of a page their numbers, in its order, in the drawings that stand alone too."""
    numbers, current = count(1), 0

    def write(found: re.Match[str]) -> str:
        nonlocal current
        if found["page"]:
            current = next(numbers)
            return f"{found[0]}{INSECABLE}{current}"
        return f"{found[0]}%C2%A0{current}"

    return REPERES.sub(write, html)


def _tenir_seul(large: Markup, constat: str, mesure: str, mentions: Iterable[str]) -> str:
    """Return the wide drawing as a file of its own, with what the page says around it."""
    width, height = _taille(large)
    lines: list[str] = []
    place = float(MARGE)

    def write(text: str, size: int = CORPS, look: str = "", start: str = "") -> None:
        nonlocal place
        for line in couper(composer(text), width * CORPS / size, gras=bool(look)):
            place += INTERLIGNE * size / CORPS
            shown = f"{start}{escape(line)}"
            start = ""
            lines.append(f'<text x="{MARGE}" y="{place:.0f}" font-size="{size}"{look}>{shown}</text>')

    write(constat, GRAND, ' font-weight="700"')
    write(f"{mesure}.", start=f'<tspan class="numero">{NUMERO}</tspan>. ')
    top = place + MARGE / 2
    place = top + height
    for mention in mentions:
        write(mention)
    drawing = DE_LA_PAGE.sub("", large)
    drawing = re.sub(r'(<svg\b[^>]*?) style="[^"]*"', r"\1", drawing, count=1)
    drawing = drawing.replace("<svg ", f'<svg x="{MARGE}" y="{top:.0f}" width="{width:g}" height="{height:g}" ', 1)
    full, total = width + 2 * MARGE, place + MARGE
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full:g}" height="{total:.0f}" '
        f'viewBox="0 0 {full:g} {total:.0f}" font-family="{POLICE_PAGE}" fill="{TEXTE}">'
        f'<rect width="100%" height="100%" fill="{FOND}"/>{"".join(lines)}{drawing}</svg>'
    )
    # In an address, a simple quote is one sign and a double one is three; texts hold neither, they are escaped.
    return drawn.replace('"', "'")


def _taille(svg: str) -> tuple[float, float]:
    box = re.search(r'viewBox="([^"]*)"', svg)
    _, _, width, height = map(float, box[1].split()) if box else (0, 0, DEMI, DEMI)
    return width, height


def _adresse(genre: str, contenu: bytes) -> Markup:
    """Return a file as an address: no sign of it means anything to HTML, nor to French typography."""
    return Markup(f"data:{genre};charset=utf-8,{quote(contenu, safe=SURES)}")  # noqa: S704
