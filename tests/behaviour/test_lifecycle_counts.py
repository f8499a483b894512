"""Lifecycle counts: the published ones, a slow twin, and that they add up."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import TouchpointLog
from lifecycle.behaviour import LifecycleCounts, Periods, lifecycle_counts
from lifecycle.errors import InvalidArgument

from .counting import DAY, EPOCH, ZONES, active_days, local_day, log_of, period_start, rows_of

JANUARY = (date(2020, 1, 1) - EPOCH).days - 1
WINDOW = Periods.between("2020-01-09", "2020-01-20", "day")
NAMES = ("new", "returning", "resurrecting", "dormant")


def january(seen: dict[str, tuple[int, ...]]) -> TouchpointLog:
    """A log of days of January 2020."""
    return log_of([(who, "use", (JANUARY + day) * DAY, 0) for who, days in seen.items() for day in days])


def by_day(counts: LifecycleCounts, name: str) -> dict[int, int]:
    """What is not 0, by day of the month."""
    days = [day.day for day in counts.periods.starts.tolist()]
    return {day: count for day, count in zip(days, getattr(counts, name).tolist(), strict=True) if count}


@pytest.mark.smoke
def test_first_event_is_as_published() -> None:
    """V3: daily, four customers, new by first event."""
    log = january({"p1": (11, 12, 13, 15, 17, 19), "p2": (9, 12), "p3": (12,), "p4": (15,)})
    found = lifecycle_counts(log, WINDOW)
    assert {name: by_day(found, name) for name in NAMES} == {
        "new": {9: 1, 11: 1, 12: 1, 15: 1},
        "returning": {12: 1, 13: 1},
        "resurrecting": {12: 1, 15: 1, 17: 1, 19: 1},
        "dormant": {10: -1, 13: -2, 14: -1, 16: -2, 18: -1},
    }


@pytest.mark.smoke
def test_created_is_as_published() -> None:
    """V4: who was created before the first event seen is not new at it."""
    log = january({"early": (11, 13), "late": (12, 14)})
    created = np.array(["2020-01-12", "2020-01-05"], "M8[us]")  # in the order of the log: late is the shorter id
    assert log.ids().tolist() == ["late", "early"]
    found = lifecycle_counts(log, WINDOW, basis="created", created=created)
    assert by_day(found, "new") == {12: 1}
    assert by_day(found, "resurrecting") == {11: 1, 13: 1, 14: 1}


def slow(active: list[date], birth: date | None, starts: list[date], by: str) -> dict[str, list[int]]:
    """The counts of one customer by loops."""
    found = {name: [0] * len(starts) for name in NAMES}
    for place, start in enumerate(starts):
        before = period_start(start - timedelta(days=1), by) in active
        if start in active:
            name = "new" if start == birth else "returning" if before else "resurrecting"
            found[name][place] = 1
        elif before:
            found["dormant"][place] = -1
    return found


@given(rows_of(150), st.sampled_from(("day", "week", "month")), st.sampled_from(ZONES),
       st.sampled_from(("first_event", "first_in_window", "created")), st.integers(0, 60))  # fmt: skip
def test_the_counts_are_those_of_the_slow_twin(rows: list, by: str, zone: str, basis: str, since: int) -> None:
    """Any basis, period and zone, in a window that opens after some of the touchpoints."""
    log = log_of(rows)
    first = date.fromordinal(EPOCH.toordinal() + 19_791 + since)
    periods = Periods.between(first, first + timedelta(days=120), by, zone=zone)
    starts = periods.starts.tolist()
    created = {who: min(row[2] for row in rows) + 20 * DAY * place for place, who in enumerate(log.ids().tolist())}
    given_ = np.array(list(created.values())) if basis == "created" else None
    found = lifecycle_counts(log, periods, basis=basis, created=given_)
    end = date.fromordinal(first.toordinal() + 120)
    expected = {name: np.zeros(len(starts), int) for name in NAMES}
    for who, days in active_days([row for row in rows if local_day(row[2], zone) < end], by, zone).items():
        active = [day for day in days if day >= starts[0]] if basis == "first_in_window" else days
        birth = period_start(local_day(created[who], zone), by) if basis == "created" else min(active, default=None)
        for name, counts in slow(active, birth, starts, by).items():
            expected[name] += counts
    assert {name: getattr(found, name).tolist() for name in NAMES} == {
        name: counts.tolist() for name, counts in expected.items()
    }


@given(rows_of(100), st.sampled_from(("first_event", "first_in_window")))
def test_stock_and_flow_agree_and_parts_add_up(rows: list, basis: str) -> None:
    """Who was active, plus new and resurrecting, less dormant, is active next; single customers sum to all."""
    log = log_of(rows)
    periods = Periods.covering(log, "week")
    whole = lifecycle_counts(log, periods, basis=basis)
    flow = whole.new + whole.resurrecting + whole.dormant
    assert (np.append(0, whole.active[:-1]) + flow).tolist() == whole.active.tolist()
    singles = [log.select(np.array([code])) for code in range(log.n_customers)]
    assert reduce(add, [lifecycle_counts(one, periods, basis=basis) for one in reversed(singles)]) == whole


@pytest.mark.smoke
def test_the_table_marks_the_period_that_is_not_over() -> None:
    """The log ends inside January: its dormant may still come."""
    table = lifecycle_counts(january({"a": (3,)})).to_table()
    assert table["is_over"].tolist() == [False]
    assert len(lifecycle_counts(TouchpointLog.from_touchpoints([])).to_table()) == 0


@pytest.mark.smoke
def test_who_has_no_creation_is_never_new() -> None:
    """NaT is not known."""
    found = lifecycle_counts(january({"a": (9, 10)}), WINDOW, basis="created", created=np.array(["NaT"], "M8[us]"))
    assert found.new.sum() == 0
    assert by_day(found, "returning") == {10: 1}


@pytest.mark.smoke
def test_refusals_say_what_to_give() -> None:
    """Instants without their basis, the basis without instants, too few of them, and sums that are none."""
    log = january({"a": (9,), "b": (9,)})
    with pytest.raises(InvalidArgument, match="or 'created' and the instants"):
        lifecycle_counts(log, basis="created")
    with pytest.raises(InvalidArgument, match="or 'created' and the instants"):
        lifecycle_counts(log, created=np.zeros(2, "M8[us]"))
    with pytest.raises(InvalidArgument, match="give 2 datetime64 in UTC"):
        lifecycle_counts(log, basis="created", created=np.zeros(3, "M8[us]"))
    with pytest.raises(InvalidArgument, match="over the same Periods"):
        lifecycle_counts(log, "day") + lifecycle_counts(log, "week")
