"""A small club: guests join, members leave; what happens to them, in plain steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from lifecycle import CustomerMachine, Definition, Story, Touchpoint, TouchpointLog, replay, role
from lifecycle.kpi import Cut, Earning, LoyaltyProgramme, Period, Tier


class Club(CustomerMachine):
    """Guest, member, gone."""

    guest, member, gone = role.prospect(initial=True), role.active(), role.lost()
    joined = guest.to(member) | gone.to(member)
    left = member.to(gone)


@cache
def club(zone: str = "UTC") -> Definition:
    """The definition, in one zone."""
    return Definition(Club, name="club", version="1", zone=zone, currency="EUR")


def touch(when: str, kind: str, who: str = "ada", amount: str | None = None, **known: Any) -> Touchpoint:
    """A touchpoint of 2026: `when` is 'MM-DD HH:MM' or 'MM-DD', or begins with another year."""
    text = when if len(when) > 11 or when[4:5] == "-" else f"2026-{when}"
    at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Touchpoint(who, kind, at, amount=amount, currency=amount and "EUR", attributes=known)


def story_of(touchpoints: Iterable[Touchpoint], until: str = "2028-01-01", zone: str = "UTC") -> Story:
    """What the club makes of touchpoints."""
    return replay(club(zone), TouchpointLog.from_touchpoints(touchpoints), until=until)


def cut_of(touchpoints: Iterable[Touchpoint], period: str = "2026", zone: str = "UTC") -> Cut:
    """A period of them."""
    return Cut(story_of(touchpoints, zone=zone), Period.of(period, zone))


def cafe(**changes: object) -> LoyaltyProgramme:
    """A point for each full 2 EUR, pending for a fortnight, for a year."""
    parts: dict[str, object] = {
        "earnings": [Earning("purchase", per_amount=2, pending_days=14), Earning("review", 5)],
        "tiers": [Tier("base", 0), Tier("silver", 20), Tier("gold", 50)],
        "hold_days": 100,
    }
    return LoyaltyProgramme(**(parts | changes))  # type: ignore[arg-type]


DRINKS = [
    touch("01-01 10:00", "joined"),
    touch("01-01 10:00", "purchase", amount="41.90"),
    touch("01-10 10:00", "review"),
    touch("01-12 10:00", "points_redeemed", points=3),
    touch("01-20 10:00", "points_redeemed", points=10),
    touch("02-01 10:00", "points_redeemed", points=30),
    touch("03-01 10:00", "purchase", amount="-41.90"),
    touch("03-01 11:00", "purchase", amount="3.99"),
]
