"""A table from rows that were made one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table


def table_of(rows: Sequence[Mapping[str, Any]], title: str) -> Table:
    """Rows with the same names as a table: whole numbers, texts, or numbers with nan for None."""
    return Table({name: _column([row[name] for row in rows]) for name in rows[0]}, title=title)


def _column(values: list[Any]) -> npt.NDArray[Any]:
    if any(isinstance(value, str) for value in values):
        return np.array(values, object)
    if all(isinstance(value, (bool, int)) for value in values):
        return np.array(values)
    return np.array([np.nan if value is None else value for value in values], np.float64)
