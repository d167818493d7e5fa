"""Invented names: firms, sites, and the variants under which two services write the same one."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from typing import Any

ESSAIS = 200


def de(nom: str) -> str:
    """Put the French preposition before a name: « de Vierzon », « d'Albi », « du Havre »."""
    for article, forme in (("Le ", "du "), ("Les ", "des ")):
        if nom.startswith(article):
            return forme + nom.removeprefix(article)
    return f"d'{nom}" if nom[0] in "AEIOUYÉÈÊÂÎÔŒ" else f"de {nom}"


def cle(nom: str) -> str:
    """Reduce a name to what identifies a site without SIRET (conception.md §3)."""
    lettres = unicodedata.normalize("NFKD", nom.casefold())
    return "".join(c for c in lettres if c.isalnum() and not unicodedata.combining(c))


def siret(alea: random.Random) -> str:
    """Draw a SIRET that no establishment has: it starts with `000` and keeps the Luhn sum."""
    corps = "000" + "".join(str(alea.randrange(10)) for _ in range(10))
    somme = 0
    for rang, chiffre in enumerate(reversed(corps)):
        produit = int(chiffre) * (2 if rang % 2 == 0 else 1)
        somme += produit - 9 if produit > 9 else produit
    return f"{corps}{-somme % 10}"


class Noms:
    """Make names and SIRET that were never given before."""

    def __init__(self, lexique: Mapping[str, Any], alea: random.Random) -> None:
        self._lexique, self._alea = lexique, alea
        self._pris: set[str] = set()
        self.mention: str = lexique["mention"]

    def _racine(self) -> str:
        return self._alea.choice(self._lexique["debuts"]) + self._alea.choice(self._lexique["fins"])

    def _inedit(self, fabrique: Any) -> str:
        for _ in range(ESSAIS):
            texte: str = fabrique()
            if cle(texte) not in self._pris:
                self._pris.add(cle(texte))
                return texte
        raise RuntimeError("le lexique est trop pauvre pour trouver un nom inédit")

    def entreprise(self, metier: str) -> str:
        """Make the name of a firm of a trade, without the mention."""

        def fabrique() -> str:
            racine = self._racine()
            return self._alea.choice(self._lexique["modeles_entreprise"]).format(
                m=metier,
                r=racine,
                q=self._racine(),
                s=self._alea.choice(self._lexique["suffixes"]),
                de=de(racine).removesuffix(racine),
            )

        return self._inedit(fabrique)

    def site(self, entreprise: str, commune: str, *, rare: bool) -> str:
        """Make a site's name from its firm and commune, with the mention at its end."""
        modeles = self._lexique["modeles_site_rares" if rare else "modeles_site"]

        def fabrique() -> str:
            texte = self._alea.choice(modeles).format(
                e=entreprise,
                c=commune,
                dc=de(commune),
                r=self._racine(),
                b=self._alea.choice("ABCD"),
                n=self._alea.randrange(2, 9),
            )
            return f"{texte}{self.mention}"

        return self._inedit(fabrique)

    def siret(self) -> str:
        """Draw a SIRET."""
        return self._inedit(lambda: siret(self._alea))

    def variante(self, nom: str) -> str:
        """Write the same name as another service would: case, accents, punctuation."""
        base = nom.removesuffix(self.mention)
        sans_accents = "".join(c for c in unicodedata.normalize("NFKD", base) if not unicodedata.combining(c))
        ecritures = [
            base.upper(),
            sans_accents,
            sans_accents.upper(),
            base.replace("-", " ").replace("'", "’"),
            f"{base}.",
        ]
        autres = [e for e in ecritures if e != base and cle(e) == cle(base)]
        return f"{self._alea.choice(autres)}{self.mention}"
