"""A small shop, its lifecycle and a few customers: what the examples of these tests speak of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from lifecycle import (
    Count,
    CustomerMachine,
    Definition,
    Flag,
    InStage,
    Last,
    Mean,
    Since,
    State,
    Story,
    Sum,
    Timer,
    Touchpoint,
    TouchpointLog,
    replay,
    role,
)

BEGIN = datetime(2024, 1, 30, 12, tzinfo=UTC)
FACTS = {
    "purchases": Count("bought"),
    "purchases_30d": Count("bought").within(30),
    "spend": Sum("bought"),
    "mean_spend": Mean("bought"),
    "plan": Last("profile set", of="plan", type="text"),
    "renewal": Last("profile set", of="renewal", type="date"),
    "is_member": Flag("joined"),
    "since_visit": Since("visit", otherwise="missing"),
    "days_here": InStage(),
}
TIMERS = (Timer("silence", 45, "bought"), Timer("cooled", 30, "bought", every_days=10))


class Shop(CustomerMachine):
    """Leads who buy, become loyal, fall silent and come back."""

    lead = role.prospect("Lead", ja="見込み", initial=True)

    class active(State.Compound):  # noqa: N801 (its name is its id)
        """Who buys."""

        new = role.active("New", initial=True)
        loyal = role.active("Loyal")
        bought = new.to(loyal, cond="purchases >= 3 and spend >= 59.90")
        cooled = loyal.to(new, cond="purchases_30d == 0")

    lost = role.lost("Lost")
    back = role.returning("Back")
    bought = lead.to(active) | lost.to(back) | back.to(active.loyal, unless="spend < 10")
    visit = lead.to.itself() | lost.to(back, cond="days_here >= 3 and is_member")
    silence = active.to(lost)


def shop(zone: str = "UTC", **changes: object) -> Definition:
    """The definition of the shop."""
    parts = {"currency": "EUR", "events": {"bought": ["order completed"]}, "facts": FACTS, "timers": TIMERS}
    return Definition(Shop, name="shop", zone=zone, **{**parts, **changes})  # type: ignore[arg-type]


def tp(customer: str, kind: str, day: float = 0, amount: object = None, **attributes: object) -> Touchpoint:
    """A touchpoint so many days after noon of 30 January 2024 UTC."""
    at, currency = BEGIN + timedelta(days=day), None if amount is None else "EUR"
    return Touchpoint(customer, kind, at, amount=amount, currency=currency, attributes=attributes)  # type: ignore[arg-type]


ANN = (
    tp("ann", "visit", 0),
    tp("ann", "Order Completed", 1, "19.90"),
    tp("ann", "order_completed", 8, 20),
    tp("ann", "profile_set", 8.25, plan="pro", renewal="2024-12-24"),
    tp("ann", "bought", 8.5, "20.00"),
    tp("ann", "visit", 9),
)
"""Loyal on the third purchase, of 59.90 in all; then silent."""
BO = (tp("bo", "visit", 10), tp("bo", "mystery", 11))
"""Looks in, and does something that nobody knows."""
CY = (
    tp("cy", "bought", 2, 5),
    tp("cy", "joined", 3),
    tp("cy", "stage_set", 4, stage="lost", who="Dee", why="moved away"),
    tp("cy", "visit", 6),
    tp("cy", "visit", 7),
    tp("cy", "bought", 7.5, 2),
    tp("cy", "bought", 8, 4),
)
"""Set to lost by hand, comes back by a visit, is won by the second purchase."""


def log_of(*histories: tuple[Touchpoint, ...]) -> TouchpointLog:
    """The log of some histories."""
    return TouchpointLog.from_touchpoints(touchpoint for history in histories for touchpoint in history)


@cache
def story() -> Story:
    """The story of Ann, Bo and Cy until the end of March."""
    return replay(shop(), log_of(ANN, BO, CY), until="2024-04-01")
