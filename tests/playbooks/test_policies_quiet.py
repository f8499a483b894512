"""Quiet hours: what the clock on the customer's wall shows, checked with zoneinfo directly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest

from lifecycle.errors import DefinitionError
from lifecycle.playbooks import Action, Playbook, QuietHours, happened

from .gym import gym, live, touch
from .policing import (
    CALL,
    EPOCH,
    HOUR_US,
    MICROSECOND,
    MINUTE_US,
    NOON,
    OFFER,
    PASSES,
    RECEIPT,
    SETUP,
    ZONE,
    Case,
    columns,
    judged,
    until,
    us,
)

ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "America/Asuncion", "America/Chicago",
    "America/Denver", "America/Halifax", "America/Havana", "America/Los_Angeles", "America/Mexico_City",
    "America/Miquelon", "America/New_York", "America/Nuuk", "America/Phoenix", "America/Santiago",
    "America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll", "Asia/Amman", "Asia/Beirut", "Asia/Gaza",
    "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tehran", "Asia/Tokyo",
    "Atlantic/Azores", "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin",
    "Europe/Chisinau", "Europe/Dublin", "Europe/London", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham",
    "Pacific/Easter", "Pacific/Norfolk",
)  # fmt: skip
YEAR = 2022
"""Tehran, Amman and Asuncion still changed their clocks."""


def wall(zone: str, at_us: int) -> datetime:
    """What the clock of a zone shows."""
    return (EPOCH + timedelta(microseconds=at_us)).astimezone(ZoneInfo(zone))


def is_quiet(zone: str, at_us: int) -> bool:
    """Whether it is between 21:00 and 08:00 by the clock."""
    return not 8 <= wall(zone, at_us).hour < 21


@lru_cache
def nights(zone: str) -> list[int]:
    """The hours of the year before which clocks changed; two others where they never do."""
    hours = [us(YEAR, 1, 1) + hour * HOUR_US for hour in range(366 * 24)]
    offsets = [wall(zone, hour).utcoffset() for hour in hours]
    changes = [hours[place] for place in range(1, len(hours)) if offsets[place] != offsets[place - 1]]
    return changes or [us(YEAR, 3, 27), us(YEAR, 10, 30)]


def instants(zone: str) -> Iterator[int]:
    """Instants around the nights, 7 minutes apart, and the edges of minutes and hours."""
    for night in nights(zone):
        yield from range(night - 30 * HOUR_US, night + 30 * HOUR_US, 7 * MINUTE_US)
        for hour in range(-30, 30):
            yield from (night + hour * HOUR_US + extra for extra in (-1, 0, 1, 30 * MINUTE_US - 1, 30 * MINUTE_US))


class Quietly:
    """A policy made for tests: as `QuietHours`, with something wrong."""

    keeps_us = 0

    def __init__(self, policy: QuietHours, *, zone: str | None = None, late_us: int = 0, never: bool = False) -> None:
        self.bound, self.zone, self.late_us, self.never = policy.bind(SETUP), zone, late_us, never

    def next_us(self, zone: str, at_us: int) -> int | None:
        """When a play would be let through."""
        if self.never:
            return at_us
        attempt = Case(at_us=at_us, facts={ZONE: self.zone or zone}).attempt
        block = self.bound.judge(attempt)
        return at_us if block is None else None if block.next_us is None else block.next_us + self.late_us


def violations(policy: Quietly) -> list[str]:
    """Where a play would be let through in quiet hours, lost, or let through later than needed."""
    found = []
    for zone in ZONES:
        for at_us in instants(zone):
            next_us = policy.next_us(zone, at_us)
            if next_us is None or next_us < at_us:
                found.append(f"{zone} {wall(zone, at_us)}: lost")
            elif is_quiet(zone, next_us):
                found.append(f"{zone} {wall(zone, at_us)}: let through at {wall(zone, next_us)}")
            elif next_us > at_us and not (is_quiet(zone, at_us) and is_quiet(zone, next_us - 1)):
                found.append(f"{zone} {wall(zone, at_us)}: held for too long, until {wall(zone, next_us)}")
            if found and len(found) > 10:
                return found
    return found


def test_the_zones_change_their_clocks() -> None:
    """There are 40 zones, and most of them have such nights; one has clocks that change by half an hour."""
    assert len(set(ZONES)) == 40
    changing = [zone for zone in ZONES if wall(zone, nights(zone)[0] - HOUR_US).utcoffset() != wall(zone, nights(zone)[0]).utcoffset()]  # fmt: skip  # noqa: E501
    assert len(changing) >= 28
    assert "Australia/Lord_Howe" in changing


def test_no_play_in_quiet_hours_and_none_lost() -> None:
    """When clocks change, in 40 zones: no play between 21:00 and 08:00, none lost, none held longer."""
    assert violations(Quietly(QuietHours("21:00", "08:00"))) == []


def test_in_columns_too() -> None:
    """The same for many attempts at once."""
    bound = QuietHours("21:00", "08:00").bind(SETUP)
    asked = [(zone, at_us) for zone in ZONES for at_us in list(instants(zone))[::5]]
    cases = [Case(at_us=at_us, facts={ZONE: zone}) for zone, at_us in asked]
    for (zone, at_us), next_us in zip(asked, bound.judge_all(columns(cases)).tolist(), strict=True):
        assert (next_us == PASSES) is not is_quiet(zone, at_us)
        assert next_us == PASSES or (not is_quiet(zone, next_us) and is_quiet(zone, next_us - 1) and next_us > at_us)


@pytest.mark.parametrize(
    "mutant",
    [
        Quietly(QuietHours("21:00", "07:59")),
        Quietly(QuietHours("21:01", "08:00")),
        Quietly(QuietHours("20:59", "08:00")),
        Quietly(QuietHours("21:00", "08:01")),
        Quietly(QuietHours(), zone="UTC"),
        Quietly(QuietHours(), zone="Europe/Paris"),
        Quietly(QuietHours(), never=True),
        Quietly(QuietHours(), late_us=-1),
        Quietly(QuietHours(), late_us=1),
        Quietly(QuietHours(), late_us=HOUR_US),
        Quietly(QuietHours(), late_us=-HOUR_US),
    ],
    ids=["ends early", "begins late", "begins early", "ends late", "in UTC", "in Paris", "disabled", "a tick early",
         "a tick late", "an hour late", "an hour early"],
)  # fmt: skip
def test_what_is_wrong_is_found(mutant: Quietly) -> None:
    """Off by a minute or a microsecond, the wrong zone, or none at all: the check of the nights sees it."""
    assert violations(mutant)


def test_a_fixed_offset_is_found() -> None:
    """Who takes the offset of the evening for the whole night is an hour off on two mornings a year."""

    class Fixed(Quietly):
        def next_us(self, zone: str, at_us: int) -> int | None:
            if not is_quiet(zone, at_us):
                return at_us
            now = wall(zone, at_us)
            morning = now.replace(hour=8, minute=0, second=0, microsecond=0, tzinfo=None)
            morning += timedelta(days=1) if now.hour >= 21 else timedelta()
            offset = now.utcoffset()
            assert offset is not None
            return (morning.replace(tzinfo=UTC) - offset - EPOCH) // MICROSECOND

    assert violations(Fixed(QuietHours()))


# --- what is declared -------------------------------------------------------------------------------------------------


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("at_us", "expected"),
    [
        (us(2026, 6, 1, 20, 59), PASSES),
        (us(2026, 6, 1, 21), us(2026, 6, 2, 8)),
        (us(2026, 6, 2, 3), us(2026, 6, 2, 8)),
        (us(2026, 6, 2, 8) - 1, us(2026, 6, 2, 8)),
        (us(2026, 6, 2, 8), PASSES),
    ],
)
def test_over_midnight(at_us: int, expected: int) -> None:
    """The start belongs to the quiet, the end does not; what is held goes out in the morning."""
    assert until(QuietHours(), Case(at_us=at_us, facts={ZONE: "UTC"})) == expected


@pytest.mark.parametrize(("clock", "expected"), [(11, PASSES), (12, 14), (13, 14), (14, PASSES)])
def test_within_a_day(clock: int, expected: int) -> None:
    """Quiet hours may also lie within one day."""
    found = until(QuietHours("12:00", "14:00"), Case(at_us=us(2026, 6, 1, clock), facts={ZONE: "UTC"}))
    assert found == (expected if expected == PASSES else us(2026, 6, 1, expected))


def test_until_midnight() -> None:
    """An end at 00:00 is the end of the day."""
    policy = QuietHours("22:00", "00:00")
    assert until(policy, Case(at_us=us(2026, 6, 1, 23, 59), facts={ZONE: "UTC"})) == us(2026, 6, 2)
    assert until(policy, Case(at_us=us(2026, 6, 2), facts={ZONE: "UTC"})) == PASSES


@pytest.mark.parametrize(
    ("at_us", "expected"),
    [
        (us(2026, 6, 5, 20), PASSES),
        (us(2026, 6, 5, 22), us(2026, 6, 8, 8)),
        (us(2026, 6, 6, 12), us(2026, 6, 8, 8)),
        (us(2026, 6, 7, 23, 59), us(2026, 6, 8, 8)),
        (us(2026, 6, 8, 8), PASSES),
    ],
    ids=["Friday evening", "Friday night", "Saturday", "Sunday night", "Monday"],
)
def test_quiet_days(at_us: int, expected: int) -> None:
    """A quiet weekend joins the nights around it, over the end of the week too."""
    policy = QuietHours(days=("saturday", "sunday"))
    assert until(policy, Case(at_us=at_us, facts={ZONE: "UTC"})) == expected


def test_a_quiet_monday_alone() -> None:
    """A quiet Monday with hours by day: the week begins with the quiet, and ends without."""
    policy = QuietHours("12:00", "13:00", days="monday")
    assert until(policy, Case(at_us=us(2026, 6, 8), facts={ZONE: "UTC"})) == us(2026, 6, 9)
    assert until(policy, Case(at_us=us(2026, 6, 8) - 1, facts={ZONE: "UTC"})) == PASSES


def test_an_hour_shown_twice_is_quiet_twice() -> None:
    """Where quiet ends at 02:30 and clocks go back from 03:00 to 02:00, it is quiet again for half an hour."""
    policy, zone = QuietHours("21:00", "02:30"), {ZONE: "Europe/Berlin"}
    first, second = us(2026, 10, 25, 0, 30), us(2026, 10, 25, 1, 30)
    assert until(policy, Case(at_us=first - 1, facts=zone)) == first
    assert until(policy, Case(at_us=first, facts=zone)) == PASSES
    assert until(policy, Case(at_us=second - HOUR_US // 2, facts=zone)) == second


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Asia/Tokyo", us(2026, 6, 1, 23)), (None, PASSES), ("Not/AZone", PASSES), ("", PASSES)],
)
def test_the_zone_of_the_customer(zone: str | None, expected: int) -> None:
    """The customer's zone counts; without one that exists, that of the definition (Berlin)."""
    facts = {} if zone is None else {ZONE: zone}
    assert until(QuietHours(), Case(at_us=NOON, facts=facts)) == expected


def test_who_waits_is_not_kept_waiting() -> None:
    """A transactional play passes at night; others do not, whatever their channel."""
    night = us(2026, 6, 1, 23)
    assert judged(QuietHours(), Case(RECEIPT, night)) is None
    assert all(judged(QuietHours(), Case(action, night)) is not None for action in (OFFER, CALL))


def test_the_reason() -> None:
    """The reason names the hours, the days and the zone."""
    block = judged(QuietHours("21:00", "08:00", days="sunday"), Case(at_us=us(2026, 6, 1, 23)))
    assert block is not None
    assert block.reason == "quiet 21:00–08:00, sunday in Europe/Berlin"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (("25:00", "08:00"), "time of day: '25:00' is not a local time such as '09:00'"),
        (("21:00", "21:00"), "it starts and ends at 21:00; name two times"),
        (("21:00", "08:00", ("Sunday",)), "quiet day: 'Sunday' is not one of monday, tuesday"),
        (("21:00", "08:00", ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
         "every day is quiet, so nothing would ever pass"),
    ],
    ids=["no time", "no length", "no day", "every day"],
)  # fmt: skip
def test_what_is_refused(fields: tuple[str, ...], message: str) -> None:
    """Times and days that mean nothing are refused when it is declared."""
    start, end, *days = fields
    with pytest.raises(DefinitionError, match=message):
        QuietHours(start, end, days=days[0] if days else ())


def test_live() -> None:
    """A play that is due at night goes out in the morning of the customer's zone."""
    book = Playbook("hello", on=happened("visit"), steps=[Action("write", channel="email")])
    story = live(
        gym(book, policies=[QuietHours()]),
        [touch("01-01 09:00", "welcomed", zone="America/New_York"), touch("01-06 03:00", "visit")],
        "02-01",
    )
    assert story.plays == [("01-06 13:00", "write")]
    assert [(held.policy, held.reason) for held in story.of("held")] == [
        ("quiet_hours", "quiet 21:00–08:00 in America/New_York")
    ]
