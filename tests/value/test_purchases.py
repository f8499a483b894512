"""From a log to what each customer bought: the vector of the papers, slow twins, and what is refused."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import Touchpoint
from lifecycle.errors import CurrencyMismatch, InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.value import PurchaseNotes, Purchases, purchases

START = datetime(2026, 3, 25, tzinfo=UTC)
COLUMNS = ("first_day", "last_day", "n_days", "first_minor", "total_minor")

rows_of_logs = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "10", "ada"]),
        st.integers(0, 14 * 48),  # half hours: two weeks over the change to summer time
        st.sampled_from(["purchase", "Purchase", "login"]),
        st.sampled_from([None, -300, 0, 100, 250]),
    ),
    max_size=25,
)


def log_of(rows: list[tuple[str, int, str, int | None]]) -> TouchpointLog:
    """A log of (customer, half hours after the start, kind, cents)."""
    return TouchpointLog.from_touchpoints(
        Touchpoint(
            customer,
            kind,
            START + timedelta(minutes=30 * at),
            **({} if cents is None else {"amount": f"{cents / 100:.2f}", "currency": "EUR"}),
        )
        for customer, at, kind, cents in rows
    )


def twin(rows: list[tuple[str, int, str, int | None]], until: date, zone: str) -> dict[str, tuple[int, ...]]:
    """The same in plain Python: for each customer a dict of days."""
    days: dict[str, dict[int, int]] = {}
    for customer, at, kind, cents in rows:
        day = (START + timedelta(minutes=30 * at)).astimezone(ZoneInfo(zone)).date()
        if kind.lower() == "purchase" and day < until and (cents or 0) >= 0:
            bought = days.setdefault(customer, {})
            bought[day.toordinal()] = bought.get(day.toordinal(), 0) + (cents or 0)
    epoch = date(1970, 1, 1).toordinal()
    return {
        customer: (min(bought) - epoch, max(bought) - epoch, len(bought), bought[min(bought)], sum(bought.values()))
        for customer, bought in days.items()
    }


def columns_of(found: Purchases) -> dict[str, tuple[int, ...]]:
    """The columns as a dict by customer."""
    table = np.stack([getattr(found, name) for name in COLUMNS], axis=1)
    return dict(zip(found.ids.tolist(), map(tuple, table.tolist()), strict=True))


@pytest.mark.smoke
def test_vector_13() -> None:
    """x, t_x and T of three customers, cut at 2015-02-07; their purchases are in no order."""
    days = {"1": ["02-06", "02-01"], "2": ["01-01"], "3": ["01-02", "01-05", "01-01"]}
    log = TouchpointLog.from_columns(
        {"customer": [who for who in days for _ in days[who]], "at": [f"2015-{d}" for who in days for d in days[who]]},
        kind="=purchase",
    )
    found = purchases(log, until="2015-02-07")
    assert found.ids.tolist() == ["1", "2", "3"]
    assert list(zip(found.x, found.last_days, found.age_days, strict=True)) == [(1, 5, 6), (0, 0, 37), (2, 4, 37)]
    assert found.recency_days.tolist() == [1, 37, 33]


@given(rows_of_logs, st.integers(0, 15), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York"]))
def test_equal_to_a_plain_twin(rows: list[tuple[str, int, str, int | None]], days: int, zone: str) -> None:
    """Any log, any end, any zone: the same as dicts of days in plain Python, ids in the order of the log."""
    until = START.date() + timedelta(days)
    found = purchases(log_of(rows), until=until, zone=zone)
    expected = twin(rows, until, zone)
    assert columns_of(found) == expected
    assert found.ids.tolist() == sorted(expected, key=lambda text: (len(text), text))
    assert found.tally().n_customers == len(expected)


@given(rows_of_logs, st.integers(0, 14), st.integers(0, 3))
def test_extending_is_reading_both_anew(rows: list[tuple[str, int, str, int | None]], days: int, more: int) -> None:
    """A day's new touchpoints, added to what is known, give what the whole log gives: columns, ids and notes."""
    zone, cut = "Europe/Berlin", START.date() + timedelta(days)
    end = cut + timedelta(more)
    log = log_of(rows)
    moment = datetime(cut.year, cut.month, cut.day, tzinfo=ZoneInfo(zone))
    early, late = log.before(moment), log_of([row for row in rows if START + timedelta(minutes=30 * row[1]) >= moment])
    extended = purchases(early, until=cut, zone=zone).extend(late, until=end)
    whole = purchases(log, until=end, zone=zone)
    assert columns_of(extended) == columns_of(whole)
    assert extended.ids.tolist() == whole.ids.tolist()
    assert extended.tally() == whole.tally()
    assert (extended.until, extended.age_on, extended.notes) == (whole.until, whole.age_on, whole.notes)


@pytest.mark.parametrize(
    ("zone", "days"), [("UTC", [1, 1, 2]), ("America/New_York", [0, 1, 1]), ("Asia/Tokyo", [1, 2, 2])]
)
def test_days_are_those_of_the_zone(zone: str, days: list[int]) -> None:
    """02:00 and 20:00 UTC of one day and 01:00 of the next fall on two days, which ones depends on the zone."""
    log = log_of([(str(who), at, "purchase", None) for who, at in enumerate((52, 88, 98))])
    first = purchases(log, zone=zone).first_day - (START.date() - date(1970, 1, 1)).days
    assert first.tolist() == days


def test_notes_count_what_was_left_out() -> None:
    """Returns are no purchases; free ones and those without an amount are; each is counted and told."""
    log = log_of(
        [("a", 0, "purchase", 100), ("a", 60, "purchase", -300), ("a", 120, "purchase", 0), ("b", 0, "purchase", None)]
    )
    found = purchases(log)
    assert found.notes == PurchaseNotes(returns=1, returned_minor=-300, free=1, without_amount=1)
    assert columns_of(found)["a"][2:] == (2, 100, 100)
    assert "1 rows with a negative amount left out (-300 minor units in all)" in repr(found)


def test_currencies_are_never_mixed() -> None:
    """Two currencies need a choice; the rows of the other are left out and counted."""
    at = START
    log = TouchpointLog.from_touchpoints(
        [
            Touchpoint("a", "purchase", at, amount=5, currency="EUR"),
            Touchpoint("b", "purchase", at, amount=5, currency="USD"),
        ]
    )
    with pytest.raises(CurrencyMismatch, match="the log has amounts in EUR, USD; name one"):
        purchases(log)
    found = purchases(log, currency="USD")
    assert (found.ids.tolist(), found.currency, found.notes.other_currency) == (["b"], "USD", 1)


def test_amounts_are_needed_for_spend_only() -> None:
    """A log without amounts tells who bought when, and refuses to tell of spend."""
    found = purchases(log_of([("a", 0, "purchase", None)]))
    assert (found.currency, found.notes, found.tally().n_customers) == (None, PurchaseNotes(without_amount=1), 1)
    with pytest.raises(InvalidArgument, match="the purchases have no amounts"):
        found.spend()


def test_end_is_the_day_after_the_last_row() -> None:
    """Without `until` a log-in counts for the end too; `age_on` may be the day before, and no other."""
    log = log_of([("a", 0, "purchase", None), ("a", 100, "login", None)])
    found = purchases(log)
    assert (found.until, found.age_on, found.age_days.tolist()) == (date(2026, 3, 28), date(2026, 3, 28), [3])
    before = purchases(log, age_on="2026-03-27")
    assert (before.until, before.age_days.tolist()) == (date(2026, 3, 28), [2])
    with pytest.raises(InvalidArgument, match="'age_on' is 2026-03-26; it must be 2026-03-28"):
        purchases(log, age_on="2026-03-26")


def test_only_keeps_rows_and_ids() -> None:
    """A part has the ids, columns and spend of its customers; a mask of another form is refused."""
    found = purchases(log_of([("a", 0, "purchase", 100), ("b", 0, "purchase", 100), ("b", 96, "purchase", 250)]))
    part = found.only(found.x > 0)
    assert (part.ids.tolist(), part.repeat_minor.tolist(), len(part)) == (["b"], [250], 1)
    assert part.spend().total_minor.tolist() == [250]
    with pytest.raises(InvalidArgument, match="give 2 booleans"):
        found.only(np.array([0, 1]))


@pytest.mark.parametrize("ask_first", [True, False])
def test_purchases_pickle_without_their_log(ask_first: bool) -> None:
    """A pickle holds ids and columns, whether or not the ids were decoded before."""
    found = purchases(log_of([("a", 0, "purchase", 100), ("b", 0, "purchase", 100)])).only(np.array([False, True]))
    if ask_first:
        assert found.ids.tolist() == ["b"]
    again = pickle.loads(pickle.dumps(found))
    assert (again.ids.tolist(), columns_of(again)) == (["b"], columns_of(found))
    assert again.until == found.until


def test_nobody() -> None:
    """An empty log, and one without purchases, give no rows and tallies of nobody."""
    for log in (log_of([]), log_of([("a", 0, "login", None)])):
        found = purchases(log)
        assert (len(found), found.ids.tolist(), found.tally().n_customers) == (0, [], 0)


def test_extend_refuses_what_is_late() -> None:
    """Purchases of before the known end, and an end before it, cannot be added."""
    found = purchases(log_of([("a", 0, "purchase", None)]), until="2026-03-28")
    with pytest.raises(InvalidArgument, match="the log has purchases before 2026-03-28"):
        found.extend(log_of([("b", 48, "purchase", None)]))
    with pytest.raises(InvalidArgument, match=r"'until' \(2026-03-26\) is before 2026-03-28"):
        found.extend(log_of([]), until="2026-03-26")


def test_refused_arguments() -> None:
    """Texts that are no dates, datetimes, a bare kind and no kind are refused."""
    log = log_of([])
    with pytest.raises(InvalidArgument, match=r"'until' is no date \('soon'\)"):
        purchases(log, until="soon")
    with pytest.raises(InvalidArgument, match=r"pass value.date\(\)"):
        purchases(log, until=START)
    with pytest.raises(InvalidArgument, match="'kinds' must be a tuple of texts"):
        purchases(log, kinds="purchase")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="'kinds' must name at least one kind"):
        purchases(log, kinds=())


def test_blocks_of_rows_join_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows are read at once, the purchases are the same."""
    rows = [(str(i % 7), 13 * i % 600, "purchase" if i % 3 else "login", 100 + i) for i in range(120)]
    whole = columns_of(purchases(log_of(rows)))
    for size in (1, 5, 30):
        monkeypatch.setattr("lifecycle.value._purchase_days._ROWS_AT_ONCE", size)
        assert columns_of(purchases(log_of(rows))) == whole


def test_the_sums_of_cdnow(cdnow_39_weeks: Purchases, cdnow_78_weeks: Purchases) -> None:
    """Counts as published for the sample: repeat days, who never came back, mean spend, distinct rows."""
    assert (len(cdnow_39_weeks), cdnow_39_weeks.x.sum(), (cdnow_39_weeks.x == 0).sum()) == (2357, 2457, 1411)
    assert (cdnow_78_weeks.x.sum(), len(cdnow_78_weeks.tally())) == (4339, 1218)
    again = cdnow_39_weeks.only(cdnow_39_weeks.x > 0)
    assert (len(again), round(float((again.repeat_minor / again.x).mean()) / 100, 2)) == (946, 35.08)
