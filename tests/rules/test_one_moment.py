"""At one moment of many customers facts are gathered from few rows; the figures are those of asking one by one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from lifecycle import Touchpoint, TouchpointLog
from lifecycle.model import Calendar
from lifecycle.rules import Context, Count, Distinct, Fact, Max, Mean, Points, Rows, Since, Sum

BEGIN = datetime(2024, 3, 20, tzinfo=UTC)
ZONES = {zone: Calendar(zone) for zone in ("UTC", "America/New_York", "Pacific/Apia")}
FACTS: dict[str, Fact] = {
    "since": Since("login"),
    "since missing": Since("login", otherwise="missing"),
    "since filtered": Since("login", where="plan == 'pro'"),
    "since any": Since(),
    "count": Count("login").within(30),
    "count before": Count("login").within(30, ago=30),
    "count of one day": Count("login").within(1),
    "count any": Count().within(20, ago=5),
    "count filtered": Count("payment", where="plan == 'pro'").within(60),
    "count of nothing": Count("visit").within(30),
    "sum": Sum("payment").within(45),
    "mean": Mean("payment").within(90, ago=10),
    "greatest": Max("payment").within(60),
    "days": Distinct("login").within(30),
    "days before": Distinct(("login", "payment")).within(40, ago=20),
    "days ever": Distinct("login"),
    "plans": Distinct(of="plan").within(50, ago=3),
}


@cache
def log_of(seed: int, n_customers: int = 250) -> TouchpointLog:
    """A log of two years: most customers have few touchpoints long ago, some many."""
    draw = random.Random(seed)
    made = []
    for number in range(n_customers):
        begin, length = draw.random() * 600, draw.choice((3, 60, 300))
        for _ in range(draw.choice((1, 1, 1, 2, 3, 3, 3, 15))):
            kind = draw.choice(("login", "payment", "mail_sent"))
            amount = draw.randrange(1, 900) if kind == "payment" else None
            plan = {"plan": draw.choice(("pro", "free"))} if draw.random() < 0.7 else {}
            at = BEGIN + timedelta(days=begin + draw.random() * length)
            currency = None if amount is None else "EUR"
            made.append(Touchpoint(f"c{number}", kind, at, amount=amount, currency=currency, attributes=plan))
    return TouchpointLog.from_touchpoints(made)


def rows_of(log: TouchpointLog, zone: str) -> Rows:
    """Fresh rows: what they keep of one question must not answer another."""
    return Rows(log.block(0, log.n_customers), ZONES[zone], {}, frozenset({"mail_sent"}), 2)


def points_of(log: TouchpointLog, zone: str, at: datetime) -> Points:
    """Everybody who had begun before a moment."""
    rows, us = rows_of(log, zone), int(at.timestamp() * 1_000_000)
    seen = np.array(
        [int((rows.block.at[low:high] < us).sum()) for low, high in zip(rows.starts, rows.starts[1:], strict=False)]
    )
    who = np.flatnonzero(seen)
    return Points(who, rows.starts[who] + seen[who], np.full(len(who), ZONES[zone].day_of(us - 1), np.int32))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", FACTS)
def test_a_moment_is_its_points_among_others(name: str, zone: str) -> None:
    """A point of another day behind them makes it no moment: then every row is looked at."""
    fact = FACTS[name].bind(Context({}, "EUR", 2))
    for seed, days in ((1, 90), (2, 400), (3, 560), (3, 900)):
        log = log_of(seed)
        points = points_of(log, zone, BEGIN + timedelta(days=days, hours=seed * 5))
        other = Points(*(np.append(getattr(points, part), 0) for part in ("customer", "stop", "day")))
        other.stop[-1] = 1
        assert points.is_moment
        assert not other.is_moment
        together = fact.query(rows_of(log, zone), points)
        apart = fact.query(rows_of(log, zone), other)
        places = range(len(points))
        assert [together.value(place) for place in places] == [apart.value(place) for place in places]


@pytest.mark.parametrize("name", ["count", "count before", "days", "sum"])
def test_few_rows_are_gathered_many_are_ranked(name: str) -> None:
    """Both ways are taken: a window of some days holds few rows of a base, one of all time holds many."""
    log, fact = log_of(4), FACTS[name]
    assert isinstance(fact, (Count, Sum, Distinct))
    assert fact.days is not None
    points = points_of(log, "UTC", BEGIN + timedelta(days=500))
    selection = rows_of(log, "UTC").select(frozenset(fact.kinds))
    assert selection.lately(points, fact.days.reach - 1, fact.days.ago) is not None
    assert selection.lately(points, 900, 0) is None


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_row_of_a_day(zone: str) -> None:
    """The same for all customers at once, for few and for many of them."""
    log = log_of(9, n_customers=40)
    every = rows_of(log, zone)
    for day in range(every.first_day - 2, every.first_day + every.span + 3, 7):
        who = np.arange(log.n_customers)
        of_one = every.first_on(day)
        few = np.concatenate([rows_of(log, zone).from_day(who[[place]], np.array([day])) for place in who])
        many = rows_of(log, zone).from_day(np.repeat(who, 30), np.repeat(day, 30 * len(who)))[::30]
        expected = [
            low + int((every.day[low:high] < day).sum())
            for low, high in zip(every.starts, every.starts[1:], strict=False)
        ]
        assert of_one.tolist() == few.tolist() == many.tolist() == expected


def test_points_of_several_days_are_no_moment() -> None:
    """Nor are two points of one customer, or customers out of order."""
    day = np.full(2, 5, np.int32)
    assert Points(np.array([0, 1]), np.array([1, 2]), day).is_moment
    assert not Points(np.array([0, 1]), np.array([1, 2]), np.array([5, 6], np.int32)).is_moment
    assert not Points(np.array([1, 1]), np.array([1, 2]), day).is_moment
    assert not Points(np.array([1, 0]), np.array([2, 1]), day).is_moment


def test_rows_keep_little_of_many_days() -> None:
    """What is kept of days is bounded, however many moments are asked."""
    rows = rows_of(log_of(3, n_customers=5), "UTC")
    for day in range(rows.first_day, rows.first_day + 100):
        rows.first_on(day)
    assert len(rows._first_on) <= 16
    assert len(rows._since) <= 16
