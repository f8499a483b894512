"""The cohort matrix: the published one, a slow twin, both forms of activity, and that it adds up."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import TouchpointLog
from lifecycle.behaviour import CohortMatrix, Periods, activity, cohort_matrix
from lifecycle.errors import InvalidArgument

from .counting import DAY, EPOCH, ZONES, active_days, log_of, rows_of

DAY_0 = (date(2020, 6, 10) - EPOCH).days
SEEN = {"p1": (0, 1, 2, 5, 6), "p2": (1, 2, 3, 6)}
PUBLISHED = [[1, 1, 1, 0, 0, 1, 1], [2, 2, 1, 0, 1, 2], [2, 1, 0, 1, 2], [1, 0, 0, 1], [0, 0, 0], [1, 1], [2]]
BASES = ("first", "recurring")
RETURNS = ("on", "on_or_after")


def published() -> TouchpointLog:
    """The log of the published matrix (V5)."""
    return log_of([(who, "use", (DAY_0 + day) * DAY + 5, 0) for who, days in SEEN.items() for day in days])


def watched(matrix: CohortMatrix) -> list[list[int]]:
    """The rows, as long as they were watched."""
    n = len(matrix.periods)
    return [row[: n - place] for place, row in enumerate(matrix.counts.tolist())]


def slow(days: dict[str, list[date]], starts: list[date], basis: str, returns: str) -> list[list[int]]:
    """The matrix by loops."""
    found = [[0] * (len(starts) - cohort) for cohort in range(len(starts))]
    for active in days.values():
        places = [starts.index(day) for day in active]
        for cohort in places if basis == "recurring" else places[:1]:
            for age in range(len(starts) - cohort):
                at = cohort + age
                found[cohort][age] += at in places if returns == "on" else places[-1] >= at
    return found


@pytest.mark.smoke
def test_the_recurring_matrix_is_the_published_one() -> None:
    """V5: every active day opens a cohort."""
    assert watched(cohort_matrix(published(), "day", basis="recurring")) == PUBLISHED


@given(rows_of(150), st.sampled_from(("day", "week", "month")), st.sampled_from(ZONES), st.sampled_from(BASES),
       st.sampled_from(RETURNS), st.sampled_from([None, ("use",), ("Use", "payment")]))  # fmt: skip
def test_the_matrix_is_that_of_the_slow_twin(
    rows: list, by: str, zone: str, basis: str, returns: str, kinds: tuple[str, ...] | None
) -> None:
    """Any basis, way to return, zone, period and choice of kinds; days are held as pairs, months as masks."""
    found = cohort_matrix(log_of(rows), by, zone=zone, basis=basis, returns=returns, kinds=kinds)
    wanted = None if kinds is None else [kind.lower() for kind in kinds]
    expected = slow(active_days(rows, by, zone, wanted), found.periods.starts.tolist(), basis, returns)
    assert watched(found) == expected


@given(rows_of(100), st.sampled_from(ZONES), st.integers(0, 90), st.sampled_from([None, ("use",)]))
def test_masks_and_pairs_answer_alike(rows: list, zone: str, since: int, kinds: tuple[str, ...] | None) -> None:
    """Both forms of activity give the same cohorts and flows, also where there was something before the window."""
    log = log_of(rows)
    first = date.fromordinal(EPOCH.toordinal() + 19_790 + since)
    periods = Periods.between(first, date.fromordinal(first.toordinal() + 60), "day", zone=zone)
    masks, pairs = (activity(log, periods, kinds=kinds, form=form) for form in ("masks", "pairs"))
    for recurring in (False, True):
        for lasting in (False, True):
            one, other = (held.cohorts(recurring=recurring, lasting=lasting) for held in (masks, pairs))
            assert one.tolist() == other.tolist()
    for inside in (False, True):
        one, other = (held.flows(inside=inside) for held in (masks, pairs))
        for name in ("active", "stayed", "began"):
            assert getattr(one, name).tolist() == getattr(other, name).tolist()
    places = np.arange(log.n_customers) % (len(periods) + 1) - 1
    assert masks.active_at(places).tolist() == pairs.active_at(places).tolist()


@pytest.mark.parametrize(("n_days", "form"), [(63, "MaskActivity"), (64, "PairActivity")])
def test_the_last_bit_of_a_mask_is_used(n_days: int, form: str) -> None:
    """63 periods fit a mask, its highest bit too; one more and pairs are held; the numbers go on alike."""
    log = log_of([("a", "use", day * DAY, 0) for day in (100, 100 + n_days - 1)])
    periods = Periods.covering(log, "day")
    assert type(activity(log, periods)).__name__ == form
    found = cohort_matrix(log, "day", returns="on_or_after")
    assert found.counts[0].tolist() == [1] * n_days
    assert cohort_matrix(log, "day", basis="recurring").counts[n_days - 1, 0] == 1


@given(rows_of(150), st.sampled_from(BASES), st.sampled_from(RETURNS))
def test_customers_add_up_one_by_one(rows: list, basis: str, returns: str) -> None:
    """The matrices of single customers over the same periods sum to that of all."""
    log = log_of(rows)
    periods = Periods.covering(log, "week")
    singles = [log.select(np.array([code])) for code in range(log.n_customers)]
    parts = [cohort_matrix(one, periods, basis=basis, returns=returns) for one in reversed(singles)]
    assert reduce(add, parts) == cohort_matrix(log, periods, basis=basis, returns=returns)


@pytest.mark.smoke
def test_who_was_there_before_the_window_opens_no_first_cohort() -> None:
    """A customer seen before the periods has a first period elsewhere; a recurring cohort is open to all."""
    log = log_of([("a", "use", day * DAY, 0) for day in (10, 20)] + [("b", "use", 20 * DAY, 0)])
    periods = Periods.between("1970-01-15", "1970-01-25", "day")
    assert cohort_matrix(log, periods).sizes.sum() == 1
    assert cohort_matrix(log, periods, basis="recurring").sizes.sum() == 2


@pytest.mark.smoke
def test_cells_that_are_not_over_leave_the_mean() -> None:
    """The month in which the log ends is right-censored: it is shown and marked, and no mean has it."""
    log = log_of([("a", "use", 0, 0), ("a", "use", 40 * DAY, 0), ("b", "use", 1, 0), ("c", "use", 40 * DAY, 0)])
    found = cohort_matrix(log)
    assert found.counts.tolist() == [[2, 1], [1, 0]]
    assert found.is_over.tolist() == [[True, False], [False, False]]
    assert found.mean().tolist()[0] == 1.0
    assert np.isnan(found.mean()[1])


@pytest.mark.smoke
def test_means_weigh_customers_or_cohorts() -> None:
    """Two of two and none of one: two thirds of the customers, half of the cohorts."""
    log = log_of([("a", "use", 0, 0), ("a", "use", DAY, 0), ("b", "use", 0, 0), ("b", "use", DAY, 0),
                  ("c", "use", DAY, 0), ("d", "use", 2 * DAY, 0)])  # fmt: skip
    found = cohort_matrix(log, "day")
    assert found.mean()[1] == pytest.approx(2 / 3)
    assert found.mean(weighted=False)[1] == 0.5


@pytest.mark.smoke
def test_the_table_has_the_watched_cells() -> None:
    """One row per cohort and age that has a period, and the picture marks what is not over."""
    found = cohort_matrix(published(), "day", basis="recurring")
    table = found.to_table()
    assert len(table) == 28
    assert [row["active"] for row in table.rows() if row["cohort"] == date(2020, 6, 11)] == PUBLISHED[1]
    assert "<i>" not in found._repr_html_()
    assert "<i>" in cohort_matrix(published(), "month")._repr_html_()


@pytest.mark.smoke
def test_an_empty_log_has_an_empty_matrix() -> None:
    """No cohorts, no error, and a picture all the same."""
    found = cohort_matrix(TouchpointLog.from_touchpoints([]))
    assert found.counts.shape == (0, 0)
    assert found.mean().tolist() == []
    assert len(found.to_table()) == 0
    assert "table" in found._repr_html_()


@pytest.mark.smoke
def test_refusals_say_what_to_give() -> None:
    """Words that are none, a text for kinds, zones that contradict, and sums over different periods."""
    log = published()
    with pytest.raises(InvalidArgument, match="'on' or 'on_or_after'"):
        cohort_matrix(log, returns="after")
    with pytest.raises(InvalidArgument, match=r"kinds='use' is a text; give a tuple"):
        cohort_matrix(log, kinds="use")
    with pytest.raises(InvalidArgument, match="beside periods in 'UTC'"):
        cohort_matrix(log, Periods.covering(log), zone="Asia/Tokyo")
    with pytest.raises(InvalidArgument, match="over the same Periods"):
        cohort_matrix(log, "day") + cohort_matrix(log, "month")
    with pytest.raises(InvalidArgument, match="form='masks' holds 63 periods, not 64"):
        activity(log, Periods.between("2020-01-01", "2020-03-05", "day"), form="masks")
