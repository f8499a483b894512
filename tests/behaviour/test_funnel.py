"""The ordered funnel: who reached each step and when, exactly, however the customers are split."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import add
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import TouchpointLog
from lifecycle.behaviour import funnel
from lifecycle.errors import InvalidArgument

from .counting import DAY, EPOCH, Row, log_of, rows_of

STEPS = [("signup", "use"), ("signup", "use", "payment"), ("use", "use", "signup", "use")]
END_DAY = 19_790 + 90


def slow(rows: list[Row], steps: tuple[str, ...], limits: tuple[int, int, float | None]) -> list[list[int]]:
    """The instants of the steps reached, of each customer who entered, by loops."""
    since, until, within = limits
    found = []
    for who in sorted({row[0] for row in rows}):
        mine = sorted((row for row in rows if row[0] == who), key=lambda row: row[2])
        taken: set[int] = set()
        reached: list[int] = []
        for step in steps:
            place = next((place for place, (_, kind, at, _) in enumerate(mine)
                          if kind == step and place not in taken and at < until
                          and (not reached or at >= reached[-1])
                          and (not reached or within is None or at < reached[0] + within * DAY)
                          and all(kind != mine[other][1] or place > other for other in taken)), None)  # fmt: skip
            if place is None:
                break
            taken.add(place)
            reached.append(mine[place][2])
        if reached and reached[0] >= since:
            found.append(reached)
    return found


@given(rows_of(100), st.sampled_from(STEPS), st.integers(0, 40), st.sampled_from([None, 1, 30, 0.5]))
def test_the_funnel_is_that_of_the_slow_twin(
    rows: list, steps: tuple[str, ...], since: int, within: float | None
) -> None:
    """Counts, times and who is open; with limits, equal instants and kinds that come twice."""
    first = EPOCH + timedelta(days=19_790 + since)
    until = EPOCH + timedelta(days=END_DAY)
    found = funnel(log_of(rows), steps, since=first, until=until, within_days=within)
    reached = slow(rows, steps, ((19_790 + since) * DAY, END_DAY * DAY, within))
    assert found.counts.tolist() == [sum(len(times) > step for times in reached) for step in range(len(steps))]
    for step in range(1, len(steps)):
        waits = sorted(times[step] - times[step - 1] for times in reached if len(times) > step)
        assert found.waits[step - 1].tolist() == waits
        quartiles = found.quartiles_us(step)
        assert (quartiles is None) == (not waits)
        assert not quartiles or quartiles[1] == median(waits)
    unfinished = [times for times in reached if len(times) < len(steps)]
    still = [times for times in unfinished if within is None or times[0] + within * DAY > END_DAY * DAY]
    assert found.n_open == len(still)


@given(rows_of(60), st.sampled_from([None, 3]))
def test_customers_add_up_one_by_one(rows: list, within: float | None) -> None:
    """The funnels of single customers sum to that of all, times included."""
    log, until = log_of(rows), EPOCH + timedelta(days=END_DAY)
    singles = [log.select(np.array([code])) for code in range(log.n_customers)]
    parts = [funnel(one, STEPS[1], until=until, within_days=within) for one in reversed(singles)]
    assert reduce(add, parts) == funnel(log, STEPS[1], until=until, within_days=within)


@pytest.mark.smoke
def test_quartiles_lie_on_the_line_between_two_values() -> None:
    """Of 0, 10, 20 and 50 days: 7.5, 15 and 27.5, as numpy has it by default."""
    rows = [(str(wait), kind, at * DAY, 0) for wait in (0, 10, 20, 50) for kind, at in (("signup", 0), ("use", wait))]
    found = funnel(log_of(rows), ("signup", "use")).quartiles_us(1)
    assert found is not None
    assert [us / DAY for us in found] == [7.5, 15.0, 27.5]
    assert found == tuple(np.quantile(np.array([0, 10, 20, 50]) * DAY, [0.25, 0.5, 0.75]))


@pytest.mark.smoke
def test_the_table_tells_shares_of_the_step_before_and_of_the_first() -> None:
    """Two signed up, one used it: a half; nobody paid: none of one."""
    log = log_of([("a", "signup", 0, 0), ("b", "signup", 0, 0), ("a", "use", DAY, 0)])
    table = funnel(log, STEPS[1]).to_table()
    assert table["customers"].tolist() == [2, 1, 0]
    assert table["of_previous"].tolist()[1:] == [0.5, 0.0]
    assert table["of_first"].tolist() == [1.0, 0.5, 0.0]
    assert table["median_days"].tolist()[1] == 1.0


@pytest.mark.smoke
def test_an_empty_log_has_nobody_in_the_funnel() -> None:
    """All counts are 0 and all times missing."""
    found = funnel(TouchpointLog.from_touchpoints([]))
    assert found.counts.tolist() == [0, 0, 0]
    assert found.quartiles_us(1) is None
    assert len(found.to_table()) == 3


@pytest.mark.smoke
def test_refusals_say_what_to_give() -> None:
    """One step, no time, a step without time, and sums of different questions."""
    log = log_of([("a", "signup", 0, 0)])
    with pytest.raises(InvalidArgument, match="give two kinds or more"):
        funnel(log, ("signup",))
    with pytest.raises(InvalidArgument, match="within_days=0 is not above 0"):
        funnel(log, within_days=0)
    with pytest.raises(InvalidArgument, match="step 0 has no time; give 1 to 2"):
        funnel(log).quartiles_us(0)
    with pytest.raises(InvalidArgument, match="ask both the same"):
        funnel(log, STEPS[0]) + funnel(log, STEPS[1])


@pytest.mark.smoke
def test_no_touchpoint_is_two_steps() -> None:
    """One touchpoint is the first step only; a second of the same kind, at the same instant too, is the next."""
    assert funnel(log_of([("a", "use", 0, 0)]), ("use", "use")).counts.tolist() == [1, 0]
    assert funnel(log_of([("a", "use", 0, 0), ("a", "use", 0, 5)]), ("use", "use")).counts.tolist() == [1, 1]
