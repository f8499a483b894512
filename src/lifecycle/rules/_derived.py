"""Facts about other facts: `Ratio`, `Difference`; and about the stage: `InStage`."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from lifecycle.errors import DefinitionError

from ._fact import FactType, Value, check_limit, check_limits
from ._rows import Column


@attrs.frozen
class Ratio:
    """One fact divided by another; missing when either is, and when the divisor is 0 (S12).

    'Down by half' is `Ratio(now, before) <= 0.5`.
    """

    of: str
    """The name of the fact above the line."""
    to: str
    """The name of the fact below the line."""

    def type(self, of: FactType, to: FactType) -> FactType:
        """What a condition may do with it."""
        return FactType(is_real=True, may_miss=True)

    def scalar(self, of: Value, to: Value, scales: tuple[int, int]) -> Value:
        """The value from two values."""
        if of is None or to is None or to == 0:
            return None
        return (float(of) * scales[1]) / (float(to) * scales[0])

    def column(self, of: Column, to: Column, scales: tuple[int, int]) -> Column:
        """The values from two columns; shape (n_points,)."""
        divisor = to.values.astype(np.float64) * scales[0]
        valid = _both(of, to) & (divisor != 0)
        return Column((of.values.astype(np.float64) * scales[1]) / np.where(valid, divisor, 1.0), valid)


@attrs.frozen
class Difference:
    """One fact less another; missing when either is."""

    of: str
    """The name of the fact to take from."""
    to: str
    """The name of the fact to take away."""

    def type(self, of: FactType, to: FactType) -> FactType:
        """What a condition may do with it.

        Raises:
            DefinitionError: the two have different units.
        """
        if of.scale != to.scale:
            raise DefinitionError(f"Difference({self.of!r}, {self.to!r}) takes a {_unit(to)} from a {_unit(of)}")
        return FactType(
            scale=of.scale, is_real=of.is_real or to.is_real, may_miss=of.may_miss or to.may_miss,
            unit=of.unit if of.unit != "date" else "days",
        )  # fmt: skip

    def scalar(self, of: Value, to: Value, scales: tuple[int, int]) -> Value:
        """The value from two values."""
        if of is None or to is None:
            return None
        value = of - to  # type: ignore[operator]
        return check_limit(value) if isinstance(value, int) else value

    def column(self, of: Column, to: Column, scales: tuple[int, int]) -> Column:
        """The values from two columns; shape (n_points,)."""
        valid = None if of.valid is None and to.valid is None else _both(of, to)
        values: Any = of.values - to.values
        if values.dtype.kind == "i":
            check_limits(values if valid is None else values[valid])
        return Column(values, valid)


def _both(left: Column, right: Column) -> Any:
    everywhere = np.ones(len(left.values), bool)
    return (everywhere if left.valid is None else left.valid) & (everywhere if right.valid is None else right.valid)


def _unit(kind: FactType) -> str:
    return kind.unit or ("plain number" if kind.scale == 1 else f"number with {len(str(kind.scale)) - 1} decimals")


@attrs.frozen
class InStage:
    """Calendar days in the present stage; with a name, in that stage or compound while inside it.

    With `count=`, how many touchpoints of a kind came since entry; the one that caused the entry is not
    among them. A self transition and a move between substages do not reset the parent's clock (S8).
    """

    stage: str | None = None
    """A stage or compound; None is the present stage. Missing while the customer is elsewhere."""
    count: str | None = attrs.field(default=None, kw_only=True)
    """A kind to count instead of days."""

    @property
    def type(self) -> FactType:
        """What a condition may do with it."""
        return FactType(may_miss=self.stage is not None, unit="days" if self.count is None else "")
