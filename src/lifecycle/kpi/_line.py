"""One line of a report: a measurement beside its target and the periods before."""

from __future__ import annotations

from typing import Any

import attrs

from lifecycle.tally import Measurement, Tally


@attrs.frozen
class Line:
    """One KPI of one group: what was measured, what was wanted, what was before."""

    measurement: Measurement
    """The number."""
    tally: Tally = attrs.field(repr=False)
    """What it was finished from; adds up with those of other lines and periods."""
    target: float | None = None
    """What was wanted; None for nothing."""
    before: tuple[Measurement, ...] = ()
    """The same of the periods before, the latest first."""

    @property
    def gap(self) -> float | None:
        """The number less the target; None without either."""
        value = self.measurement.value
        return None if self.target is None or value is None else value - self.target

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without a target, a number, or a direction."""
        if self.gap is None or self.measurement.better is None:
            return None
        return self.gap >= 0 if self.measurement.better == "higher" else self.gap <= 0

    @property
    def change(self) -> float | None:
        """The number less that of the period before; None without either."""
        value = self.measurement.value
        if value is None or not self.before or self.before[0].value is None:
            return None
        return value - self.before[0].value

    @property
    def is_improved(self) -> bool | None:
        """Whether it changed for the better; None where it did not change, or where that cannot be said."""
        if not self.change or self.measurement.better is None:
            return None
        return (self.change > 0) == (self.measurement.better == "higher")

    def at_confidence(self, confidence: float) -> Line:
        """The same with an interval of another confidence."""
        found = self.tally.finish(confidence)
        measured = attrs.evolve(self.measurement, low=found.low, high=found.high, confidence=confidence)
        return attrs.evolve(self, measurement=measured)

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as plain JSON values."""
        return self.measurement.to_dict() | {
            "target": self.target,
            "gap": self.gap,
            "is_met": self.is_met,
            "change": self.change,
            "is_improved": self.is_improved,
            "before": [one.value for one in self.before],
        }
