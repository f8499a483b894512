"""References and texts that a source writes as numbers; money in filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lifecycle import (
    Count,
    CustomerMachine,
    Definition,
    Distinct,
    Last,
    Open,
    Touchpoint,
    TouchpointLog,
    replay,
    role,
)  # fmt: skip
from lifecycle.errors import DefinitionError
from lifecycle.rules import parse

FACTS = {
    "open": Open("ticket opened", "ticket closed", ref="ticket"),
    "tickets": Distinct("ticket opened", of="ticket"),
    "last": Last("ticket opened", of="ticket", type="text"),
    "sevens": Count("ticket opened", where="ticket == '7'"),
}
OPENED = [
    ([7, 8], {"open": 2, "tickets": 2, "last": "8", "sevens": 1}),
    ([7, "7", 7.0, Decimal(7), Decimal("7.00")], {"open": 1, "tickets": 1, "last": "7", "sevens": 5}),
    ([7.5, "a"], {"open": 2, "tickets": 1, "last": "a", "sevens": 0}),
    ([2**60, str(2**60)], {"open": 1, "tickets": 1, "last": str(2**60), "sevens": 0}),
    ([True, 1, 0], {"open": 2, "tickets": 2, "last": "0", "sevens": 0}),
]


def definition(**facts: object) -> Definition:
    """A lifecycle that reads some facts."""

    class Desk(CustomerMachine):
        new, known = role.prospect(initial=True), role.active()
        ticket_opened = new.to(known)

    return Definition(Desk, name="desk", facts=facts)


@pytest.mark.smoke
@pytest.mark.parametrize(("references", "expected"), OPENED)
def test_a_whole_number_is_the_text_of_its_digits(references: list[object], expected: dict[str, object]) -> None:
    """Live and in columns a reference 7 is the reference '7', and 7.5 is none."""
    desk, at = definition(**FACTS), datetime(2026, 1, 1, tzinfo=UTC)
    touchpoints = [
        Touchpoint("ada", "ticket opened", at + timedelta(hours=hour), attributes={"ticket": reference})
        for hour, reference in enumerate(references)
    ]
    step = desk.begin(touchpoints[0])
    for touchpoint in touchpoints[1:]:
        step = desk.advance(step.customer, touchpoint)
    row = next(replay(desk, TouchpointLog.from_touchpoints(touchpoints)).as_of("2026-01-02").rows())
    assert desk.facts_of(step.customer, at + timedelta(hours=20)) == expected
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("where", ["amount >= 50", "amount != score", "not (amount < 9.5)"])
def test_a_filter_over_money_needs_a_currency(where: str) -> None:
    """Without a currency the unit of an amount is not known."""
    with pytest.raises(DefinitionError, match="pass currency='EUR'"):
        definition(large=Count("order", where=where))


def test_the_sign_of_an_amount_needs_no_currency() -> None:
    """Zero is zero in every unit."""
    assert definition(returns=Count("order", where="amount < 0")).facts["returns"] == Count("order", where="amount < 0")


def test_a_number_means_the_digits_that_were_written() -> None:
    """A literal with more digits than a float holds keeps them all."""
    (atom,) = parse("spend <= 90071992547409.91").atoms
    assert str(atom.right.value) == "9007199254740991/100"
