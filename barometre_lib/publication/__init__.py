"""Pages: the HTML template, the export of notebooks, the indexes, the page of the method."""

from barometre_lib.publication.accueil import Telechargement, index
from barometre_lib.publication.carnet import convertir
from barometre_lib.publication.methodologie import methodologie
from barometre_lib.publication.pages import MARQUE, Pied, habiller, rectifier
from barometre_lib.publication.publique import publier_publique
from barometre_lib.publication.releves import page_releves
from barometre_lib.publication.telechargements import ecrire_tableaux, offrir_pdf

__all__ = [
    "MARQUE",
    "Pied",
    "Telechargement",
    "convertir",
    "ecrire_tableaux",
    "habiller",
    "index",
    "methodologie",
    "offrir_pdf",
    "page_releves",
    "publier_publique",
    "rectifier",
]
