"""The slow twin: the same numbers by loops over plain Python values, and logs to count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from lifecycle import TouchpointLog

Row = tuple[str, str, int, int]
"""Customer, kind, microseconds since 1970, amount in minor units."""
DAY = 86_400_000_000
_BEGIN = 19_790 * DAY  # 2024-03-08, before the change of clocks in New York and in Berlin
EPOCH = date(1970, 1, 1)
KINDS = ("signup", "use", "payment")
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Europe/Berlin")


def log_of(rows: Sequence[Row]) -> TouchpointLog:
    """The log of rows."""
    columns = {
        "customer": [row[0] for row in rows],
        "kind": [row[1] for row in rows],
        "at": [row[2] for row in rows],
        "amount": [row[3] / 100 for row in rows],
    }
    return TouchpointLog.from_columns(columns, unit="us", currency="EUR")


def rows_of(n_days: int, *, most: int = 40) -> st.SearchStrategy[list[Row]]:
    """Rows of a few customers within so many days, many of them at midnights or at the same instant."""
    exact = st.integers(0, n_days * DAY - 1)
    hourly = st.integers(0, n_days * 24 - 1).map(lambda hour: hour * DAY // 24)
    at = st.one_of(exact, hourly).map(lambda us: _BEGIN + us)
    row = st.tuples(st.sampled_from("abcd"), st.sampled_from(KINDS), at, st.integers(-300, 900))
    return st.lists(row, min_size=1, max_size=most)


def local_day(us: int, zone: str) -> date:
    """The date of an instant in a zone."""
    whole = datetime.fromtimestamp(us // 1_000_000, ZoneInfo(zone))
    return whole.date()


def period_start(day: date, by: str) -> date:
    """The first day of the period of a day; weeks begin on Monday."""
    if by == "day":
        return day
    if by == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[by]
    return date(day.year, month, 1)


def active_days(rows: Sequence[Row], by: str, zone: str, kinds: Sequence[str] | None = None) -> dict[str, list[date]]:
    """The starts of the active periods of each customer, ascending."""
    found: dict[str, set[date]] = defaultdict(set)
    for customer, kind, at, _ in rows:
        if kinds is None or kind in kinds:
            found[customer].add(period_start(local_day(at, zone), by))
    return {customer: sorted(days) for customer, days in found.items()}


def paid_by_period(rows: Sequence[Row], by: str, zone: str) -> dict[str, dict[date, int]]:
    """What each customer paid per period, above 0, in minor units."""
    sums: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for customer, kind, at, minor in rows:
        if kind == "payment":
            sums[customer][period_start(local_day(at, zone), by)] += minor
    return {who: {day: minor for day, minor in paid.items() if minor > 0} for who, paid in sums.items()}
