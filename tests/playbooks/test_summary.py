"""What plays amount to: per week, per customer, per role; losses beside them; who is forgotten; two set-ups."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.model import HeldPlay, Play, utc_of
from lifecycle.playbooks import (
    HeldColumns,
    PlayColumns,
    PlayKind,
    churn_overlap,
    contacts_per_customer,
    forgotten,
    load_by_role,
    play_diff,
    plays_by_week,
)

from .outcomes import DAY, HOUR, START, START_US

KINDS = (
    PlayKind("welcome", "0", "send_email", "email", ("marketing",)),
    PlayKind("welcome", "1", "call", "phone", ("success", "sales")),
    PlayKind("rescue", "0", "hand_over", "", ()),
)
UNTIL = START + timedelta(days=60)


def us(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def play(customer: str, kind: int, at_us: int, entered_us: int = START_US, occasion: str = "") -> Play:
    """A decided play."""
    found = KINDS[kind]
    return Play(
        key="", customer=customer, playbook=found.playbook, version="1", action=found.action, step=found.step,
        purpose="onboard", channel=found.channel, owners=found.owners, entered_us=entered_us, due_us=at_us,
        at_us=at_us, expires_us=at_us + DAY, why="", occasion=occasion,
    )  # fmt: skip


PLAYS = st.lists(
    st.builds(
        lambda number, kind, hour, entry: play(f"c{number}", kind, START_US + hour * HOUR, START_US - entry * DAY),
        st.integers(0, 5),
        st.integers(0, 2),
        st.integers(0, 24 * 50),
        st.integers(0, 3),
    ),
    max_size=25,
)


@given(PLAYS, st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York"]))
def test_weeks_are_those_of_the_zone(plays: list[Play], zone: str) -> None:
    """Against Python's dates: plays and roles of every week from Monday, weeks without a play too."""
    found = plays_by_week(PlayColumns.of(plays), zone=zone)
    dates = [utc_of(one.at_us).astimezone(ZoneInfo(zone)).date() for one in plays]
    mondays = [day - timedelta(day.weekday()) for day in dates]
    assert {week: n for week, n in zip(found["week"].tolist(), found["decided"], strict=True) if n} == Counter(mondays)
    assert (np.diff(found["week"]) == np.timedelta64(7, "D")).all()
    load = load_by_role(PlayColumns.of(plays), zone=zone)
    expected = Counter(
        (monday, role) for one, monday in zip(plays, mondays, strict=True) for role in one.owners or ("(nobody)",)
    )
    shown = {(row["week"], role): n for row in load.rows() for role, n in row.items() if role != "week" and n}
    assert shown == expected


@pytest.mark.smoke
def test_a_week_begins_at_the_midnight_of_the_zone() -> None:
    """Sunday 15:00 UTC is Monday in Tokyo."""
    sunday = us(datetime(2026, 1, 11, 15, tzinfo=UTC))
    plays = PlayColumns.of([play("ada", 0, sunday), play("ada", 1, sunday - 1)])
    assert plays_by_week(plays)["week"].tolist() == [date(2026, 1, 5)]
    assert plays_by_week(plays, zone="Asia/Tokyo")["week"].tolist() == [date(2026, 1, 5), date(2026, 1, 12)]


def test_a_play_held_every_day_is_one_held_play_of_the_week() -> None:
    """By policy and in all: tries of one play count once per week, also where two policies held it."""
    tries = [
        HeldPlay(play("ada", 0, START_US + day * DAY), policy, "", None)
        for day, policy in [(0, "quiet"), (1, "cap"), (2, "cap"), (8, "cap")]
    ]
    tries.append(HeldPlay(play("bo", 0, START_US), "cap", "", None))
    found = plays_by_week(PlayColumns.of([play("ada", 0, START_US + 15 * DAY)]), HeldColumns.of(tries))
    assert found.to_dict().keys() == {"week", "decided", "held", "held_by_quiet", "held_by_cap"}
    assert found["decided"].tolist() == [0, 0, 1]
    assert found["held"].tolist() == [2, 1, 0]
    assert found["held_by_cap"].tolist() == [2, 1, 0]
    assert found["held_by_quiet"].tolist() == [1, 0, 0]


def test_contacts_are_told_by_channel() -> None:
    """Mean, median, 95 % and most of the customers who were contacted; what needs no channel is no contact."""
    plays = [play(f"c{number}", 0, START_US + hour) for number in range(20) for hour in range(9 if number == 0 else 1)]
    plays += [play("c0", 1, START_US), play("c99", 2, START_US)]
    found = {row.pop("channel"): row for row in contacts_per_customer(PlayColumns.of(plays)).rows()}
    assert list(found) == ["email", "phone", "(all)"]
    assert found["email"] == {"plays": 28, "customers": 20, "mean": 1.4, "median": 1.0, "p95": 1, "most": 9}
    assert found["(all)"] == {"plays": 29, "customers": 20, "mean": 1.45, "median": 1.0, "p95": 1, "most": 10}


def test_nothing_gives_empty_tables() -> None:
    """Without a play: no week, no channel, no role, no loss, and no error."""
    nothing = PlayColumns.of([])
    for table in (plays_by_week(nothing, HeldColumns.of([])), contacts_per_customer(nothing), load_by_role(nothing)):
        assert len(table) == 0
    overlap = churn_overlap(nothing, [], [], until=UNTIL)
    assert overlap.reached.note == "undefined because nobody was lost"
    assert overlap.lost_after.note == "undefined because there is no play whose days after are over"
    found = play_diff(nothing, nothing)
    assert (len(found.by_playbook), len(found.plays)) == (0, 0)
    assert "undefined" in str(overlap)


@given(PLAYS, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 24 * 60)), max_size=10), st.integers(1, 30))
def test_overlap_is_that_of_a_slow_count(plays: list[Play], losses: list[tuple[int, int]], days: int) -> None:
    """Customer by customer: first loss with a play before it, first play with a loss after it, the open ones."""
    lost = [(f"c{number}", START_US + hour * HOUR) for number, hour in losses]
    found = churn_overlap(
        PlayColumns.of(plays), np.array([name for name, _ in lost], object), [at for _, at in lost],
        until=UNTIL - timedelta(days=15), days=days,
    )  # fmt: skip
    end, reached, after, n_open = us(UNTIL) - 15 * DAY, [], [], 0
    for name in [f"c{number}" for number in range(6)]:
        own = sorted(one.at_us for one in plays if one.customer == name and one.at_us < end)
        gone = sorted(at for who, at in lost if who == name and at < end)
        if gone:
            reached.append(any(gone[0] - days * DAY <= at < gone[0] for at in own))
        if own and own[0] + days * DAY >= end:
            n_open += 1
        elif own:
            after.append(any(own[0] < at <= own[0] + days * DAY for at in gone))
    assert (found.reached.numerator, found.reached.denominator) == (sum(reached), len(reached))
    assert (found.lost_after.numerator, found.lost_after.denominator) == (sum(after), len(after))
    assert found.n_open == n_open


@pytest.mark.parametrize(
    ("after_us", "reached", "lost_after"), [(0, 0, 0), (1, 1, 1), (30 * DAY, 1, 1), (30 * DAY + 1, 0, 0)]
)
def test_the_days_of_an_overlap_end_where_they_say(after_us: int, reached: int, lost_after: int) -> None:
    """A loss at the instant of the play is neither before nor after it; 30 days after it still is."""
    plays = PlayColumns.of([play("ada", 0, START_US)])
    found = churn_overlap(plays, np.array(["ada"]), [START_US + after_us], until=UNTIL)
    assert (found.reached.numerator, found.lost_after.numerator) == (reached, lost_after)


def test_an_overlap_is_over_with_the_first_instant_after_its_days() -> None:
    """The last instant of the 30 days must have happened."""
    plays = PlayColumns.of([play("ada", 0, us(UNTIL) - 30 * DAY), play("bo", 0, us(UNTIL) - 30 * DAY - 1)])
    found = churn_overlap(plays, [], [], until=UNTIL)
    assert (found.n_open, found.lost_after.denominator) == (1, 1)


def test_an_overlap_reads_as_sentences() -> None:
    """Shares with Wilson's interval, and what was left out."""
    plays = [play(f"c{number}", 0, START_US) for number in range(40)] + [play("late", 0, us(UNTIL) - DAY)]
    lost = [f"c{number}" for number in range(10)]
    found = churn_overlap(PlayColumns.of(plays), np.array(lost), np.full(10, START_US + DAY), until=UNTIL)
    assert (
        str(found)
        == """\
plays and losses within 30 days
  reached    100.0 % (72.2 to 100.0): 10 of 10 lost customers had a play before [only 10 customers: read it with care]
  lost after 25.0 % (14.2 to 40.2): 10 of 40 customers with a play were lost after it
  left out   customers 1: the days after their first play are not over"""
    )
    with pytest.raises(InvalidArgument, match="days=0"):
        churn_overlap(PlayColumns.of(plays), [], [], until=UNTIL, days=0)
    with pytest.raises(InvalidArgument, match="1 customers and 2 instants"):
        churn_overlap(PlayColumns.of(plays), ["ada"], [1, 2], until=UNTIL)


def test_the_forgotten_are_named_longest_first() -> None:
    """More than 20 days of 24 hours since the later of the last play and the last sign of life; never counts too."""
    end = us(UNTIL)
    names = ["ada", "bo", "cy", "di", "ed"]
    heard = np.array([end - 21 * DAY, end - 20 * DAY, end - 50 * DAY, end - 50 * DAY, "NaT"], "M8[us]")
    plays = [play("cy", 0, end - DAY), play("di", 0, end - 30 * DAY), play("di", 0, end), play("zo", 0, START_US)]
    found = forgotten(PlayColumns.of(plays), np.array(names), heard, until=UNTIL, days=20)
    assert found["customer"].tolist() == ["ed", "di", "ada"]
    assert found["days"].tolist()[1:] == [30, 21]
    assert np.isnat(found["last_play"]).tolist() == [True, False, True]
    assert np.isnat(found["last_heard"]).tolist() == [True, False, False]
    with pytest.raises(InvalidArgument, match=r"days=0\.5"):
        forgotten(PlayColumns.of(plays), np.array(names), heard, until=UNTIL, days=0.5)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="4 customers and 5 instants"):
        forgotten(PlayColumns.of(plays), np.array(names[:4]), heard, until=UNTIL, days=20)


def test_a_role_called_week_is_refused() -> None:
    """It would hide the column of weeks."""
    odd = attrs.evolve(play("ada", 0, START_US), owners=("week",))
    with pytest.raises(InvalidArgument, match="a role is called 'week'"):
        load_by_role(PlayColumns.of([odd]))


UNIQUE = PLAYS.map(
    lambda plays: list({(one.customer, one.playbook, one.step, one.entered_us): one for one in plays}.values())
)


@given(UNIQUE, UNIQUE)
def test_a_diff_tells_every_play_once(before: list[Play], after: list[Play]) -> None:
    """Against plain dictionaries; and the other way round, added is removed."""

    def keyed(plays: list[Play]) -> dict[tuple[str, str, str, int], Play]:
        return {(one.customer, one.playbook, one.step, one.entered_us): one for one in plays}

    old, new = keyed(before), keyed(after)
    expected = dict.fromkeys(new.keys() - old.keys(), "added") | dict.fromkeys(old.keys() - new.keys(), "removed")
    expected |= {key: "moved" for key in new.keys() & old.keys() if new[key].at_us != old[key].at_us}
    found = play_diff(PlayColumns.of(before), PlayColumns.of(after))
    told = {
        (row["customer"], row["playbook"], row["step"], us(row["entered"].replace(tzinfo=UTC))): row["what"]
        for row in found.plays.rows()
    }
    assert told == expected
    totals = {name: sum(values.tolist()) for name, values in found.by_playbook.to_dict().items() if name != "playbook"}
    assert (
        totals.get("before", 0)
        == len(before)
        == totals.get("same", 0) + totals.get("moved", 0) + totals.get("removed", 0)
    )
    assert totals.get("after", 0) == len(after)
    back = play_diff(PlayColumns.of(after), PlayColumns.of(before))
    assert (
        back.by_playbook.to_dict().get("added", np.zeros(0)).tolist()
        == found.by_playbook.to_dict().get("removed", np.zeros(0)).tolist()
    )


def test_another_action_at_a_step_is_a_change() -> None:
    """The same play by another channel is neither added nor removed; versions do not matter."""
    before = [play("ada", 0, START_US), play("bo", 1, START_US), play("cy", 2, START_US)]
    changed = attrs.evolve(before[0], channel="sms", version="2", at_us=START_US + DAY)
    moved = attrs.evolve(before[1], version="2", at_us=START_US + DAY)
    found = play_diff(PlayColumns.of(before), PlayColumns.of([changed, moved]))
    assert (
        str(found)
        == """\
plays of two set-ups
playbook  before  after  same  moved  changed  added  removed
  rescue       1      0     0      0        0      0        1
 welcome       2      2     0      1        1      0        0"""
    )
    assert {row["customer"]: row["what"] for row in found.plays.rows()} == {
        "ada": "changed",
        "bo": "moved",
        "cy": "removed",
    }
    gone = next(row for row in found.plays.rows() if row["what"] == "removed")
    assert (gone["before"], gone["after"]) == (datetime(2026, 1, 5), None)


def test_a_diff_refuses_numbers_against_texts() -> None:
    """Codes of one log and ids of another cannot be compared."""
    texts = PlayColumns.of([play("ada", 0, START_US)])
    numbers = PlayColumns(KINDS, np.array([0]), np.array([0]), np.array([START_US]), np.array([START_US]))
    with pytest.raises(InvalidArgument, match="some columns hold numbers and others texts"):
        play_diff(texts, numbers)


def test_held_columns_are_checked() -> None:
    """One policy per row, within the names."""
    plays = PlayColumns.of([play("ada", 0, START_US)])
    with pytest.raises(InvalidArgument, match="2 policies for 1 plays"):
        HeldColumns(plays, ("cap",), np.array([0, 0]))
    with pytest.raises(InvalidArgument, match="from 1 to 1"):
        HeldColumns(plays, ("cap",), np.array([1]))


def test_plays_of_some_playbooks_can_be_taken() -> None:
    """The rest is left out; the kinds stay."""
    plays = PlayColumns.of([play("ada", 0, START_US), play("ada", 2, START_US), play("bo", 1, START_US)])
    assert plays.of_playbooks("welcome").customer.tolist() == ["ada", "bo"]
    assert len(plays.of_playbooks("nothing")) == 0
