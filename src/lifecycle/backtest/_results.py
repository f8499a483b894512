"""The results of several signs side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table

from ._result import BacktestResult


def _frozen(results: Mapping[str, BacktestResult]) -> Mapping[str, BacktestResult]:
    return MappingProxyType(dict(results))


@attrs.frozen(eq=False, repr=False)
class Backtests(Mapping[str, BacktestResult]):
    """The results of several signs of a story, by name; printed as a table."""

    results: Mapping[str, BacktestResult] = attrs.field(converter=_frozen)
    """Sign → its result, in the order in which they were asked for."""

    def __getitem__(self, name: str) -> BacktestResult:
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        return repr(self.table)

    @property
    def table(self) -> Table:
        """One row per sign: verdict, lift, precision and recall with their intervals, base rate, raises, lead time."""
        found = list(self.results.values())
        columns: dict[str, npt.NDArray[Any]] = {
            "sign": np.array([result.name for result in found], object),
            "verdict": np.array([result.verdict for result in found], object),
        }
        for name in ("lift", "precision", "recall"):
            for part, suffix in (("value", ""), ("low", "_low"), ("high", "_high")):
                columns[name + suffix] = _numbers([getattr(getattr(result, name), part) for result in found])
        columns["base_rate"] = _numbers([result.base_rate.value for result in found])
        columns["raised"] = np.array([result.n_episodes for result in found], np.int64)
        columns["lead_days"] = _numbers([None if result.lead is None else result.lead.median.value for result in found])
        return Table(columns, title=self._title())

    def _title(self) -> str:
        if not self.results:
            return "no signs"
        first = next(iter(self.results.values()))
        return f"back-test by {first.way}: {first.outcome} within {first.horizon_days:g} days"

    def to_dict(self) -> dict[str, Any]:
        """Each result by name as plain values."""
        return {name: result.to_dict() for name, result in self.results.items()}


def _numbers(values: list[float | None]) -> npt.NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], np.float64)
