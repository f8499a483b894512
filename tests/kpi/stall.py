"""A market stall whose customers come, go and come back by touchpoints that say so: what these tests count by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from lifecycle import CustomerMachine, Definition, First, Last, Story, Touchpoint, TouchpointLog, replay, role
from lifecycle.kpi import Cut, Kpi, Period
from lifecycle.tally import Tally

START = datetime(2026, 1, 1, tzinfo=UTC)
END = "2026-07-01"


class Stall(CustomerMachine):
    """Visitors become customers, go, look again, and come back."""

    visitor = role.prospect("Visitor", initial=True)
    customer = role.active("Customer")
    gone = role.lost("Gone")
    looking = role.returning("Looking again")
    joined = visitor.to(customer) | gone.to(customer) | looking.to(customer)
    left = customer.to(gone) | looking.to(gone)
    looked = gone.to(looking)


STALL = Definition(
    Stall,
    name="stall",
    currency="EUR",
    facts={
        "source": First("welcomed", of="source", type="text"),
        "owner": Last(("welcomed", "owner_changed"), of="owner", type="text"),
        "discount": First("welcomed", of="discount"),
    },
)


def at(text: str) -> datetime:
    """An instant of 2026 in UTC: '03-01' or '03-01 12:00'."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def tp(customer: str, kind: str, when: str, amount: str | None = None, **attributes: Any) -> Touchpoint:
    """A touchpoint, with its amount in euros."""
    return Touchpoint(customer, kind, at(when), amount=amount, currency=amount and "EUR", attributes=attributes)


def story_of(touchpoints: Sequence[Touchpoint], until: str = END, definition: Definition = STALL) -> Story:
    """What the stall makes of them."""
    return replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=until)


def cut_of(touchpoints: Sequence[Touchpoint], period: Any = "2026-02", until: str = END) -> Cut:
    """A period of their story."""
    return Cut(story_of(touchpoints, until), Period.of(period, "UTC"))


def _one(draw: st.DrawFn) -> Touchpoint:
    customer = f"c{draw(st.integers(0, 5))}"
    kind = draw(st.sampled_from(("joined", "left", "looked", "purchase", "purchase", "refund", *_OTHERS)))
    # Whole hours of few days, so that touchpoints fall together and on the borders of periods.
    when = START + timedelta(days=draw(st.integers(0, 150)), hours=draw(st.sampled_from((0, 0, 9, 23))))
    amount = None
    if kind == "purchase" or (kind == "refund" and draw(st.booleans())):
        amount = f"{draw(st.integers(-20 if kind == 'purchase' else 0, 90))}.{draw(st.integers(10, 99))}"
    known: dict[str, Any] = {
        "order": draw(st.sampled_from((None, "", "o1", "o2", 3))),
        "offer": draw(st.sampled_from((None, "f1", "f2"))),
        "type": draw(st.sampled_from(("upsell", "cross_sell"))),
        "source": draw(st.sampled_from(("search", "event"))),
        "cost": draw(st.sampled_from((None, 0.07, 12.5))),
        "owner": draw(st.sampled_from(("ann", "bob"))),
        "reason": draw(st.sampled_from((None, "price", "moved"))),
    }
    given_names = {name: value for name, value in known.items() if value not in {None, ""}}
    return Touchpoint(customer, kind, when, amount=amount, currency=amount and "EUR", attributes=given_names)


_OTHERS = (
    "offer_made", "offer_accepted", "subscription_upgraded", "owner_changed", "welcomed", "win_back_attempted",
    "churn_reason",
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Touchpoint]:
    """Touchpoints of up to six customers over five months, of all kinds that these KPIs read."""
    return [_one(draw) for _ in range(draw(st.integers(1, 40)))]


def settled(kpi: Kpi, **settings: Any) -> Kpi:
    """A KPI with settings."""
    return kpi.using(settings)


def parts_added(kpi: Kpi, cut: Cut, colours: Sequence[int]) -> tuple[Tally, Tally]:
    """The tallies of three parts of the customers, added one way and the other."""
    colour = np.array(colours)[: cut.n_customers]
    one, two, three = (kpi(cut.of_customers(np.flatnonzero(colour == part))) for part in range(3))
    return (one + two) + three, three + (two + one)


def earlier(touchpoints: Sequence[Touchpoint], period: str) -> Cut | None:
    """The same period of the log that ends with it; None where nothing came before."""
    end = Period.of(period, "UTC").window.end
    known = [touchpoint for touchpoint in touchpoints if touchpoint.at < end]
    if not known:
        return None
    return Cut(replay(STALL, TouchpointLog.from_touchpoints(known), until=end), Period.of(period, "UTC"))
