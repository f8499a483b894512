"""A gym with three members whose back-tests can be counted by hand.

Ann visits once, on 6 January, is quiet from the 17th and lost on the 26th. Bob comes every Wednesday. Cay is quiet from
the 17th until she comes again on the 21st, and then every Wednesday.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs

from lifecycle import (
    Count,
    CustomerMachine,
    Definition,
    Health,
    Last,
    Measure,
    Question,
    Segment,
    Signal,
    Since,
    Story,
    Timer,
    Touchpoint,
    TouchpointLog,
    replay,
    role,
)

TWO_WEEKS = Question("gone", horizon_days=14)
END = "2026-03-02"


class Gym(CustomerMachine):
    """Guests join and leave."""

    guest = role.prospect("Guest", initial=True)
    member = role.active("Member")
    gone = role.lost("Gone")
    joined = guest.to(member)
    left = member.to(gone)
    silence = member.to(gone)


GYM = Definition(
    Gym,
    name="gym",
    facts={
        "since_visit": Since("visit"),
        "visits_7d": Count("visit").within(7),
        "locker": Last("visit", of="locker", type="text"),
    },
    timers=[Timer("silence", 20)],
    signals=[Signal("quiet", "since_visit > 10"), Signal("new", "since_visit < 3", stages=("guest",))],
    segments=[Segment("regular", "visits_7d >= 1")],
    health=Health([Measure("since_visit", bad=20, good=0)], margin=0),
)


def day(month: int, number: int, hour: int = 12) -> datetime:
    """An instant of 2026."""
    return datetime(2026, month, number, hour, tzinfo=UTC)


def touchpoints() -> list[Touchpoint]:
    """What happened."""
    found = [Touchpoint(who, "joined", day(1, 5)) for who in ("ann", "bob", "cay")]
    found += [Touchpoint(who, "visit", day(1, 6)) for who in ("ann", "cay")]
    wednesdays = [day(1, 7) + timedelta(days=7 * week) for week in range(8)]
    found += [Touchpoint("bob", "visit", at) for at in wednesdays]
    found += [Touchpoint("cay", "visit", at) for at in wednesdays if at >= day(1, 21)]
    return found


def story(definition: Definition = GYM, until: str = END) -> Story:
    """The story until 2 March, a Monday."""
    return replay(definition, TouchpointLog.from_touchpoints(touchpoints()), until=until)


def evolved(**changes: object) -> Definition:
    """The gym with other signs."""
    return attrs.evolve(GYM, **changes)
