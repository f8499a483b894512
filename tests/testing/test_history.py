"""Histories as values."""

from __future__ import annotations

import datetime as dt
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lifecycle import Touchpoint
from lifecycle.errors import InvalidArgument
from lifecycle.testing import History

AT = datetime(2026, 1, 5, 10, tzinfo=UTC)


def test_a_history_is_told_in_plain_words() -> None:
    """Times without an offset are in UTC; amount, currency, channel and id are fields, the rest attributes."""
    told = {"amount": "5", "currency": "EUR", "channel": "web", "id": "e1", "plan": "team"}
    history = History.told("ada", [("2026-01-05 10:00", "payment", told), ("2026-01-06", "login")], until="2026-02-01")
    first = Touchpoint(
        "ada", "payment", AT, amount=5, currency="EUR", channel="web", id="e1", attributes={"plan": "team"}
    )
    assert history.touchpoints[0] == first
    assert history.until == datetime(2026, 2, 1, tzinfo=UTC)


def test_an_offset_is_kept() -> None:
    """An offset says which instant is meant."""
    history = History.told("ada", [("2026-01-05T19:00+09:00", "login")], until=AT)
    assert history.touchpoints[0].at == AT


@pytest.mark.parametrize(
    "touchpoint",
    [
        Touchpoint("ada", "login", AT),
        Touchpoint("ada", "it's", AT.replace(second=3)),
        Touchpoint("ada", "login", AT.replace(microsecond=3), attributes={"a": (1, "b"), "c": {"d": 2}}),
        Touchpoint("ada", "login", AT, sequence=3),
        Touchpoint("ada", "login", AT, attributes={"amount": "many"}),
        Touchpoint("ada", "payment", AT, amount="-5.20", currency="EUR", channel="web", id="17"),
    ],
    ids=["plain", "quotes", "nested", "sequence", "attribute called amount", "money"],
)
def test_every_touchpoint_survives_the_repr(touchpoint: Touchpoint) -> None:
    """Whatever a touchpoint holds, the repr makes it again."""
    history = History([touchpoint], AT.replace(hour=11))
    names = {"History": History, "Touchpoint": Touchpoint, "Attributes": dict}
    again = eval(repr(history), {**names, "Decimal": Decimal, "datetime": dt})
    assert again == history


@pytest.mark.parametrize(
    ("touchpoints", "until", "message"),
    [
        ([], AT, "begins with a touchpoint"),
        ([Touchpoint("ada", "a", AT), Touchpoint("bo", "a", AT)], AT, "that of one customer"),
        ([Touchpoint("ada", "a", AT.replace(hour=11)), Touchpoint("ada", "a", AT)], AT.replace(hour=12), "time order"),
        ([Touchpoint("ada", "a", AT)], AT.replace(hour=9), "instant behind them"),
    ],
    ids=["none", "two customers", "backwards", "ends before"],
)
def test_what_is_no_history_is_refused(touchpoints: list[Touchpoint], until: datetime, message: str) -> None:
    """One customer, in time order, with an end behind."""
    with pytest.raises(InvalidArgument, match=message):
        History(touchpoints, until)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", 5])
def test_a_time_that_is_none_is_refused(text: object) -> None:
    """The message shows how a time is written."""
    with pytest.raises(InvalidArgument, match="is no time; write '2026-01-05'"):
        History.told("ada", [("2026-01-05", "login")], until=text)  # type: ignore[arg-type]


def test_a_naive_time_is_refused() -> None:
    """A datetime says its zone."""
    with pytest.raises(InvalidArgument, match="has no time zone"):
        History.told("ada", [("2026-01-05", "login")], until=datetime(2026, 2, 1))
