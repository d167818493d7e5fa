"""What Python and jinja cannot read is said in French, with its place."""

from pathlib import Path

import pytest
from IPython.core.ultratb import FormattedTB
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from barometre_lib.comptage import ErreurAdditivite
from barometre_lib.syntaxe import DE_JINJA, dire_erreur, dire_syntaxe, situer_syntaxe


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


@pytest.mark.parametrize(
    ("gabarit", "dit"),
    [
        ("\n{{ absente }}", "gabarit g.html.j2, ligne 2 : « absente » n'y est pas défini"),
        ("{{ absente.nom }}", "gabarit g.html.j2, ligne 1 : « absente » n'y est pas défini"),
        ("{{ donne.absent }}", "gabarit g.html.j2, ligne 1 : « absent » n'est pas dans ce qui lui est donné"),
        ("{{ liste[3] }}", "gabarit g.html.j2, ligne 1 : « 3 » n'est pas dans ce qui lui est donné"),
        ("\n\n{% include 'autre.html.j2' %}", "gabarit g.html.j2, ligne 3 : le gabarit « autre.html.j2 » n'existe pas"),
    ],
)
def test_un_gabarit_qui_se_lit_mais_ne_se_remplit_pas(gabarit: str, dit: str, tmp_path: Path) -> None:
    (tmp_path / "g.html.j2").write_text(gabarit, encoding="utf-8")
    folder = Environment(autoescape=True, loader=FileSystemLoader(tmp_path), undefined=StrictUndefined)
    with pytest.raises(TemplateError) as refused:
        folder.get_template("g.html.j2").render(donne={}, liste=[1])
    error = refused.value
    trace = "\n".join(FormattedTB(theme_name="linux").structured_traceback(type(error), error, error.__traceback__))
    assert dire_erreur(type(error).__name__, str(error), trace) == dit


def test_une_cellule() -> None:
    said = dire_erreur("SyntaxError", "unterminated string literal (detected at line 2) (2964687213.py, line 2)")
    assert said.startswith("ligne 2, que Python ne sait pas lire : un texte n'y est pas refermé")
    assert dire_erreur("KeyError", "'absente'") == "KeyError : 'absente'"
    assert dire_erreur("ErreurBarometre", "Relève « x » : absente.") == "Relève « x » : absente."
    assert dire_erreur(ErreurAdditivite.__name__, "Le compte est faux.") == "Le compte est faux."
