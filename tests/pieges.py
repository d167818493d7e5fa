"""A register full of traps, published for real: hostile names that are told, secrets that are not, cells that pry."""

from pathlib import Path

import fabrique
import nbformat
import yaml
from processus import lancer

from barometre_lib.barometre import Barometre
from barometre_lib.qualite.controle import examiner

NOMS = [
    "<script>alert(1)</script>",
    "</td></tr></table></section></main>",
    "{{ 7*7 }}{% raw %}",
    "$$x$$ et \\(y\\)",
    "javascript:alert(1)",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "<style>*{display:none}</style>",
    "</script><iframe src=https://example.org>",
    "<!-- -->--><b>gras</b>",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "[lien](javascript:alert(1)) **gras** `code`",
    "M" * 200,
    "مصنع البطاريات",
    "Usine 🏭 d'émoji",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "Site cité",
]
# Fields that an example tells, besides its name.
CHAMPS = ("entreprise", "activite", "capacite", "aides")
SECRETS = {
    "id_mouvement": "84-99999",
    "nom_site": "SECRET site", "entreprise": "SECRET entreprise", "activite": "SECRET activite",
    "capacite": "SECRET capacite", "aides": "SECRET aides", "commentaire": "SECRET commentaire",
    "siret": fabrique.SIRET_A, "emplois": 717273, "investissement_meur": 818283, "effectif": 616263,
    "surface_m2": 515253,
}  # fmt: skip
# What is hostile in a text, and is shown as it is written.
ECRIT = "`<script>alert(1)</script>` \\<img src=x onerror=alert(1)> [a](https://x.fr '\" onmouseover=\"alert(1)')"
# What a notebook of the public edition may try to find.
ESSAI = """import json, os, pathlib
from barometre_lib import Barometre
def essayer(demande):
    try:
        return type(demande()).__name__
    except Exception as erreur:
        return str(erreur)
essais = {
    "portes": [nom for nom in ("decisions", "registre", "revisions", "parcours") if hasattr(barometre, nom)],
    "dossier": [chemin.name for chemin in pathlib.Path(os.environ["BAROMETRE_REGISTRE"]).rglob("*")],
    "releve": essayer(lambda: Barometre.charger(releve)),
    "variante": essayer(lambda: Barometre.charger(releve, regles={"seuil_effectif": 10})),
    "autre": essayer(lambda: Barometre.charger("2024-S1")),
}
"""


def publier(dossier: Path) -> None:
    """Publish such a register: a region's page with its PDF in `interne`, then the public edition in `sorties`.

    `racine` is the project; `effets` is what the cells added to the notebook of the public edition have left.
    """
    root = fabrique.petite_racine(dossier / "racine")
    told = [
        {"id_mouvement": f"84-{n:05d}", "nom_site": name, "citable": "oui", "commentaire": f"SECRET {n}"}
        # A service's own list of aids is cut at commas.
        | {field: name.replace(",", " ")[:200] for field in CHAMPS}
        for n, name in enumerate(NOMS, start=1)
    ]
    rows = fabrique.lignes(*told, SECRETS)
    for releve in ("2024-S1", "2024-S2"):
        fabrique.ecrire_releve(root / "data" / "releves", rows, releve)
    edition = root / "params" / "releves" / "2024-S2.yaml"
    content = yaml.safe_load(edition.read_text(encoding="utf-8"))
    content |= {
        "exemples": {"84": [row["id_mouvement"] for row in told]},
    }
    edition.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    found = examiner(Barometre.charger("2024-S2", registre=root / "data" / "releves"), ())
    fabrique.ecrire_acquittements(root, "2024-S2", fabrique.justifier(found, "investissement_hors_norme"))
    _publish(root, "--regions", "84", "--pdf", "--sorties", dossier / "interne")
    (dossier / "effets").mkdir()
    _add_cells(root / "notebooks" / "regional.ipynb", dossier / "effets")
    _publish(root, "--diffusion", "publique", "--sorties", dossier / "sorties")


def _publish(root: Path, *arguments: str | Path) -> None:
    done = lancer("publier", "2024-S2", *arguments, BAROMETRE_RACINE=str(root))
    if done.returncode:
        raise RuntimeError(done.stderr)


def _add_cells(carnet: Path, effets: Path) -> None:
    """Add a code cell and a Markdown one for each of three tags; each shows a word, code leaves a file too."""
    notebook = nbformat.read(carnet, as_version=4)
    for tag in ("", "atelier", "publique"):
        tags = {"tags": [tag]} if tag else {}
        word = f"MOT{tag.upper() or 'SANS'}"
        left = f"with open({str(effets)!r} + f'/{word}-{{region}}', 'a') as fichier: fichier.write('x')\n"
        tried = ESSAI + f"pathlib.Path({str(effets)!r}, 'essais').write_text(json.dumps(essais))\n"
        source = f"{left}{tried if tag == 'publique' else ''}print('{word}CODE', {ECRIT!r})"
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata=tags, id=f"code{tag}"))
        notebook.cells.append(
            nbformat.v4.new_markdown_cell(f"## {word}TEXTE\n\n{ECRIT}", metadata=tags, id=f"texte{tag}")
        )
    nbformat.write(notebook, carnet)
