"""The one evaluation: Great Expectations judges the suites, and gives a verdict and where it holds of no row.

Its results carry the values of the rows and stay here: what leaves is the verdict, and each row's own names.
"""

import pickle
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

# First: it registers ours, and silences Great Expectations before it is imported.
import barometre_lib.qualite.attentes  # noqa: F401

# isort: split
import great_expectations as gx
import pandas as pd
from great_expectations.core import id_dict
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.validator.validator import Validator

from barometre_lib.parametres.attendus import Ecart
from barometre_lib.qualite.suites import Suite

# Columns judged together.
COLONNES_ENSEMBLE = 6


@dataclass(frozen=True)
class Jugement:
    """What Great Expectations says of one expectation."""

    tenue: bool
    lignes: int  # rows that it looked at: those where it had something to judge
    fautives: list[int]  # places in its table of the rows at fault; none if `tenue`


def evaluer(suites: Sequence[Suite], tables: Mapping[str, pd.DataFrame]) -> dict[str, Jugement]:
    """Judge the suites whose table is there, each expectation once, and return what is said of each check by its name.

    Raises
    ------
    ErreurBarometre
        A suite holds what Great Expectations does not know or does not take.
    RuntimeError
        An expectation raised or was not judged: a fault of the package, neither a pass nor a failure.
    """
    judged: dict[str, Jugement] = {}
    # What the library has to say comes back in its results.
    with warnings.catch_warnings(), _faire_une_fois():
        warnings.simplefilter("ignore")
        # In memory, without the folder that the default configuration plans for its own pages.
        config = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        )
        context = gx.get_context(mode="ephemeral", project_config=config)
        for suite, expectations in [(suite, construire(suite)) for suite in suites]:
            table = tables.get(suite.controles[0].table) if suite.controles else None
            if table is not None:
                results = [one for group in _grouper(expectations, table) for one in _valider(context, *group)]
                judged |= _lire(suite, results, len(table))
    return judged


@contextmanager
def _faire_une_fois() -> Iterator[None]:
    """Have an expectation make its configuration once, and a configuration its expectation; name metrics faster.

    Great Expectations 1.24 makes both again for each argument of each metric, 138 times an expectation: 40 % of the
    time of a small register. Neither changes while it judges. It makes a name of the arguments of each metric, 57 times
    an expectation, and looks in numpy, pandas and shapely for what an absent argument is: a fifth of what remains.
    """
    made: dict[int, tuple[Any, Any]] = {}

    def once(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        # With what it is of, so that no other object takes its number.
        return lambda one: (made.get(id(one)) or made.setdefault(id(one), (one, make(one))))[1]

    expectation, asked, names = cast(Any, Expectation), cast(Any, ExpectationConfiguration), cast(Any, id_dict)
    former = expectation.configuration, asked.to_domain_obj
    convert = names.convert_to_json_serializable
    try:
        names.convert_to_json_serializable = lambda data: data if _est_du_json(data) else convert(data)
        expectation.configuration = property(once(former[0].fget))
        asked.to_domain_obj = once(former[1])
        yield
    finally:
        expectation.configuration, asked.to_domain_obj = former
        names.convert_to_json_serializable = convert


def _est_du_json(value: Any) -> bool:
    """Tell whether `json` writes a value by itself."""
    if type(value) is dict:
        return all(type(key) is str and _est_du_json(one) for key, one in value.items())
    return all(map(_est_du_json, value)) if type(value) is list else value is None or type(value) in (str, int, bool)


class _Moteur(PandasExecutionEngine):
    """That of Great Expectations, which filters rows again for each metric: here once for those that ask the same."""

    def __init__(self, **donnees: Any) -> None:
        super().__init__(**donnees)
        self.lignes: dict[bytes, pd.DataFrame] = {}

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> pd.DataFrame:
        asked = pickle.dumps(sorted(domain_kwargs.items()))
        if asked not in self.lignes:
            self.lignes[asked] = super().get_domain_records(domain_kwargs)
        # A metric that adds a column adds it to its own.
        return self.lignes[asked].copy(deep=False)


def construire(suite: Suite) -> list[Expectation]:
    """Make the expectations of a suite one by one, for Great Expectations leaves out, with a log line, what it refuses.

    Raises
    ------
    ErreurBarometre
        One is of no known type, or of wrong arguments.
    """
    made, faults = list[Expectation](), list[Ecart]()
    for rank, (entry, check) in enumerate(zip(suite.fichier.donnees["expectations"], suite.controles, strict=True)):
        try:
            # What the page says is not for Great Expectations, but the name by which its result is found again.
            asked = ExpectationConfiguration(type=entry["type"], kwargs=entry["kwargs"], meta={"nom": check.nom})
            made.append(asked.to_domain_obj())
        except Exception as error:
            faults.extend(_refuser(rank, entry, error))
    suite.fichier.refuser(faults)
    return made


def _grouper(
    expectations: Sequence[Expectation], table: pd.DataFrame
) -> Iterator[tuple[pd.DataFrame, list[Expectation]]]:
    """Yield expectations by the columns that they read, with these alone.

    Great Expectations filters whole rows again for each metric: with all columns it takes twice as long on a large
    table, and one table for each expectation takes as long on a small one.
    """
    groups: list[tuple[set[str], list[Expectation]]] = []
    for one in expectations:
        used = _noms(one.dict()) & set(table)
        if not groups or len(groups[-1][0] | used) > max(COLONNES_ENSEMBLE, len(used)):
            groups.append((set(), []))
        columns, group = groups[-1]
        columns |= used
        group.append(one)
    for columns, group in groups:
        yield table[[name for name in table if name in columns]].reset_index(drop=True), group


def _valider(context: Any, table: pd.DataFrame, expectations: list[Expectation]) -> Sequence[Any]:
    # What a batch of a data source ends in, without the hash of all its cells, twice, that nobody reads.
    engine = _Moteur(batch_data_dict={"table": table})
    validator = Validator(engine, data_context=context)
    asked = validator.process_expectations_for_validation([one.configuration for one in expectations])
    # Places of rows alone, by neither their values nor `unexpected_index_column_names`: those are read one cell at a
    # time, which takes four times all the rest on 100,000 rows.
    wanted = {"result_format": "COMPLETE", "exclude_unexpected_values": True, "return_unexpected_index_query": False}
    try:
        return validator.graph_validate(asked, {"result_format": wanted})
    finally:
        # Engines are in cycles: they wait for the garbage collector.
        engine.lignes.clear()


def _noms(value: Any) -> set[str]:
    """Return every text that arguments hold, at any depth."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {name for part in parts for name in _noms(part)}


def _refuser(rank: int, entry: Mapping[str, Any], error: Exception) -> Iterator[Ecart]:
    """Say what Great Expectations does not take of an entry, and where."""
    place = ("expectations", rank)
    details = getattr(error, "errors", None)
    if details is None:
        yield (*place, "type"), "attendu une expectation de Great Expectations, ou de barometre_lib/qualite/attentes"
        return
    for one in details():
        name = one["loc"][0]
        where = (*place, "kwargs", *([name] if name in entry["kwargs"] else []))
        yield where, f"{name} : l'expectation {entry['type']} n'en veut pas ainsi ({one['msg']})"


def _lire(suite: Suite, results: Sequence[Any], rows: int) -> dict[str, Jugement]:
    """Bring the results of a suite to the names of its checks."""
    found: dict[str, Jugement] = {}
    for result in results:
        name = result.expectation_config.meta["nom"]
        if error := _exception(result.exception_info):
            raise RuntimeError(f"{name}, {error}")
        found[name] = _juger(result, rows)
    missing = sorted({check.nom for check in suite.controles} - found.keys())
    if missing or len(results) != len(suite.controles):
        raise RuntimeError(f"{len(suite.controles)} contrôles demandés, {len(results)} jugés ({', '.join(missing)})")
    return found


def _juger(result: Any, rows: int) -> Jugement:
    looked_at = result.result.get("element_count", rows) - result.result.get("missing_count", 0)
    # An expectation of a whole table has no row to show.
    places = [] if result.success else result.result.get("unexpected_index_list") or []
    return Jugement(result.success, looked_at, sorted(set(places)))


def _exception(info: Mapping[str, Any]) -> str:
    """Return what was raised, or nothing: Great Expectations catches, and gives one record or one per metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    return " ; ".join(record["exception_message"] for record in records if record["raised_exception"])
