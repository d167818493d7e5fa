"""Makes `codes_postaux.csv` here: `python data/reference/tirer_codes_postaux.py <communes.json>`.

That file is in the folder `data` of the npm package `@etalab/decoupage-administratif`, of the year of `communes.csv`.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

DOSSIER = Path(__file__).parent


def main() -> None:
    """Write each postal code with the present communes that have it, arrondissements left out."""
    known = {line.split(";")[0] for line in (DOSSIER / "communes.csv").read_text(encoding="utf-8").splitlines()[1:]}
    served = defaultdict(set)
    for commune in json.loads(Path(sys.argv[1]).read_bytes()):
        if commune["type"] == "commune-actuelle" and commune["code"] in known:
            for postal in commune["codesPostaux"]:
                served[postal].add(commune["code"])
    lines = [f"{postal};{' '.join(sorted(codes))}" for postal, codes in sorted(served.items())]
    text = "\n".join(["code_postal;communes", *lines, ""])
    (DOSSIER / "codes_postaux.csv").write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
