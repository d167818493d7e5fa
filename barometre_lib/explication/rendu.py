"""The explanation of a row as a document, text or HTML: whatever a register says is a text, never markup."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from markupsafe import Markup

from barometre_lib.explication.examen import PAR_COLONNE, VIDE
from barometre_lib.typographie import clore, composer, enumerer, minuscule, typographier
from barometre_lib.vocabulaire import Motif

DEBUTS = ("", "\n", "  ", "      ")
ELEMENTS = tuple(map(Markup, ("<h2>{}</h2>", "<h3>{}</h3>", "<li>{}</li>", "<li>{}</li>")))
AUCUNE = "Aucune correction seule n'y suffit."


class Bloc(NamedTuple):
    """A piece of a document: its title (0), a heading (1), an item (2), a detail of it (3)."""

    niveau: int
    texte: str
    fort: bool = False


@dataclass(frozen=True)
class Explication:
    """Why one row counts, or not: `donnees`, which `--json` writes, and how it is read."""

    donnees: dict[str, Any]

    def __str__(self) -> str:
        pieces = ((one, typographier(one.texte)) for one in self._blocs())
        return "\n".join(f"{'► ' if one.fort else DEBUTS[one.niveau]}{text}" for one, text in pieces)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        html, depth = Markup(), 0
        for one in self._blocs():
            wanted = max(one.niveau - 1, 0)
            html += Markup("<ul>") * (wanted - depth) + Markup("</ul>") * (depth - wanted)
            depth, text = wanted, composer(one.texte)
            html += ELEMENTS[one.niveau].format(Markup("<strong>{}</strong>").format(text) if one.fort else text)
        return str(html + Markup("</ul>") * depth)

    def _blocs(self) -> Iterator[Bloc]:
        data = self.donnees
        yield Bloc(0, f"{data['id_mouvement']}, relève {data['releve']} : {data['conclusion']}")
        yield Bloc(1, "La ligne")
        filled = {name: value for name, value in data["ligne"].items() if value != VIDE}
        yield from (Bloc(2, f"{_nom(name)} : {value}") for name, value in filled.items())
        empty = [minuscule(_nom(name)) for name in data["ligne"] if name not in filled]
        if empty:
            yield Bloc(2, f"Sans valeur : {enumerer(empty)}")
        yield Bloc(1, f"Les règles, dans leur ordre ; la relève dit ce qui était connu au {data['au']}")
        for rule in data["regles"]:
            yield Bloc(2, f"Règle {rule['regle']}, « {rule['libelle']} » : {rule['verdict']}", fort=rule["decisive"])
            yield Bloc(3, rule["attendu"])
            yield Bloc(3, clore(rule["vu"]))
            for text in rule["textes"]:
                yield Bloc(3, f"{text['fonde_par']} : {clore(text['texte'])} Source : {clore(text['source'])}")
        yield Bloc(1, "Les lignes du même site")
        for row in data["site"]["lignes"]:
            own = " (cette ligne)" if row["id_mouvement"] == data["id_mouvement"] else ""
            told = f"{row['type']}, date d'effet : {row['date_effet']}, source : {row['source']}, {row['libelle']}"
            yield Bloc(2, f"{row['id_mouvement']}{own} : {told}")
        yield from (Bloc(2, clore(sentence)) for sentence in (*data["site"]["regle_9"], *data["site"]["reponses"]))
        yield Bloc(1, "D'une relève à l'autre")
        for one in data["histoire"]:
            same = one["id_mouvement"] == data["id_mouvement"] or not one["motif"]
            other = "" if same else f", sous l'identifiant {one['id_mouvement']}"
            yield Bloc(2, f"{one['releve']} : {one['libelle']}{other}")
            for cell in one["change"]:
                yield Bloc(3, f"{_nom(cell['colonne'])} : {cell['apres']} (auparavant : {cell['avant']})")
            yield from (Bloc(3, f"Pourquoi le compte a changé : {cause}") for cause in one["causes"])
        if data["motif"] != Motif.COMPTE:
            yield Bloc(1, "Ce qui, corrigé seul, la ferait compter")
            said = "Une correction n'est juste que si elle est vraie : c'est au service de le dire."
            yield Bloc(2, said if data["corrections"] else AUCUNE)
        for one in data["corrections"]:
            instead = f" ; elle compterait à la place de {enumerer(one['a_la_place'])}" if one["a_la_place"] else ""
            yield Bloc(2, f"{_nom(one['colonne'])} : {one['dit']} (la ligne dit : {one['avant']}){instead}")


def _nom(colonne: str) -> str:
    return PAR_COLONNE[colonne].libelle
