"""Segments: who belongs at every moment, and since when; two-valued, everywhere, in declared order (S12)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from lifecycle import Definition, Story, Touchpoint, TouchpointLog, replay
from lifecycle.errors import InvalidArgument
from lifecycle.signs import Health, Measure, Segment, Signal

from .club import TICK, club, tp, utc
from .test_equality import column_run, live_run
from .worlds import sign_world

pytestmark = pytest.mark.smoke

JOINED = tp("joined", "2026-01-01T12:00")


def stays(
    definition: Definition, *touchpoints: Touchpoint, until: str
) -> list[tuple[str, str, str | None, str, str | None]]:
    """Memberships of the one customer: segment, start, end, causes; `segments_of` agrees at each start and end."""
    story = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=until)
    found = []
    for row in story.memberships().rows():
        start, end = row["start"], row["end"]
        assert agrees(definition, story, touchpoints, [start, *([] if end is None else [end])])
        found.append(
            (row["segment"], f"{start:%d %H:%M}", end and f"{end:%d %H:%M}", row["start_cause"], row["end_cause"])
        )
    return found


def agrees(definition: Definition, story: Story, touchpoints: tuple[Touchpoint, ...], at: list[datetime]) -> bool:
    """Whether live and columns say the same of memberships just before, at, and just after some instants."""
    for instant in at:
        for now in (instant - TICK, instant, instant + timedelta(hours=1)):
            moment = utc(now.isoformat())
            seen = [touchpoint for touchpoint in touchpoints if touchpoint.at <= moment]
            if not seen or moment + TICK > story.until:
                continue
            customer = definition.begin(seen[0]).customer
            for touchpoint in seen[1:]:
                customer = definition.advance(customer, touchpoint).customer
            live = {
                name: since.replace(tzinfo=None) for name, since in definition.segments_of(customer, moment).items()
            }
            columns = {
                name: row["since"]
                for name in (segment.name for segment in definition.segments)
                for row in story.segment(name, moment + TICK).rows()
            }
            assert live == columns
    return True


def test_a_member_while_the_condition_holds() -> None:
    """In by a touchpoint or a midnight, out by either, and in again: each stay with its dates and causes."""
    definition = club(segments=[Segment("active_week", "visits_7d >= 2")])
    visits = [tp("visit", f"2026-01-{day}T09:00") for day in ("02", "04", "12", "13")]
    assert stays(definition, JOINED, *visits, until="2026-01-16") == [
        ("active_week", "04 09:00", "09 00:00", "touchpoint", "time"),
        ("active_week", "13 09:00", None, "touchpoint", None),
    ]


def test_missing_is_false_in_a_segment() -> None:
    """Who has no score is not in a comparison, and is in its negation; a signal would keep what it was."""
    low, rest = Segment("low", "score <= 6"), Segment("rest", "not score <= 6")
    definition = club(Signal("low", "score <= 6"), segments=[low, rest])
    rated = tp("rated", "2026-01-03T09:00", score=5)  # stale on the 14th
    assert stays(definition, JOINED, rated, until="2026-01-20") == [
        ("low", "03 09:00", "14 00:00", "touchpoint", "time"),
        ("rest", "01 12:00", "03 09:00", "touchpoint", "touchpoint"),
        ("rest", "14 00:00", None, "time", None),
    ]
    story = replay(definition, TouchpointLog.from_touchpoints([JOINED, rated]), until="2026-01-20")
    assert len(story.signals()) == 1


def test_a_segment_has_no_stages_but_may_read_them() -> None:
    """Members are found in every stage, among leads and the lost too; leaving a stage is an ordinary touchpoint."""
    definition = club(segments=[Segment("all", "tenure >= 0"), Segment("gone", "stage == 'away' or stage == 'lead'")])
    touchpoints = [tp("mail", "2026-01-01T12:00"), tp("joined", "2026-01-02T12:00"), tp("left", "2026-01-05T12:00")]
    assert stays(definition, *touchpoints, until="2026-01-10") == [
        ("all", "01 12:00", None, "touchpoint", None),
        ("gone", "01 12:00", "02 12:00", "touchpoint", "touchpoint"),
        ("gone", "05 12:00", None, "touchpoint", None),
    ]
    silent = stays(definition, *touchpoints[:2], until="2026-05-01")
    assert silent[-1] == ("gone", "02 00:00", None, "time", None)  # 90 days without a touchpoint


def test_a_segment_reads_signals_and_health() -> None:
    """It changes at the instant at which a signal or the score does; without a score it does not hold."""
    health = Health([Measure("quiet", bad=10, good=0)])
    definition = club(
        Signal("quiet", "quiet > 5"), health=health,
        segments=[Segment("at_risk", "signal_quiet and visits >= 1"), Segment("ill", "health < 50")],
    )  # fmt: skip
    touchpoints = [
        JOINED,
        tp("visit", "2026-01-02T09:00"),
        tp("visit", "2026-01-12T09:00"),
        tp("left", "2026-01-13T09:00"),
    ]
    assert stays(definition, *touchpoints, until="2026-01-30") == [
        ("at_risk", "08 00:00", "12 09:00", "time", "touchpoint"),
        ("ill", "08 00:00", "12 09:00", "time", "touchpoint"),
    ]


def test_who_and_since_when() -> None:
    """The table of a segment: its members as of a moment with stage and the start of the present stay."""
    definition = club(segments=[Segment("buyers", "orders >= 1"), Segment("old", "tenure >= 3")])
    touchpoints = [
        tp("joined", "2026-01-01T12:00", "ann"), tp("order", "2026-01-02T09:00", "ann"),
        tp("joined", "2026-01-03T12:00", "bob"), tp("order", "2026-01-05T09:00", "cat"),
    ]  # fmt: skip
    story = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until="2026-01-08")
    assert list(story.segment("buyers").rows()) == [
        {"customer": "ann", "segment": "buyers", "stage": "trial", "since": datetime(2026, 1, 2, 9)},
        {"customer": "cat", "segment": "buyers", "stage": "lead", "since": datetime(2026, 1, 5, 9)},
    ]
    assert story.segment("buyers", "2026-01-05")["customer"].tolist() == ["ann"]
    assert story.segment("old", "2026-01-06T12:00+00:00")["customer"].tolist() == ["ann", "bob"]
    assert story.segment("old", "2026-01-06")["customer"].tolist() == ["ann"]  # the midnight itself is not yet over
    wide = story.signs_at("2026-01-07")
    assert (wide["buyers"].tolist(), wide["old"].tolist()) == ([True, False, True], [True, True, False])
    assert story.memberships("buyers")["customer"].tolist() == ["ann", "cat"]
    assert definition.segments_of(story.live("ann"), utc("2026-01-08")) == {
        "buyers": utc("2026-01-02T09:00"), "old": utc("2026-01-04T00:00"),
    }  # fmt: skip
    for ask in (story.segment, story.memberships):
        with pytest.raises(InvalidArgument, match="there is no segment 'buyer'; segments: buyers, old"):
            ask("buyer")


def test_a_segment_has_a_version_and_a_date() -> None:
    """They are kept for people, and enter the identity of the definition."""
    segment = Segment("buyers", "orders >= 1", version="2", dated=date(2026, 1, 1), text="Buyers", text_ja="購入者")
    assert (segment.version, segment.dated, segment.text_ja) == ("2", date(2026, 1, 1), "購入者")
    assert club(segments=[segment]).digest != club(segments=[Segment("buyers", "orders >= 1", version="2")]).digest


@pytest.mark.parametrize("first", range(300, 316, 8))
def test_memberships_are_the_segment_at_every_moment(first: int) -> None:
    """As of any moment the members are those with a stay around it, and nobody else; the live engine agrees."""
    for seed in range(first, first + 8):
        world = sign_world(seed, n_customers=5)
        if not world.definition.segments:
            continue
        story = column_run(world)
        begin = min(history[0].at for history in world.histories)
        for part in (0.3, 0.6, 0.9):
            at = begin + (world.until - begin) * part
            moment = at.replace(tzinfo=None)
            inside = {
                (row["segment"], row["customer"], row["start"])
                for row in story.memberships().rows()
                if row["start"] < moment and (row["end"] is None or row["end"] >= moment)
            }
            told = {
                (segment.name, row["customer"], row["since"])
                for segment in world.definition.segments
                for row in story.segment(segment.name, at).rows()
            }
            assert told == inside
            live = {
                (name, history[0].customer)
                for history in world.histories
                if history[0].at < at
                for name in world.definition.segments_of(live_run(world, history, at - TICK)[0], at - TICK)
            }
            assert live == {(name, customer) for name, customer, _ in told}
