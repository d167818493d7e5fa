"""What Python and jinja say in English of what they cannot read, in French: the commonest faults, by their words."""

import re
from collections.abc import Mapping

from barometre_lib.erreurs import ErreurBarometre, montrer

# The first whose words are found; of a phrase with a place, the sign that the words name is put there.
DE_PYTHON = {
    r"unterminated .*string": "un texte n'y est pas refermé : il manque un guillemet",
    r"'(.)' was never closed": "« {} » n'y est pas refermé",
    r"unmatched '(.)'|parenthesis '(.)' does not match": "« {} » n'y ferme rien qui soit ouvert",
    r"expected ':'": "il y manque « : » en fin de ligne",
    r"expected an indented block": "la ligne d'avant veut que celle-ci soit en retrait",
    r"indent|inconsistent use of tabs": "ses espaces de début de ligne ne sont pas ceux des lignes voisines",
    r"forgot a comma": "il y manque sans doute une virgule",
    r"invalid (?:non-printable )?character '?([^ ']+)": "le signe « {} » n'y est admis que dans un texte",
    r"Maybe you meant '=='|cannot assign": "« = » y donne un nom à une valeur ; pour comparer, c'est « == »",
    r"expected 'except'": "un « try » y attend son « except »",
    r"decimal literal|leading zeros": "un nombre ou un nom y est mal écrit",
    r"'(\w+)' outside": "« {} » n'y est pas à sa place, dans une fonction ou une boucle",
    r"Missing parentheses": "une fonction y est appelée sans parenthèses",
    r"unexpected EOF|incomplete input": "la fin manque",
}
DE_JINJA = {
    r"unknown tag '(end\w+)'": "« {} » n'y ferme aucun bloc ouvert",
    r"unknown tag '(\w+)'": "la balise « {} » n'existe pas",
    r"expected 'end of": "« {{% » ou « {{{{ » n'y est pas refermé",
    r"Unexpected end of template": "un bloc n'est pas refermé, comme {{% if %}} par {{% endif %}}",
    r"[Mm]issing end of": "un commentaire ou un bloc n'y est pas refermé",
    r"got 'end of": "un mot y manque",
    r"unexpected char .(.+). at|(?:got|unexpected) '(.+?)'": "« {} » n'y est pas attendu",
    r"No filter named '(\w+)'": "le filtre « {} » n'existe pas",
    r"'(\w+)' is undefined": "« {} » n'y est pas défini",
    r"has no (?:attribute|element) '?([^' ]+)": "« {} » n'est pas dans ce qui lui est donné",
    r"^'?([^' ]+\.j2)": "le gabarit « {} » n'existe pas",
}
GENRES_DE_JINJA = ("TemplateAssertionError", "TemplateNotFound", "TemplateSyntaxError", "UndefinedError")


def dire_syntaxe(message: str, phrases: Mapping[str, str] = DE_PYTHON) -> str:
    """Return what an English message of syntax means, in French; what it means is not said when it is a rare one."""
    for form, phrase in phrases.items():
        if found := re.search(form, message):
            return phrase.format(next(filter(None, found.groups()), ""))
    return "l'écriture n'y est pas celle attendue"


def dire_erreur(genre: str, message: str, trace: str = "") -> str:
    """Return what an exception says, known by the name of its class: our own words as they are, others in French.

    Of syntax, with its line, which Python puts at the end; of a template, with the last one that `trace` goes through.
    """
    ours: list[type] = [ErreurBarometre, *ErreurBarometre.__subclasses__()]
    if genre in {one.__name__ for one in ours}:
        return message
    if genre in GENRES_DE_JINJA:
        places = re.findall(r"([\w.-]+\.j2)(?:\", line |:)(\d+)", re.sub(r"\x1b\[[\d;]*m", "", trace))
        where = "gabarit {}, ligne {} : ".format(*places[-1]) if places else ""
        return where + dire_syntaxe(message, DE_JINJA)
    if genre not in ("SyntaxError", "IndentationError", "TabError"):
        return f"{genre} : {message}"
    line = re.search(r"line (\d+)\)$", message)
    return f"{f'ligne {line[1]}, ' if line else ''}que Python ne sait pas lire : {dire_syntaxe(message)}"


def situer_syntaxe(erreur: SyntaxError) -> str:
    """Say in French where Python stopped reading, what is there, and what that means."""
    column = f", colonne {erreur.offset}" if erreur.offset and erreur.offset > 0 else ""
    found = montrer((erreur.text or "").strip(), vide="la fin du fichier")
    return f"ligne {erreur.lineno}{column} : trouvé {found}, que Python ne sait pas lire : {dire_syntaxe(erreur.msg)}."
