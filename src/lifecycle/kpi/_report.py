"""Many KPIs over one story and period: measured, compared with targets and with the periods before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument
from lifecycle.tally import CountsTally, Measurement, Tally

from ._cut import Cut, Replayed
from ._groups import By, group_labels
from ._line import Line
from ._period import AskedPeriod, Period
from ._registry import REGISTRY, Kpi
from ._report_text import report_html, report_text

Targets: TypeAlias = Mapping[str, float | Mapping[str, float]]
"""The wanted value of each KPI, by id; or by id and group."""


@attrs.frozen(eq=False, repr=False)
class Report:
    """Measurements of one period: of everybody, and of each group."""

    period: Period
    """When."""
    lines: tuple[Line, ...]
    """One per KPI and group, everybody first."""

    def __getitem__(self, key: str | tuple[str, str]) -> Measurement:
        """A measurement by KPI, or by KPI and group.

        Raises:
            InvalidArgument: it is not in the report.
        """
        kpi, group = (key, "") if isinstance(key, str) else key
        for line in self.lines:
            if line.measurement.kpi == kpi and line.measurement.group == group:
                return line.measurement
        known = ", ".join(dict.fromkeys(line.measurement.kpi for line in self.lines))
        raise InvalidArgument(f"the report has no {kpi!r} of {group or 'everybody'!r}; KPIs: {known}")

    def table(self) -> Table:
        """One row per line, for any data frame: `pandas.DataFrame(report.table().to_dict())`."""
        measured = [line.measurement for line in self.lines]
        texts = ("kpi", "group", "unit", "currency")
        numbers = ("value", "low", "high", "numerator", "denominator")
        columns = {name: np.array([getattr(one, name) for one in measured], object) for name in texts}
        columns |= {name: np.array([_nan(getattr(one, name)) for one in measured], float) for name in numbers}
        columns |= {
            name: np.array([_nan(getattr(line, name)) for line in self.lines], float)
            for name in ("target", "gap", "change")
        }
        columns["notes"] = np.array(["; ".join(one.notes) for one in measured], object)
        return Table(columns, title=f"KPIs of {self.period}")

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "period": self.period.label,
            "zone": self.period.zone,
            "lines": [line.to_dict() for line in self.lines],
        }

    def at_confidence(self, confidence: float) -> Report:
        """The same with intervals of another confidence; those of the periods before stay as they are."""
        return attrs.evolve(self, lines=tuple(line.at_confidence(confidence) for line in self.lines))

    def __repr__(self) -> str:
        return report_text(f"KPIs of {self.period} ({self.period.zone})", self.lines)

    def to_html(self) -> str:
        """The report as an HTML table; what a notebook shows."""
        return report_html(f"KPIs of {self.period} ({self.period.zone})", self.lines)

    def _repr_html_(self) -> str:
        return self.to_html()


def report(
    story: Replayed,
    kpis: Sequence[Kpi | str],
    period: AskedPeriod,
    *,
    by: By | None = None,
    targets: Targets | None = None,
    previous: int = 0,
) -> Report:
    """KPIs of a period, of everybody and of each group.

    Groups add up to the whole exactly: it is made of their tallies. A KPI that needs several customers at once (S23) is
    measured of the whole by itself.

    Args:
        story: what `replay` gives.
        kpis: KPIs, or their ids.
        period: '2026-Q1', '2026-03', (start, end) …, in the zone of the definition.
        by: 'stage', 'cohort', a segment, a fact such as 'source' or 'owner', several of them, a group per customer id,
            or a function of the cut.
        targets: what is wanted, by KPI, or by KPI and group.
        previous: how many periods before to compare with.

    Raises:
        InvalidArgument: no such KPI, period, group or target; the period begins after the story ends.
    """
    chosen = [kpi if isinstance(kpi, Kpi) else REGISTRY[kpi] for kpi in kpis]
    _check_targets(chosen, targets or {})
    cut = Cut(story, Period.of(period, story.record.program.calendar.zone))
    if cut.start_us >= story.record.until_us:
        raise InvalidArgument(f"the period {cut.period} begins after the end of the story; replay it until later")
    now = _measured(cut, chosen, by)
    before = [_measured(cut.in_period(cut.period.previous(step + 1)), chosen, by) for step in range(previous)]
    lines = [
        Line(measurement, tally, _target(targets or {}, *key), tuple(one[key][0] for one in before if key in one))
        for key, (measurement, tally) in now.items()
    ]
    return Report(cut.period, tuple(lines))


Key: TypeAlias = tuple[str, str]
_Found: TypeAlias = dict[Key, tuple[Measurement, Tally]]


def measure(cut: Cut, kpi: Kpi, *, confidence: float = 0.95) -> Measurement:
    """One KPI of one cut."""
    return _finished(cut, kpi, kpi(cut), confidence=confidence)


def _finished(cut: Cut, kpi: Kpi, tally: Tally, group: str = "", *, confidence: float = 0.95) -> Measurement:
    made = Measurement.of(
        tally.finish(confidence), kpi.label, kpi.unit, cut.period.window, zone=cut.period.zone, confidence=confidence
    )
    parts = tally.parts if isinstance(tally, CountsTally) else {}
    notes = made.notes if cut.is_over or kpi.looks_ahead else (*made.notes, f"the log ends within {cut.period}")
    notes = (*notes, *getattr(tally, "notes", ()))
    currency = getattr(tally, "currency", "")
    return attrs.evolve(made, group=group, better=kpi.better, parts=parts, notes=notes, currency=currency)


def _measured(cut: Cut, kpis: Sequence[Kpi], by: By | None) -> _Found:
    """Everybody first, then each group in order of its name."""
    found: _Found = {}
    parts = [] if by is None else _parts(cut, by)
    for kpi in kpis:
        tallies = [(name, part, kpi(part)) for name, part in parts]
        whole = kpi(cut) if kpi.partition != "customer" or not tallies else _sum([tally for *_, tally in tallies])
        found[kpi.label, ""] = _finished(cut, kpi, whole), whole
        for name, part, tally in tallies:
            found[kpi.label, name] = _finished(part, kpi, tally, name), tally
    return found


def _parts(cut: Cut, by: By) -> list[tuple[str, Cut]]:
    labels, began = group_labels(cut, by), np.flatnonzero(cut.at_end.begun)
    return [(name, cut.of_customers(began[labels[began] == name])) for name in sorted(set(labels[began].tolist()))]


def _sum(tallies: Sequence[Tally]) -> Tally:
    whole: Any = tallies[0]
    for tally in tallies[1:]:
        whole = whole + tally
    return whole  # type: ignore[no-any-return]


def _check_targets(kpis: Sequence[Kpi], targets: Targets) -> None:
    known = {name for kpi in kpis for name in (kpi.id, kpi.label)}
    for name in targets:
        if name not in known:
            raise InvalidArgument(f"a target is given for {name!r}, which is not asked for; KPIs: {', '.join(known)}")


def _target(targets: Targets, kpi: str, group: str) -> float | None:
    wanted = targets.get(kpi, targets.get(kpi.partition("[")[0]))
    if isinstance(wanted, Mapping):
        return wanted.get(group)
    return wanted if not group else None


def _nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)
