"""Each fact has two meanings, folded and asked of columns: they give the same value at every moment."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import (
    Count,
    Distinct,
    Favourite,
    First,
    Flag,
    Gap,
    Last,
    Max,
    Mean,
    Min,
    Most,
    Open,
    Overdue,
    Paired,
    Since,
    Sum,
    Tenure,
    Touchpoint,
    TouchpointLog,
)
from lifecycle.model import Calendar
from lifecycle.rules import Fact

from .readings import BEGIN, asked, context, folded

KEYS = {"order_completed": "bought"}
WHERE = ("x == 'A'", "x != 'A'", "x >= 5", "not (x < 5)", "x", "channel == 'web'", "amount > 10.5 or x == w")
TICKETS = Open("opened", "closed", ref="x")
FACTS: dict[str, Fact] = {
    "count": Count(("visit", "bought")),
    "count of life": Count(),
    "count in a window": Count("visit").within(7),
    "count in a window ago": Count().within(3, ago=2),
    **{f"count where {where}": Count(("visit", "bought"), where=where) for where in WHERE},
    "sum": Sum("bought"),
    "sum in a window": Sum("order completed").within(7, ago=1),
    "sum of an attribute": Sum("visit", of="x", decimals=2),
    "sum of whole units": Sum(of="x", decimals=0).within(5),
    "mean": Mean("bought"),
    "mean of an attribute": Mean(("visit", "bought"), of="x").within(9),
    "min": Min("bought"),
    "max": Max(of="x"),
    "min in a window": Min(of="x", where="w >= 1").within(7),
    "max in a window ago": Max("bought").within(4, ago=1),
    "first number": First(("visit", "bought"), of="x"),
    "first text": First(of="x", type="text", where="channel != 'web'"),
    "first amount": First("bought"),
    "last number": Last("visit", of="x"),
    "last text": Last(("visit", "bought"), of="x", type="text"),
    "last date": Last(of="x", type="date"),
    "last channel": Last(of="channel", type="text"),
    "last that goes stale": Last("bought").stale_after(days=2),
    "since": Since("visit"),
    "since life": Since(),
    "since or missing": Since("bought", where="amount > 0", otherwise="missing"),
    "flag": Flag("bought", where="x == 'A'"),
    "flag of an attribute": Flag(of="x"),
    "days": Distinct("visit"),
    "days in a window": Distinct().within(7, ago=3),
    "texts": Distinct(of="x"),
    "texts in a window": Distinct("visit", of="x", where="w >= 1").within(6),
    "texts in a window ago": Distinct(of="x").within(5, ago=3),
    "new texts": Distinct(("visit", "bought"), of="x", new=True).within(7),
    "new texts ago": Distinct(of="w", where="x != 'A'", new=True).within(4, ago=2),
    "most": Most(of="x"),
    "most in a window": Most(("visit", "bought"), of="w", where="channel != 'web'").within(7),
    "most in a window ago": Most(of="w").within(3, ago=2),
    "favourite": Favourite(of="x"),
    "favourite in a window": Favourite(("visit", "bought"), of="w", where="channel != 'web'").within(7),
    "favourite in a window ago": Favourite(of="w").within(3, ago=2),
    "open": TICKETS,
    "oldest": TICKETS.oldest(),
    "oldest in business days": TICKETS.oldest("business_days", holidays=(date(2024, 2, 6),)),
    "overdue": Overdue("opened", "closed", ref="w", due="x"),
    "overdue of one": Overdue("visit", ("closed", "order completed"), due="x"),
    "hours": Paired("opened", "closed", ref="w"),
    "hours of the last": Paired("visit", ("bought", "closed"), ref="w", statistic="last"),
    "quick ones": Paired("visit", "closed", ref="x", statistic="count", below=6.001).within(9),
    "days late": Paired("opened", "closed", ref="w", value="late_days", due="x").within(7, ago=1),
    "late ones": Paired("opened", "closed", value="late_days", due="x", statistic="count", above=0),
    "how late the last was": Paired("visit", "bought", value="late_days", due="x", statistic="last").within(3, ago=2),
    "gap of scores": Paired("opened", "closed", ref="w", value="gap", of="x").within(30),
    "gap of the last scores": Paired("visit", "bought", ref="w", value="gap", of="x", statistic="last").within(5),
    "gap of money": Paired("bought", "visit", ref="w", value="gap", of="amount", statistic="last"),
    "better ones": Paired("visit", "bought", value="gap", of="x", statistic="count", above=-0.5, below=99.5),
    "gap": Gap("visit"),
    "gap where": Gap(where="w >= 1"),
    "tenure": Tenure(),
}
values = some.one_of(
    some.sampled_from(["A", "B", "", "2024-02-29", "2024-02-30", "2024-03-01T10:00:00", "İ"]),
    some.sampled_from([0, 1, 5, -3, 2**53 - 1, 2**53, -(2**60), 0.1, 2.5, 1e-7, 123456.789, True, False]),
    some.sampled_from([Decimal("0.3"), Decimal("1234.56789"), date(2024, 2, 29), [1, 2], {"a": 1}, None]),
)
small_values = values.filter(lambda value: not isinstance(value, int) or abs(value) < 10**6)
gaps = some.sampled_from([0.0, 0.0, 0.001, 0.25, 0.5, 1.0, 2.0, 6.5, 29.0])


@some.composite
def histories(draw: some.DrawFn) -> list[list[Touchpoint]]:
    """The histories of up to three customers."""
    found = []
    for number in range(draw(some.integers(1, 3))):
        at, history = BEGIN, []
        for gap in draw(some.lists(gaps, min_size=1, max_size=9)):
            at += timedelta(days=gap)
            kind = draw(some.sampled_from(["visit", "Order Completed", "opened", "closed", "mail_sent", "profile_set"]))
            amount = draw(some.sampled_from([None, 0, -5, "10.50", "10.51", 99]))
            about = {"x": draw(small_values), "w": draw(some.sampled_from([0, 1, "A", 5]))}
            channel = draw(some.sampled_from([None, "web", "shop"]))
            money = None if amount is None else "EUR"
            history.append(
                Touchpoint(f"c{number}", kind, at, amount=amount, currency=money, channel=channel, attributes=about)
            )
        found.append(history)
    return found


@settings(max_examples=250, deadline=None)
@given(histories())
def test_folded_equals_asked_of_columns(found: list[list[Touchpoint]]) -> None:
    """After every touchpoint, and some days later, the fold and the columns give one value."""
    log = TouchpointLog.from_touchpoints(one for history in found for one in history)
    lent, calendar = context(keys=KEYS), Calendar("UTC")
    wanted = []
    for customer, history in enumerate(found):
        for seen, one in enumerate(history, 1):
            wanted += [(customer, seen, calendar.day_of(one.at_us) + later) for later in (0, 1, 5, 40)]
    for name, fact in FACTS.items():
        bound = fact.bind(lent)
        scalars = [folded(bound, found[who][:seen], day, KEYS) for who, seen, day in wanted]
        columns = asked(bound, log, wanted, lent)
        assert scalars == columns, name
        assert [type(value) for value in scalars] == [type(value) for value in columns] or name.startswith("flag")


@pytest.mark.smoke
@pytest.mark.parametrize("value", [2**53 - 1, 2**53, -(2**53), 2**63 - 1, 1e300, 0.1, Decimal("5"), True, "5", ""])
@pytest.mark.parametrize("name", ["max", "last number", "last text", "count where x >= 5", "texts"])
def test_an_attribute_means_the_same_in_both(name: str, value: object) -> None:
    """Whatever type an attribute has, it is the same number, text or nothing to both engines."""
    lent = context()
    bound = FACTS[name].bind(lent)
    history = [Touchpoint("c", "visit", BEGIN, attributes={"x": value})]
    day = Calendar("UTC").day_of(history[0].at_us)
    assert [folded(bound, history)] == asked(bound, TouchpointLog.from_touchpoints(history), [(0, 1, day)], lent)


def test_channel_is_an_attribute_like_any_other() -> None:
    """A channel that only stands among the attributes is read as one, by both engines."""
    lent = context()
    bound = Count(where="channel == 'web'").bind(lent)
    history = [Touchpoint("c", "visit", BEGIN, attributes={"channel": "web"})]
    day = Calendar("UTC").day_of(history[0].at_us)
    assert folded(bound, history) == 1
    assert asked(bound, TouchpointLog.from_touchpoints(history), [(0, 1, day)], lent) == [1]
