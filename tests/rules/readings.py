"""A fact read two ways: folded touchpoint by touchpoint, and asked of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import numpy as np

from lifecycle import Touchpoint, TouchpointLog
from lifecycle.model import Calendar, exponent
from lifecycle.rules import BoundFact, Context, Fact, Points, Rows, Stepping, Value

BEGIN = datetime(2024, 1, 30, 12, tzinfo=UTC)
PASSIVE = frozenset({"mail_sent", "profile_set"})


def touchpoint(kind: str, day: float = 0, *, customer: str = "c", **about: object) -> Touchpoint:
    """A touchpoint so many days after noon of 30 January 2024; `amount` is in euros, other keywords are attributes."""
    amount, channel = about.pop("amount", None), about.pop("channel", None)
    currency = about.pop("currency", "EUR" if amount is not None else None)
    at = BEGIN + timedelta(days=day)
    return Touchpoint(customer, kind, at, amount=amount, currency=currency, channel=channel, attributes=about)  # type: ignore[arg-type]


def context(currency: str = "EUR", keys: Mapping[str, str] = MappingProxyType({})) -> Context:
    """What a definition lends its facts."""
    return Context(keys, currency, exponent(currency))


def folded(
    fact: BoundFact,
    history: Sequence[Touchpoint],
    today: int | None = None,
    keys: Mapping[str, str] = MappingProxyType({}),
) -> Value:
    """The value after a history, on a day (that of the last touchpoint unless given)."""
    calendar, state, day = Calendar("UTC"), fact.start, 0
    for one in history:
        day = calendar.day_of(one.at_us)
        key = keys.get(one.kind_key, one.kind_key)
        if key in fact.kinds if fact.kinds is not None else key not in PASSIVE:
            state = fact.fold(state, one, day)
    return fact.read(state, day if today is None else today, calendar.day_of(history[0].at_us))


def asked(fact: BoundFact, log: TouchpointLog, wanted: Sequence[tuple[int, int, int]], context: Context) -> list[Value]:
    """The values at (customer, how many of its rows are seen, day), from the columns."""
    rows = Rows(log.block(0, log.n_customers), Calendar("UTC"), context.keys, PASSIVE, context.exponent)
    who = np.array([customer for customer, _, _ in wanted], np.int32)
    stop = rows.starts[who] + np.array([seen for _, seen, _ in wanted], np.int64)
    column = fact.query(rows, Points(who, stop, np.array([day for _, _, day in wanted], np.int32)))
    return [column.value(place) for place in range(len(wanted))]


def both(fact: Fact, history: Sequence[Touchpoint], days_later: int = 0, *, currency: str = "EUR") -> Value:
    """The value after one customer's history and some days, if both readings agree on it."""
    lent = context(currency)
    bound = fact.bind(lent)
    today = Calendar("UTC").day_of(history[-1].at_us) + days_later
    scalar = folded(bound, history, today)
    column = asked(bound, TouchpointLog.from_touchpoints(history), [(0, len(history), today)], lent)
    assert [scalar] == column, f"folded {scalar!r}, asked of columns {column[0]!r}"
    return scalar


def unannounced(
    fact: BoundFact, found: Sequence[Sequence[Touchpoint]], rows: Rows, days_later: int = 40
) -> list[tuple[int, int]]:
    """The (customer, day) on which a value changes in silence, and the state or the rows do not tell it beforehand."""
    ageing = fact.ageing
    told = (
        set(zip(*(part.tolist() for part in ageing.days(rows)), strict=True)) if isinstance(ageing, Stepping) else set()
    )
    missed = []
    for customer, history in enumerate(found):
        days, state = [rows.calendar.day_of(one.at_us) for one in history], fact.start
        for one, today, until in zip(history, days, [*days[1:], days[-1] + days_later], strict=True):
            key = dict(zip(rows.block.kind_keys, rows.names, strict=True))[one.kind_key]
            if key in fact.kinds if fact.kinds is not None else key not in rows.passive:
                state = fact.fold(state, one, today)
            announced, value = today, fact.read(state, today, days[0])
            for day in range(today + 1, until + 1):
                if isinstance(ageing, Stepping) and announced is not None and announced < day:
                    announced = ageing.next_day(state, day - 1)
                before, value = value, fact.read(state, day, days[0])
                if before != value and (announced != day or (customer, day) not in told):
                    missed.append((customer, day))
    return missed
