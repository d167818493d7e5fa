"""The one module that imports Great Expectations; importing it costs seconds, so only a run of the gate does.

A check becomes an expectation on the whole table that it reads, whose metric calls the check's own predicate. The
results hold a verdict and nothing of the data.

Sources: Great Expectations 1.24, `expectations/core/expect_table_row_count_to_equal.py` for the shape of an
expectation with its table metric, https://docs.greatexpectations.io/docs/reference/usage_statistics/ for the
environment variable that silences its reports.
"""

import logging
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from types import ModuleType
from typing import Any, ClassVar

import pandas as pd

from barometre_lib.qualite.suites import Controle, Gravite

# It would be imported for one expectation that is never used, and cannot be by a Python without docstrings (-OO).
_UNUSED = {"altair": ModuleType("altair")} if "altair" not in sys.modules else {}
sys.modules.update(_UNUSED)
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
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
for _name in _UNUSED:
    del sys.modules[_name]

# This package says itself what the gate found.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)

METRIQUE = "barometre.lignes_fautives"
SEVERITES = {
    Gravite.BLOQUANT: FailureSeverity.CRITICAL,
    Gravite.AVERTISSEMENT: FailureSeverity.WARNING,
    Gravite.INFORMATION: FailureSeverity.INFO,
}

# Predicates cannot travel in an expectation, which is data: it carries a name, looked up here during a run.
_CONTROLES: ContextVar[Mapping[str, Controle]] = ContextVar("controles")


class LignesFautives(TableMetricProvider):
    """Number of rows at fault for the check called `nom`."""

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
        check = _CONTROLES.get()[metric_value_kwargs["nom"]]
        return int(check.fautif(table).sum())


class ExpectTableToPassControle(BatchExpectation):
    """Expect no row at fault for the check called `nom`."""

    nom: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIQUE,)
    success_keys: ClassVar[tuple[str, ...]] = ("nom",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        return {"success": metrics[METRIQUE] == 0, "result": {}}


def juger(tables: Mapping[str, pd.DataFrame], controles: Sequence[Controle]) -> dict[str, bool]:
    """Run checks of distinct names, a suite of Great Expectations for each table, and tell which find no row at fault.

    Raises
    ------
    RuntimeError
        A predicate raised, did not run, or shares its name: neither a pass nor a failure.
    """
    verdicts: dict[str, bool] = {}
    _CONTROLES.set({check.nom: check for check in controles})
    # What the library has to say comes back in its results.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # In memory, without the folder that the default configuration plans for its own pages.
        config = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        )
        source = gx.get_context(mode="ephemeral", project_config=config).data_sources.add_pandas("registre")
        for name, table in tables.items():
            asked = [check for check in controles if check.table == name]
            if asked:
                asset = source.add_dataframe_asset(name)
                batch = asset.add_batch_definition_whole_dataframe("releve").get_batch({"dataframe": table})
                verdicts |= _validate(batch, name, asked)
    names = [check.nom for check in controles]
    if sorted(verdicts) != sorted(names):
        raise RuntimeError(f"{len(names)} contrôles demandés, {len(verdicts)} jugés")
    return {name: verdicts[name] for name in names}


def _validate(batch: Any, name: str, checks: Sequence[Controle]) -> dict[str, bool]:
    asked = [
        ExpectTableToPassControle(
            nom=one.nom, description=one.libelle, severity=SEVERITES[one.gravite], meta={"famille": one.famille}
        )
        for one in checks
    ]
    suite = gx.ExpectationSuite(name, expectations=asked)
    outcome = batch.validate(suite, result_format="BOOLEAN_ONLY")
    verdicts = {}
    for result in outcome.to_json_dict()["results"]:
        nom = result["expectation_config"]["kwargs"]["nom"]
        if error := _exception(result["exception_info"]):
            raise RuntimeError(f"{nom}, {error}")
        verdicts[nom] = result["success"]
    return verdicts


def _exception(info: Mapping[str, Any]) -> str:
    """Return what was raised, or nothing: Great Expectations catches, and gives one record or one per metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    return "; ".join(record["exception_message"] for record in records if record["raised_exception"])
