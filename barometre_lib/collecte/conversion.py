"""Acknowledgements of an older edition, `acquittements:` in its YAML, brought to their own file, once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from barometre_lib.chemins import afficher
from barometre_lib.collecte.acquittement import dire_ecrit, ecrire_ensemble
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.parametres.acquittements import (
    Acquittement,
    Decision,
    chemin_acquittements,
    composer,
    lire_fichier,
    lire_tous,
)
from barometre_lib.parametres.decides import juger_raison
from barometre_lib.parametres.edition import ACQUITTEMENTS, chemin_edition
from barometre_lib.parametres.fichiers import FERME, Fichier, Texte, attendu, ouvrir_yaml
from barometre_lib.qualite.bilan import Bilan, Constat
from barometre_lib.qualite.controle import charger_controlable, examiner
from barometre_lib.qualite.suites import Gravite
from barometre_lib.qualite.tables import TABLES_DE_MOUVEMENTS
from barometre_lib.registre.lecture import lire_code_releve
from barometre_lib.typographie import accorder, enumerer

A_LA_MAIN = "attendu un bloc à lui seul, que la commande sache retirer ; retirez-le à la main"


@dataclass(frozen=True)
class Ancien:
    """Warnings let through, as older editions said it: by references, or by the number of rows of a check."""

    __pydantic_config__ = FERME
    raison: Texte
    controle: Annotated[Texte, Field(default="")]
    references: Annotated[tuple[Texte, ...], Field(default=())]
    nombre: Annotated[int | None, attendu("un nombre entier de lignes, au moins 1", default=None, gt=0)]


@dataclass(frozen=True)
class Anciens:
    """The entry of older editions."""

    __pydantic_config__ = FERME
    acquittements: Annotated[tuple[Ancien, ...], Field(default=(), description="une liste, chacun motivé")]


def convertir(releve: str, registre: Path | None = None) -> list[str]:
    """Write what an edition acknowledges in the file of its relève, take it out of the edition, and say so.

    An acknowledgement that no warning needs, or whose number of rows is not the one found, held for nothing: it is
    told, and dropped. What an earlier relève has decided already, in the same words, holds by itself.

    Raises
    ------
    ErreurBarometre
        The edition has none, one is ill written or has no real reason, or its block cannot be taken out; nothing is
        written.
    """
    code = lire_code_releve(releve)
    edition = chemin_edition(code)
    file = ouvrir_yaml(edition)
    if ACQUITTEMENTS not in file.donnees:
        raise ErreurBarometre(f"{afficher(edition)} : rien à convertir, « {ACQUITTEMENTS} » n'y est pas.")
    olds = _lire(file)
    without = _retirer(file)
    bilan = examiner(charger_controlable(str(code), registre), ())
    own = {one.cle: one for one in lire_fichier(code)}
    dropped = list[str]()
    made = {one.cle: one for one in _traduire(olds, bilan, dropped)}
    # Of an earlier relève, the same words hold already; its own edition may not be converted yet.
    earlier = {_sans_origine(one) for one in lire_tous(code) if one.origine != code}
    carried = [one for one in made.values() if _sans_origine(one) in earlier]
    kept = {one.cle: one for one in made.values() if one not in carried} | own
    target = chemin_acquittements(code)
    ecrire_ensemble(({target: composer(kept.values())} if kept else {}) | {edition: without})
    said = [f"{afficher(edition)} : « {ACQUITTEMENTS} » retiré ; le commentaire qui le précédait est resté."]
    if carried:
        said.append(f"{accorder(len(carried), 'raison tient', 'raisons tiennent')} d'une relève antérieure.")
    return [*dropped, dire_ecrit(target, kept.values()), *said]


def _sans_origine(one: Acquittement) -> tuple[str, ...]:
    return *one.cle, one.empreinte, one.decision, one.raison


def _lire(file: Fichier) -> Sequence[Ancien]:
    """Return the entries of an edition, once each is well formed and has a real reason."""
    alone = Fichier(file.chemin, {ACQUITTEMENTS: file.donnees[ACQUITTEMENTS]}, file.noeud)
    read: Anciens = alone.lire(Anciens)
    alone.refuser(
        ((ACQUITTEMENTS, rank, "raison"), what)
        for rank, one in enumerate(read.acquittements)
        if (what := juger_raison(" ".join(one.raison.split())))
    )
    return read.acquittements


def _traduire(olds: Iterable[Ancien], bilan: Bilan, dropped: list[str]) -> Iterator[Acquittement]:
    """Yield what each entry acknowledged, a finding at a time; `dropped` receives those that held for nothing."""
    for old in olds:
        found = list(_couverts(old, bilan))
        reason = " ".join(old.raison.split())
        named = " ".join(filter(None, [old.controle, montrer(reason)]))
        left = sorted(set(old.references) - {row.reference for _, row in found})
        if old.nombre is not None and not found:
            dropped.append(
                f"{named} : acquitté pour {old.nombre} lignes, le contrôle en trouve un autre nombre ; laissé."
            )
        elif left or not found:
            dropped.append(f"{named} : plus aucun avertissement pour {enumerer(left) or 'cet acquittement'} ; laissé.")
        for check, row in found:
            yield Acquittement(check, row.reference, row.empreinte, Decision.JUSTIFIE, reason, bilan.releve)


def _couverts(old: Ancien, bilan: Bilan) -> Iterator[tuple[str, Constat]]:
    for result in bilan.resultats:
        check = result.controle
        if check.gravite is not Gravite.AVERTISSEMENT or old.controle not in ("", check.nom):
            continue
        # A reference alone is a movement's identifier, which may look like the code of a region.
        if not old.controle and check.table not in TABLES_DE_MOUVEMENTS:
            continue
        every = old.nombre is not None and bool(old.controle) and len(result.constats) == old.nombre
        for row in result.constats:
            if every or row.reference in old.references:
                yield check.nom, row


def _retirer(file: Fichier) -> bytes:
    """Return the text of an edition without the block, the rest being as it was."""
    text = file.chemin.read_bytes().decode("utf-8")
    lines = text.splitlines(keepends=True)
    pairs: Sequence[tuple[yaml.Node, yaml.Node]] = file.noeud.value if file.noeud else ()
    key, value = next((key, value) for key, value in pairs if key.value == ACQUITTEMENTS)
    kept = lines[: key.start_mark.line] + lines[_fin(value, key.start_mark.line) :]
    left = "".join(kept)
    before: Mapping[str, object] = {name: one for name, one in file.donnees.items() if name != ACQUITTEMENTS}
    try:
        same = key.start_mark.column == 0 and yaml.safe_load(left) == before
    except yaml.YAMLError:
        same = False
    if not same:
        line = key.start_mark.line + 1
        raise ErreurBarometre(f"{afficher(file.chemin)}, ligne {line}, « {ACQUITTEMENTS} » : {A_LA_MAIN}.")
    return left.encode("utf-8")


def _fin(node: yaml.Node, start: int) -> int:
    """Return the number of the line after a value: in a block, that of its last leaf, for comments may follow."""
    flow = isinstance(node, yaml.CollectionNode) and node.flow_style
    if isinstance(node, yaml.ScalarNode) or flow or not node.value:
        end: yaml.Mark = node.end_mark
        return max(start + 1, end.line + (end.column > 0))
    last = node.value[-1]
    return _fin(last[-1] if isinstance(last, tuple) else last, start)
