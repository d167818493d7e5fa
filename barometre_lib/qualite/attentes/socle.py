"""What every expectation of ours stands on: the one module that imports the map classes of Great Expectations.

They are not marked public in 1.24 (`MulticolumnMapMetricProvider`, `multicolumn_condition_partial`); if they move,
this module alone changes. Importing it costs seconds: only the gate does.

Source: Great Expectations 1.24, `expectations/core/expect_compound_columns_to_be_unique.py` for the shape of an
expectation with its map metric; https://docs.greatexpectations.io/docs/reference/usage_statistics/ for the environment
variable that silences its reports.
"""

import logging
import os
import warnings
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import pandas as pd

from barometre_lib.imports import differer_les_lourds

# Read by Great Expectations when it is imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
with warnings.catch_warnings(), differer_les_lourds():
    warnings.simplefilter("ignore")
    import great_expectations  # noqa: F401
    from great_expectations.compatibility.pydantic import Field as Champ
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import ColumnMapExpectation, MulticolumnMapExpectation
    from great_expectations.expectations.metrics.map_metric_provider import (  # type: ignore[attr-defined]
        ColumnMapMetricProvider,
        MulticolumnMapMetricProvider,
        column_condition_partial,
        multicolumn_condition_partial,
    )
# This package says itself what the gate found.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)

# What a suite gives as a parameter.
Entier = Annotated[int, Champ(ge=0)]
Nombre = Annotated[float, Champ(ge=0)]


class AttenteDeCellules(ColumnMapExpectation):
    """An expectation of each cell of `column` that is not empty: `tenir` tells which are as expected."""

    # Cells, then parameters by keyword, to a boolean Series.
    tenir: ClassVar[Callable[..., pd.Series]]

    @classmethod
    def is_abstract(cls) -> bool:
        """Tell whether Great Expectations is not to know this class: the others get their metric once they exist."""
        return cls.__name__ == "AttenteDeCellules"


class AttenteDeLignes(MulticolumnMapExpectation):
    """An expectation of each row: `tenir` tells which are as expected from `column_list`, that suites seldom give."""

    # A table of these columns, in their order, then parameters by keyword, to a boolean Series.
    tenir: ClassVar[Callable[..., pd.Series]]
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "never"

    @classmethod
    def is_abstract(cls) -> bool:
        """Tell whether Great Expectations is not to know this class: the others get their metric once they exist."""
        return cls.__name__ == "AttenteDeLignes"


A = TypeVar("A", bound=type[AttenteDeCellules] | type[AttenteDeLignes])


def mesuree(attente: A) -> A:
    """Give an expectation its metric, made of its `tenir` and named after it."""
    of_cells = issubclass(attente, AttenteDeCellules)
    provider = ColumnMapMetricProvider if of_cells else MulticolumnMapMetricProvider
    partial = column_condition_partial if of_cells else multicolumn_condition_partial
    domain = "column" if of_cells else "column_list"
    kind = "column_values" if of_cells else "multicolumn_values"
    name = f"{kind}.{attente.expectation_type.removeprefix('expect_')}"
    own = tuple(one for one in attente.__annotations__ if one not in (domain, "examples"))

    def condition(cls: type, judged: Any, **values: Any) -> pd.Series:
        kept = attente.tenir(judged, **{one: values[one] for one in own})
        # A comparison that had nothing to compare blames nobody.
        return kept.fillna(True).astype(bool)

    members = {
        "condition_metric_name": name,
        "condition_domain_keys": ("batch_id", "table", domain, "row_condition", "condition_parser", "ignore_row_if"),
        "condition_value_keys": own,
        "_pandas": partial(engine=PandasExecutionEngine)(condition),
    }
    type(f"Mesure{attente.__name__}", (provider,), members)
    attente.map_metric = name
    attente.success_keys = (*own, "mostly")
    return attente


__all__ = ["AttenteDeCellules", "AttenteDeLignes", "Champ", "Entier", "Nombre", "mesuree"]
