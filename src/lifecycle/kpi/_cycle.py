"""Plan, do, check, act: what was wanted of a KPI, what was done for it, what came of it, what is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument
from lifecycle.tally import Measurement

from ._cut import Replayed
from ._groups import By
from ._line import Line
from ._period import AskedPeriod
from ._registry import Kpi
from ._report import report


def _texts(texts: str | Iterable[str]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


@attrs.frozen
class Cycle:
    """One turn of plan, do, check, act.

    Args:
        kpi: what is to change, or its id.
        period: '2026-Q1', (start, end) …
        target: the value that is wanted at its end: a share from 0 to 1, money in major units.
        done: what was done for it; one text or several.
        next: what follows from it.
        by: the grouping, and
        group: the group that it is about; everybody unless given.
    """

    kpi: Kpi | str
    """What is to change."""
    period: AskedPeriod
    """When."""
    target: float
    """What is wanted."""
    done: tuple[str, ...] = attrs.field(default=(), converter=_texts, kw_only=True)
    """What was done for it."""
    next: str = attrs.field(default="", kw_only=True)
    """What follows."""
    by: By | None = attrs.field(default=None, kw_only=True)
    """How customers are grouped."""
    group: str = attrs.field(default="", kw_only=True)
    """Of whom; '' for everybody."""

    def __attrs_post_init__(self) -> None:
        if self.group and self.by is None:
            raise InvalidArgument(
                f"Cycle: group={self.group!r} without by; say what the groups are, such as by='source'"
            )

    def check(self, story: Replayed) -> CheckedCycle:
        """What came of it: the number beside its target and that of the period before.

        Raises:
            InvalidArgument: no such KPI, period or group.
        """
        found = report(story, [self.kpi], self.period, by=self.by, previous=1)
        for line in found.lines:
            if line.measurement.group == self.group:
                return CheckedCycle(self, attrs.evolve(line, target=self.target), found.period.label)
        groups = ", ".join(line.measurement.group for line in found.lines if line.measurement.group)
        raise InvalidArgument(f"Cycle: nobody is in the group {self.group!r} in {found.period}; groups: {groups}")


@attrs.frozen
class CheckedCycle:
    """A cycle with what came of it."""

    cycle: Cycle
    """What was planned."""
    line: Line
    """The number, its target, and the period before."""
    period: str
    """The name of the period."""

    @property
    def actual(self) -> Measurement:
        """What was measured."""
        return self.line.measurement

    @property
    def gap(self) -> float | None:
        """The number less the target; None where the number is undefined."""
        return self.line.gap

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where the KPI has no direction, or no number."""
        return self.line.is_met


def cycle_table(cycles: Sequence[CheckedCycle]) -> Table:
    """Checked cycles, one a row: kpi, group, period, target, actual, low, high, gap, is_met, before, done, next."""
    columns: dict[str, list[Any]] = {
        "kpi": [one.actual.kpi for one in cycles],
        "group": [one.actual.group for one in cycles],
        "period": [one.period for one in cycles],
        "done": ["; ".join(one.cycle.done) for one in cycles],
        "next": [one.cycle.next for one in cycles],
        "is_met": [one.is_met for one in cycles],
    }
    numbers = {
        "target": [one.line.target for one in cycles],
        "actual": [one.actual.value for one in cycles],
        "low": [one.actual.low for one in cycles],
        "high": [one.actual.high for one in cycles],
        "gap": [one.gap for one in cycles],
        "before": [one.line.before[0].value if one.line.before else None for one in cycles],
    }
    order = ("kpi", "group", "period", "target", "actual", "low", "high", "gap", "is_met", "before", "done", "next")
    made = {name: np.array(values, object) for name, values in columns.items()}
    made |= {name: np.array(values, float) for name, values in numbers.items()}  # None becomes nan
    return Table({name: made[name] for name in order}, title="plan, do, check, act")
