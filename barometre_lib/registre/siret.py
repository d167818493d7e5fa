"""The control key of a SIRET."""

LA_POSTE = "356000000"


def siret_valide(siret: str) -> bool:
    """Tell whether a text is a SIRET: 14 digits with Luhn's key, or La Poste's own key.

    The establishments of La Poste have a sum of digits that is a multiple of 5 in place of Luhn's key
    (Insee, « Numéro SIRET », exception of SIREN 356 000 000); its head office satisfies Luhn.
    """
    if len(siret) != 14 or not siret.isascii() or not siret.isdigit():
        return False
    digits = [int(digit) for digit in siret]
    if siret.startswith(LA_POSTE) and sum(digits) % 5 == 0:
        return True
    doubled = [2 * digit for digit in digits[::2]]
    return (sum(digits[1::2]) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0
