"""The one module that imports Great Expectations; importing it costs seconds, so only a run of the gate does.

A requirement becomes an expectation on the whole table, whose metric calls the requirement's own predicate. The
results hold a verdict and nothing of the data.

Sources: Great Expectations 1.24, `expectations/core/expect_table_row_count_to_equal.py` for the shape of an
expectation with its table metric, https://docs.greatexpectations.io/docs/reference/usage_statistics/ for the
environment variable that silences its reports.
"""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

import pandas as pd

from barometre_lib.registre import Exigence

# Read by Great Expectations when it is imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import BatchExpectation
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

METRIQUE = "barometre.lignes_fautives"

# Predicates cannot travel in an expectation, which is data: it carries a name, looked up here during a run.
_EXIGENCES: ContextVar[Mapping[str, Exigence]] = ContextVar("exigences")


class LignesFautives(TableMetricProvider):
    """Number of rows at fault for the requirement called `nom`."""

    metric_name = METRIQUE
    value_keys = ("nom",)

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805 - Great Expectations calls it with the class
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        **_: Any,
    ) -> int:
        table, _domain, _accessors = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type="table")
        requirement = _EXIGENCES.get()[metric_value_kwargs["nom"]]
        return int(requirement.fautif(table).sum())


class ExpectRegistreToMeetExigence(BatchExpectation):
    """Expect no row at fault for the requirement called `nom`."""

    nom: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIQUE,)
    success_keys: ClassVar[tuple[str, ...]] = ("nom",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        return {"success": metrics[METRIQUE] == 0, "result": {}}


def juger(textes: pd.DataFrame, demandes: Sequence[Exigence]) -> dict[str, bool]:
    """Run the requirements as one suite.

    Parameters
    ----------
    textes : pandas.DataFrame
        What `registre.lire_textes` returns.
    demandes : sequence of Exigence
        Requirements, of distinct names.

    Returns
    -------
    dict of str to bool
        Name to verdict, in the order asked for; true when the requirement is met.

    Raises
    ------
    RuntimeError
        A predicate raised, did not run, or shares its name: neither a pass nor a failure.
    """
    with _quiet(), _looking_up(demandes):
        # In memory, without the folder that the default configuration plans for its own pages.
        stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
        bars = ProgressBarsConfig(globally=False)
        config = DataContextConfig(store_backend_defaults=stores, analytics_enabled=False, progress_bars=bars)
        context = gx.get_context(mode="ephemeral", project_config=config)
        asset = context.data_sources.add_pandas("registre").add_dataframe_asset("textes")
        batch = asset.add_batch_definition_whole_dataframe("releve").get_batch({"dataframe": textes})
        suite = gx.ExpectationSuite("contrat", expectations=[_expectation(one) for one in demandes])
        outcome: Any = batch.validate(suite, result_format="BOOLEAN_ONLY")
        results = outcome.to_json_dict()["results"]

    verdicts = {}
    for result in results:
        nom = result["expectation_config"]["kwargs"]["nom"]
        if error := _exception(result["exception_info"]):
            raise RuntimeError(f"{nom}, {error}")
        verdicts[nom] = result["success"]
    asked = [requirement.nom for requirement in demandes]
    if sorted(verdicts) != sorted(asked):
        raise RuntimeError(f"{len(asked)} exigences demandées, {len(verdicts)} jugées")
    return {nom: verdicts[nom] for nom in asked}


def _expectation(requirement: Exigence) -> ExpectRegistreToMeetExigence:
    return ExpectRegistreToMeetExigence(
        nom=requirement.nom, description=requirement.attendu, meta={"colonne": requirement.colonne}
    )


def _exception(info: Mapping[str, Any]) -> str:
    """Return what was raised, or nothing: Great Expectations catches, and gives one record or one per metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    return "; ".join(record["exception_message"] for record in records if record["raised_exception"])


@contextmanager
def _looking_up(requirements: Sequence[Exigence]) -> Iterator[None]:
    token = _EXIGENCES.set({requirement.nom: requirement for requirement in requirements})
    try:
        yield
    finally:
        _EXIGENCES.reset(token)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's warnings and log off stderr: what it has to say comes back in its results."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
