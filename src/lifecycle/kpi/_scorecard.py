"""Scorecards of owners and teams: results and conduct apart, each with its interval and its n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument

from ._cut import Cut, Replayed
from ._groups import By
from ._owners import Names, owner_labels
from ._period import AskedPeriod
from ._registry import Kpi
from ._report import Report, Targets, report

RESULTS: Final = ("customer_balance", "retention_rate", "revenue_kept", "net_revenue_retention", "nps")
"""What came of it."""
CONDUCT: Final = ("play_on_time_rate", "promise_kept_rate", "contact_kept_rate")
"""What was done for it."""
EVERYBODY: Final = "(all)"
"""The rows of all customers together."""
NO_TEAM: Final = "(no team)"
"""The team of owners who are in none."""


@attrs.frozen(eq=False, repr=False)
class Scorecard:
    """KPIs of a period for each owner or team, and for all together."""

    report: Report
    """The measurements."""
    conduct: frozenset[str]
    """The ids of those that say what was done, rather than what came of it."""
    title: str
    """What it shows."""

    def table(self) -> Table:
        """One row for each owner and KPI: first what came of it, then what was done; all customers together first.

        Returns:
            `group` (the owner or team), `side` ('results' or 'conduct'), `kpi`, `value`, `low`, `high` (of the
            interval; nan for none), `n` (of how many; nan where nothing was counted), `unit`, `target`, `gap`, `notes`.
            Few customers make wide intervals: two owners whose intervals overlap are not told apart.
        """
        lines = sorted(
            self.report.lines, key=lambda line: (line.measurement.group, self._is_conduct(line.measurement.kpi))
        )
        measured = [line.measurement for line in lines]
        columns: dict[str, npt.NDArray[Any]] = {
            "group": np.array([one.group or EVERYBODY for one in measured], object),
            "side": np.array([("results", "conduct")[self._is_conduct(one.kpi)] for one in measured], object),
            "kpi": np.array([one.kpi for one in measured], object),
        }
        columns |= {name: _numbers([getattr(one, name) for one in measured]) for name in ("value", "low", "high")}
        columns |= {
            "n": _numbers([one.denominator for one in measured]),
            "unit": np.array([one.unit for one in measured], object),
            "target": _numbers([line.target for line in lines]),
            "gap": _numbers([line.gap for line in lines]),
            "notes": np.array(["; ".join(one.notes) for one in measured], object),
        }
        return Table(columns, title=self.title)

    def _is_conduct(self, label: str) -> bool:
        return label.partition("[")[0] in self.conduct

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def owner_scorecard(
    story: Replayed,
    period: AskedPeriod,
    *,
    results: Sequence[Kpi | str] = RESULTS,
    conduct: Sequence[Kpi | str] = CONDUCT,
    by: By = owner_labels,
    targets: Targets | None = None,
) -> Scorecard:
    """KPIs of a period for each owner: results and conduct apart, so that neither is bought with the other.

    A customer counts for who was its owner when the period began, or, who came later, at its end: a handover just
    before the end moves no result. What a log does not tell is undefined, with the reason.

    Args:
        story: what `replay` gives.
        period: '2026-Q1', (start, end) …
        results: KPIs, or their ids: what came of it.
        conduct: KPIs, or their ids: what was done.
        by: who the owner is; the `owner` of `welcomed`, `profile_set` and `owner_changed` unless given.
        targets: what is wanted, by KPI, or by KPI and owner.

    Raises:
        InvalidArgument: no such KPI or period; a KPI is on both sides, or there is none.
    """
    return _scored(story, period, (results, conduct), by, targets, "owners")


def team_scorecard(
    story: Replayed,
    period: AskedPeriod,
    teams: Mapping[str, str],
    *,
    results: Sequence[Kpi | str] = RESULTS,
    conduct: Sequence[Kpi | str] = CONDUCT,
    targets: Targets | None = None,
) -> Scorecard:
    """As `owner_scorecard`, for each team; the tallies of its owners add up to it.

    Args:
        story: what `replay` gives.
        period: '2026-Q1', (start, end) …
        teams: the team of each owner; owners who are in none are '(no team)', customers without one '(unknown)'.
        results: KPIs, or their ids: what came of it.
        conduct: KPIs, or their ids: what was done.
        targets: what is wanted, by KPI, or by KPI and team.

    Raises:
        InvalidArgument: as `owner_scorecard`.
    """

    def labels(cut: Cut) -> Names:
        found = [None if owner is None else teams.get(owner, NO_TEAM) for owner in owner_labels(cut).tolist()]
        return np.array(found, object)

    return _scored(story, period, (results, conduct), labels, targets, "teams")


def _scored(
    story: Replayed,
    period: AskedPeriod,
    sides: tuple[Sequence[Kpi | str], Sequence[Kpi | str]],
    by: By,
    targets: Targets | None,
    who: str,
) -> Scorecard:
    ids = [[one if isinstance(one, str) else one.id for one in side] for side in sides]
    both = sorted(set(ids[0]) & set(ids[1]))
    if both or not any(ids):
        what = f"{', '.join(both)} on both sides" if both else "no KPI at all"
        raise InvalidArgument(f"a scorecard with {what}; name each KPI once, as a result or as conduct")
    found = report(story, [*sides[0], *sides[1]], period, by=by, targets=targets)
    return Scorecard(found, frozenset(ids[1]), f"scorecard of {who}, {found.period}")


def _numbers(values: Sequence[float | None]) -> npt.NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], np.float64)
