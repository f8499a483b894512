"""The KPIs of a period as JSON values."""

from __future__ import annotations

import argparse
from typing import Any, Final

from lifecycle.engine import Record
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import REGISTRY, Kpi, Period, Report, report

from ._heading import heading
from ._reading import Read

_MONTHS: Final = 3


def kpis(asked: Read, options: argparse.Namespace) -> dict[str, Any]:
    """The whole content of `kpis`: the measurements of a period, those of the periods before, and what is undefined.

    Raises:
        InvalidArgument: no such KPI, group, period or target.
    """
    chosen: list[Kpi] = [REGISTRY[id] for id in options.kpi] if options.kpi else list(REGISTRY)
    period = options.period or _last_quarter(asked.story.record)
    targets = dict(_target(text) for text in options.target)
    found = report(asked.story, chosen, period, by=options.by, targets=targets, previous=options.previous)
    document = found.to_dict()
    # Who asks for all KPIs wants to see those that the log can answer; the others are named with their reasons.
    kept, left = (document["lines"], []) if options.kpi else _told(found)
    return {**heading(asked), "period": document["period"], "by": options.by, "lines": kept, "undefined": left}


def _told(found: Report) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    undefined = {
        line.measurement.kpi: line.measurement.notes[0]
        for line in found.lines
        if line.measurement.is_undefined and not line.measurement.group
    }
    kept = [line.to_dict() for line in found.lines if line.measurement.kpi not in undefined]
    return kept, [{"kpi": kpi, "reason": reason} for kpi, reason in undefined.items()]


def _last_quarter(record: Record) -> str:
    """The last quarter that is over, or the one in which the story ends if there is none."""
    calendar = record.program.calendar
    last = calendar.date_of(calendar.day_of(max(record.until_us - 1, 0)))
    now = Period.of(f"{last.year}-Q{(last.month - 1) // _MONTHS + 1}", calendar.zone)
    before = now.previous()
    begins = int(record.started.min()) if record.n_customers else 0
    return now.label if now.end_us <= record.until_us or begins >= before.end_us else before.label


def _target(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise InvalidArgument(f"--target {text!r} is no target; give ID=VALUE, such as retention_rate=0.8") from None
