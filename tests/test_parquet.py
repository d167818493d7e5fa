"""A relève as one Parquet file: what is written, what is read back, what is refused."""

import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import fabrique
import pandas as pd
import pytest
from console import lancer

from barometre_lib.entrepot import Entrepot
from barometre_lib.registre.parquet import SCHEMA, ParquetRefuse, connecter, convertir

pytestmark = pytest.mark.usefixtures("jugements_gardes")

RELEVE = "2024-S2"
METADONNEES = {"barometre_format": "2", "barometre_releve": RELEVE, "barometre_demonstration": "oui"}
DIMENSIONS = "annee,semestre,region,departement,secteur,sous_secteur"


def ecrire(registre: Path) -> Path:
    """Write a folder of relèves that holds one, of three rows."""
    rows = fabrique.lignes({}, {"date_effet": "", "statut": "annonce"}, {"code_commune": "2A004", "effectif": "12"})
    return fabrique.ecrire_releve(registre, rows)


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """A folder of relèves that holds one."""
    return ecrire(tmp_path / "registre")


@pytest.fixture(scope="module")
def converti(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same relève, converted; it is only read."""
    folder = ecrire(tmp_path_factory.mktemp("converti"))
    convertir(RELEVE, folder, None, forcer=False)
    return folder / f"{RELEVE}.parquet"


@pytest.fixture
def temporaire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where temporary files go."""
    folder = tmp_path / "temporaire"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def parquet(converti: Path, tmp_path: Path) -> Path:
    """The same relève, converted, without its folder."""
    (tmp_path / "registre").mkdir()
    return Path(shutil.copy(converti, tmp_path / "registre"))


def reecrire(path: Path, select: str = "*", metadata: dict[str, str] = METADONNEES, source: str = "") -> None:
    """Write a Parquet file again with something changed: `select` is SQL on its columns."""
    pairs = ", ".join(f"{key}: '{value}'" for key, value in metadata.items())
    changed = path.with_suffix(".autre")
    query = f"SELECT {select} FROM {source or repr(str(path))}"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{changed}' (FORMAT parquet, KV_METADATA {{{pairs}}})")
    changed.replace(path)


def noms(dossier: Path) -> list[str]:
    return sorted(path.name for path in dossier.iterdir())


def lire_metadonnees(path: Path) -> dict[str, str]:
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
    return {key.decode(): value.decode() for key, value in rows}


# --- convertir ------------------------------------------------------------------------------------


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_decider_et_compter_rendent_les_memes_octets(
    releve: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{releve}.parquet"
    assert lancer(capsys, "convertir", releve, "-o", str(path)).code == 0
    for command in (["decider", releve], *(["compter", releve, "--par", par] for par in ("annee", DIMENSIONS))):
        expected = lancer(capsys, *command)
        found = lancer(capsys, *command, "--registre", str(tmp_path))
        assert (found.code, found.stderr) == (0, "")
        assert found.stdout == expected.stdout
        assert found.stdout.count("\n") > 2


def test_le_fichier_dit_ce_qu_il_est(parquet: Path) -> None:
    said = lire_metadonnees(parquet)
    assert said.items() >= METADONNEES.items()
    assert len(said["barometre_empreinte_sources"]) == 64
    with duckdb.connect() as connection:
        table = connection.read_parquet(str(parquet))
        assert dict(zip(table.columns, map(str, table.types), strict=True)) == SCHEMA
        rows = table.select("id_mouvement, date_effet, effectif, cle_site, semestre").order("id_mouvement").fetchall()
    assert [row[0] for row in rows] == ["M-0001", "M-0002", "M-0003"]
    assert rows[1][1] is None and rows[1][4] == ""


def test_les_memes_lignes_donnent_les_memes_octets(dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = dossier / f"{RELEVE}.parquet"
    lancer(capsys, "convertir", RELEVE, "--registre", str(dossier))
    first = path.read_bytes()
    again = lancer(capsys, "convertir", RELEVE, "--registre", str(dossier))
    assert (again.code, path.read_bytes()) == (0, first)
    assert "inchangé" in again.stderr


def test_l_empreinte_des_sources_suit_chaque_fichier(dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = dossier / f"{RELEVE}.parquet"
    seen = set()
    for change in (None, "84.csv", "provenance.yaml"):
        if change:
            file = dossier / RELEVE / change
            file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert lancer(capsys, "convertir", RELEVE, "--registre", str(dossier), "--forcer").code == 0
        seen.add(lire_metadonnees(path)["barometre_empreinte_sources"])
    assert len(seen) == 3


def test_les_corrections_sont_faites(dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dossier / RELEVE / "corrections.yaml").write_text(
        "corrections:\n  - {mouvement: M-0003, colonne: effectif, source: '12', corrige: '120', raison: Erreur, "
        "statut: signalee, depuis: 2025-01-10}\n",
        encoding="utf-8",
    )
    lancer(capsys, "convertir", RELEVE, "--registre", str(dossier))
    shutil.rmtree(dossier / RELEVE)
    assert "M-0003;compte;1" in lancer(capsys, "decider", RELEVE, "--registre", str(dossier)).stdout


def test_un_autre_fichier_ne_se_remplace_que_de_force(dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = dossier / f"{RELEVE}.parquet"
    path.write_bytes(b"autre chose")
    refused = lancer(capsys, "convertir", RELEVE, "--registre", str(dossier))
    assert (refused.code, path.read_bytes()) == (1, b"autre chose")
    assert "--forcer" in refused.stderr
    assert lancer(capsys, "convertir", RELEVE, "--registre", str(dossier), "--forcer").code == 0
    assert path.read_bytes().startswith(b"PAR1")
    assert noms(dossier) == [RELEVE, path.name]


@pytest.mark.parametrize(
    ("sortie", "mots"),
    [
        ("releve.csv", "attendu un nom en .parquet"),
        # No command would find it again.
        ("2024-S2.PARQUET", "attendu un nom en .parquet"),
        ("absent/x.parquet", "introuvable, rien n'a été écrit"),
    ],
)
def test_une_sortie_impossible_est_refusee(
    sortie: str, mots: str, dossier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = lancer(capsys, "convertir", RELEVE, "--registre", str(dossier), "-o", str(tmp_path / sortie))
    assert refused.code == 1 and mots in refused.stderr
    assert noms(tmp_path) == ["registre"]


def test_un_registre_refuse_n_est_pas_converti(dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dossier / RELEVE / "84.csv").unlink()
    refused = lancer(capsys, "convertir", RELEVE, "--registre", str(dossier))
    assert refused.code == 1 and "84.csv : fichier de région introuvable" in refused.stderr
    assert noms(dossier) == [RELEVE]


# --- reading --------------------------------------------------------------------------------------


def test_le_dossier_l_emporte(dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = lancer(capsys, "decider", RELEVE, "--registre", str(dossier))
    (dossier / f"{RELEVE}.parquet").write_bytes(b"rien de lisible")
    after = lancer(capsys, "decider", RELEVE, "--registre", str(dossier))
    assert (after.code, after.stdout) == (0, before.stdout)


def test_un_registre_vide_donne_des_tables_vides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = fabrique.ecrire_releve(tmp_path / "registre", [])
    expected = [lancer(capsys, *one, "--registre", str(folder)) for one in COMMANDES]
    lancer(capsys, "convertir", RELEVE, "--registre", str(folder))
    shutil.rmtree(folder / RELEVE)
    assert [lancer(capsys, *one, "--registre", str(folder)) for one in COMMANDES] == expected
    assert expected[0].stdout.count("\n") == 1


def test_une_date_d_avant_l_an_mille_se_relit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = fabrique.ecrire_releve(tmp_path / "registre", fabrique.lignes({"date_effet": "0222-05-01"}, {}))
    expected = [lancer(capsys, *one, "--registre", str(folder)) for one in COMMANDES]
    lancer(capsys, "convertir", RELEVE, "--registre", str(folder))
    shutil.rmtree(folder / RELEVE)
    assert [lancer(capsys, *one, "--registre", str(folder)) for one in COMMANDES] == expected
    assert "M-0001;hors_periode;0;ouverture;0222-S1" in expected[0].stdout


def test_un_nom_de_dossier_n_est_ni_motif_ni_sql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """DuckDB takes [ab] for a or b: it would read the relève of the folder beside."""
    for name, site in (("l'[ab]*", "un"), ("l'a", "deux")):
        folder = fabrique.ecrire_releve(tmp_path / name, fabrique.lignes({"id_mouvement": site}))
        assert lancer(capsys, "convertir", RELEVE, "--registre", str(folder)).code == 0
        shutil.rmtree(folder / RELEVE)
    assert "\nun;compte;" in lancer(capsys, "decider", RELEVE, "--registre", str(tmp_path / "l'[ab]*")).stdout


@pytest.mark.parametrize(
    "arguments",
    [["controler", RELEVE], ["publier", RELEVE], ["convertir", RELEVE]],
    ids=lambda arguments: arguments[0],
)
def test_les_autres_commandes_demandent_le_dossier(
    arguments: list[str], parquet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--sorties", str(tmp_path / "sorties")] if arguments[0] == "publier" else []
    refused = lancer(capsys, *arguments, "--registre", str(parquet.parent), *more)
    assert refused.code == 1
    assert "la relève 2024-S2 n'y est qu'en Parquet" in refused.stderr and "fichiers CSV" in refused.stderr


def test_une_releve_absente_fait_dire_celles_qui_sont_la(parquet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = lancer(capsys, "compter", "2025-S1", "--par", "annee", "--registre", str(parquet.parent))
    assert refused.code == 1 and "relèves présentes : 2024-S2" in refused.stderr


def test_rien_ne_reste_du_debordement(parquet: Path, temporaire: Path) -> None:
    with Entrepot.ouvrir(parquet, memoire=64) as store:
        (private,) = temporaire.iterdir()
        assert private.stat().st_mode & 0o077 == 0
        assert store.demonstration
        limit = store._connexion.execute("SELECT current_setting('memory_limit')").fetchone()
    assert limit == ("61.0 MiB",)
    assert list(temporaire.iterdir()) == []


def test_duckdb_ne_dessine_rien_parmi_les_donnees() -> None:
    """It draws its progress on stdout once a query lasts two seconds."""
    with connecter() as connection:
        assert connection.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)


def test_une_interruption_dans_duckdb_en_est_une(parquet: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Entrepot.ouvrir(parquet):
        raise RuntimeError("Query interrupted")  # what Ctrl-C becomes there
    with pytest.raises(RuntimeError, match="autre"), Entrepot.ouvrir(parquet):
        raise RuntimeError("autre")


def test_la_memoire_qui_manque_se_dit(parquet: Path) -> None:
    with fabrique.refus("512 Mo de mémoire n'y suffisent pas.*--memoire"), Entrepot.ouvrir(parquet):
        raise duckdb.OutOfMemoryException("could not allocate block")


def test_un_disque_temporaire_plein_n_accuse_pas_le_fichier(parquet: Path, temporaire: Path) -> None:
    said = f"^{temporaire} : écriture impossible dans ce dossier temporaire.*--memoire"
    with fabrique.refus(said), Entrepot.ouvrir(parquet):
        (private,) = temporaire.iterdir()
        raise duckdb.IOException(f'IO Error: Could not write file "{private}/x.tmp": No space left on device')
    with fabrique.refus("illisible", ParquetRefuse), Entrepot.ouvrir(parquet):
        raise duckdb.IOException(f'IO Error: Could not read from file "{parquet}": Input/output error')


@pytest.mark.parametrize(
    ("erreur", "mots"),
    [
        (duckdb.OutOfMemoryException("could not allocate block"), "Mo de mémoire n'y suffisent pas"),
        (OSError(errno.ENOSPC, "No space left on device"), "disque plein ; libérez-y de la place"),
    ],
    ids=["memoire", "disque"],
)
def test_decider_n_ecrit_rien_s_il_ne_peut_tout_ecrire(
    erreur: Exception, mots: str, parquet: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    decide = Entrepot.decisions

    def half(self: Entrepot) -> Iterator[pd.DataFrame]:
        yield next(decide(self))
        raise erreur

    monkeypatch.setattr(Entrepot, "decisions", half)
    refused = lancer(capsys, *COMMANDES[0], "--registre", str(parquet.parent))
    assert (refused.code, refused.stdout, len(refused.phrases)) == (1, "", 1)
    assert mots in refused.stderr


def test_decider_tient_dans_la_memoire_donnee(parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window of rule 9 and the order by identifier, each alone, hold where both at once do not."""
    monkeypatch.setattr("barometre_lib.entrepot.FILS_MAX", 2)
    copied = (
        "* EXCLUDE (copie) REPLACE (id_mouvement || '-' || copie AS id_mouvement, cle_site || '|' || copie AS cle_site)"
    )
    reecrire(parquet, copied, source=f"'{parquet}', range(120_000) AS copies(copie)")
    with Entrepot.ouvrir(parquet, memoire=64) as store:
        assert sum(len(piece) for piece in store.decisions()) == 360_000


@pytest.mark.parametrize("memoire", ["0", "63", "-1", "beaucoup", "1000000001", "9" * 23])
def test_une_memoire_absurde_est_un_mauvais_usage(memoire: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused = lancer(capsys, "decider", RELEVE, "--memoire", memoire)
    assert (refused.code, refused.stdout) == (2, "") and "--memoire" in refused.stderr


# --- refusals -------------------------------------------------------------------------------------

COMMANDES = (["decider", RELEVE], ["compter", RELEVE, "--par", "annee"])


def tronquer(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def vider(path: Path) -> None:
    path.write_bytes(b"")


def ecrire_du_texte(path: Path) -> None:
    path.write_text("id_mouvement;motif\n", encoding="utf-8")


def gater_les_donnees(path: Path) -> None:
    """Spoil the pages and leave the footer, which tells the columns, as it was."""
    data = bytearray(path.read_bytes())
    for position in range(4, len(data) // 4):
        data[position] ^= 0x5A
    path.write_bytes(bytes(data))


def en_dossier(path: Path) -> None:
    path.unlink()
    path.mkdir()


def en_lien_rompu(path: Path) -> None:
    path.unlink()
    path.symlink_to("nulle-part")


def changer(select: str) -> Callable[[Path], None]:
    return lambda path: reecrire(path, select)


def redire(**said: str) -> Callable[[Path], None]:
    return lambda path: reecrire(path, metadata=METADONNEES | said)


def sans_metadonnees(path: Path) -> None:
    reecrire(path, metadata={"autre": "chose"})


# What is done to a sound file, and words of the one sentence expected.
DEGATS: dict[str, tuple[Callable[[Path], None], str]] = {
    "tronque": (tronquer, "ce n'est pas un fichier Parquet entier"),
    "vide": (vider, "ce n'est pas un fichier Parquet entier"),
    "texte": (ecrire_du_texte, "ce n'est pas un fichier Parquet entier"),
    "pages gatees": (gater_les_donnees, "illisible"),
    "dossier": (en_dossier, "c'est un dossier, et non un fichier"),
    "lien rompu": (en_lien_rompu, "introuvable"),
    "sans metadonnees": (sans_metadonnees, "barometre_format, trouvé rien ; attendu la version 2"),
    "autre format": (redire(barometre_format="1"), "trouvé « 1 » ; attendu la version 2 du format"),
    "autre releve": (redire(barometre_releve="2024-S1"), "trouvé « 2024-S1 » ; attendu la relève 2024-S2"),
    "provenance": (redire(barometre_demonstration="true"), "trouvé « true » ; attendu oui ou non"),
    "metadonnee hostile": (redire(barometre_releve="\x1b[31m"), "trouvé « \\u001b[31m »"),
    "colonne absente": (changer("* EXCLUDE (cle_site)"), "la colonne « cle_site » manque"),
    "colonne de trop": (changer('*, 1 AS "x\n\x1b[31m"'), "colonne « x\\u000a\\u001b[31m » inconnue"),
    "mauvais type": (
        changer("* REPLACE (effectif::VARCHAR AS effectif)"),
        "colonne « effectif », trouvé le type « VARCHAR » ; attendu BIGINT",
    ),
    "horodatage": (
        changer("* REPLACE (date_effet::TIMESTAMP AS date_effet)"),
        "colonne « date_effet », trouvé le type « TIMESTAMP » ; attendu DATE",
    ),
    "octets": (changer("* REPLACE (nom_site::BLOB AS nom_site)"), "trouvé le type « BLOB » ; attendu VARCHAR"),
    "structure": (changer("* REPLACE ({'a': 1} AS aides)"), "trouvé le type « STRUCT(a INTEGER) »"),
    "type inconnu": (changer("* REPLACE ('vente' AS type_mouvement)"), "trouvé « vente » ; attendu un type"),
    "type nul": (changer("* REPLACE (NULL::VARCHAR AS type_mouvement)"), "trouvé rien ; attendu un type"),
    "statut inconnu": (changer("* REPLACE ('Effectif' AS statut)"), "trouvé « Effectif » ; attendu un statut"),
    "statut nul": (changer("* REPLACE (nullif(statut, 'annonce') AS statut)"), "trouvé rien ; attendu un statut"),
    "naf inconnue": (changer("* REPLACE ('27.20X' AS code_naf)"), "trouvé « 27.20X » ; attendu un code de la NAF"),
    "secteur inconnu": (changer("* REPLACE ('<b>' AS sous_secteur)"), "trouvé « <b> » ; attendu un sous-secteur"),
    "autre region": (changer("* REPLACE ('11' AS region)"), "trouvé « 11 », « "),
    "semestre faux": (changer("* REPLACE ('2024-S3' AS semestre)"), "attendu le semestre de « date_effet »"),
    "date sans fin": (
        changer("* REPLACE ('infinity'::DATE AS date_effet, '' AS semestre)"),
        "une « date_effet » est infinie",
    ),
    "date sans debut": (changer("* REPLACE ('-infinity'::DATE AS date_effet)"), "une « date_effet » est infinie"),
    "variation sans nombre": (
        changer("* REPLACE ('NaN'::DOUBLE AS variation_production)"),
        "une « variation_production » n'est pas un nombre fini",
    ),
    "variation infinie": (
        changer("* REPLACE ('-inf'::DOUBLE AS variation_production)"),
        "une « variation_production » n'est pas un nombre fini",
    ),
    "identifiant de deux mouvements": (
        changer("* REPLACE ('M-0001' AS id_mouvement)"),
        "un même « id_mouvement » figure sur plusieurs lignes",
    ),
    "ligne repetee": (
        lambda path: reecrire(path, source=f"(FROM '{path}' UNION ALL FROM '{path}')"),
        "un même « id_mouvement » figure sur plusieurs lignes",
    ),
    "site vide": (changer("* REPLACE ('' AS cle_site)"), "une ligne est sans « id_mouvement » ou sans « cle_site »"),
    "site nul": (changer("* REPLACE (NULL::VARCHAR AS cle_site)"), "une ligne est sans « id_mouvement »"),
    "identifiant nul": (changer("* REPLACE (NULL::VARCHAR AS id_mouvement)"), "une ligne est sans « id_mouvement »"),
}


@pytest.mark.parametrize("commande", COMMANDES, ids=lambda arguments: arguments[0])
@pytest.mark.parametrize("degat", DEGATS)
def test_un_fichier_parquet_abime_est_refuse(
    degat: str, commande: list[str], parquet: Path, temporaire: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, words = DEGATS[degat]
    spoil(parquet)
    refused = lancer(capsys, *commande, "--registre", str(parquet.parent))
    assert (refused.code, refused.stdout) == (1, "")
    assert len(refused.phrases) == 1
    assert refused.stderr.startswith(f"{parquet} : ") and words in refused.stderr, refused.stderr
    assert list(temporaire.iterdir()) == []


def test_un_nom_hostile_reste_du_texte(parquet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reecrire(parquet, """* REPLACE ('a";b''--\n' || id_mouvement AS id_mouvement, '''); DROP' AS nom_site)""")
    decided = lancer(capsys, *COMMANDES[0], "--registre", str(parquet.parent))
    assert decided.code == 0
    assert '"a"";b\'--\nM-0001";compte;1' in decided.stdout
