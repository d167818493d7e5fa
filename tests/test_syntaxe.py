"""What Python and jinja cannot read is said in French, with its place."""

import pytest
from jinja2 import Environment, TemplateSyntaxError

from barometre_lib.syntaxe import DE_JINJA, dire_cellule, dire_syntaxe, situer_syntaxe


@pytest.mark.parametrize(
    ("code", "dit"),
    [
        (
            "x = 'a",
            "ligne 1, colonne 5 : trouvé « x = 'a », que Python ne sait pas lire : un texte n'y est pas",
        ),
        (
            "\nf(1, 2",
            "ligne 2, colonne 2 : trouvé « f(1, 2 », que Python ne sait pas lire : « ( » n'y est pas refermé.",
        ),
        ("f(]", "« ] » n'y ferme rien"),
        ("f)", "« ) » n'y ferme rien"),
        ("if x\n  1", "il y manque « : »"),
        ("if x:\n1", "en retrait"),
        ("x = 1\n  y = 2", "espaces de début de ligne"),
        ("[1 2]", "une virgule"),
        ("x = «1»", "le signe « « » n'y est admis que dans un texte"),
        ("f() = 3", "c'est « == »"),
        ("if x = 1: 2", "c'est « == »"),
        ("import", "l'écriture n'y est pas celle attendue"),
    ],
)
def test_python(code: str, dit: str) -> None:
    with pytest.raises(SyntaxError) as refused:
        compile(code, "f.py", "exec")
    said = situer_syntaxe(refused.value)
    assert dit in said.replace("\u202f", " ").replace("\u00a0", " ")
    assert refused.value.msg not in said


@pytest.mark.parametrize(
    ("gabarit", "dit"),
    [
        ("{% if x %}", "un bloc n'est pas refermé"),
        ("{% endif %}", "« endif » n'y ferme aucun bloc"),
        ("{% foo %}", "la balise « foo » n'existe pas"),
        ("{{ x ", "« {% » ou « {{ » n'y est pas refermé"),
        ("{{ x y }}", "« y » n'y est pas attendu"),
        ("{{ x ? }}", "« ? » n'y est pas attendu"),
        ("{{ (x }}", "« } » n'y est pas attendu"),
        ("{% for x %}", "un mot y manque"),
        ("{{ x|zzz }}", "le filtre « zzz » n'existe pas"),
    ],
)
def test_jinja(gabarit: str, dit: str) -> None:
    with pytest.raises(TemplateSyntaxError) as refused:
        Environment(autoescape=True).from_string(gabarit)
    assert dit in dire_syntaxe(refused.value.message or "", DE_JINJA)


def test_une_cellule() -> None:
    said = dire_cellule("SyntaxError", "unterminated string literal (detected at line 2) (2964687213.py, line 2)")
    assert said.startswith("ligne 2, que Python ne sait pas lire : un texte n'y est pas refermé")
    assert dire_cellule("KeyError", "'absente'") == "KeyError : 'absente'"
