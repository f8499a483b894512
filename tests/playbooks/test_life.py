"""The life of a play: the table against python-statemachine, the records, and what flows back into history."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.chart import current_leaf, machine_at, machine_variant, mermaid
from lifecycle.errors import InvalidArgument
from lifecycle.model import DroppedPlay, HeldPlay, Touchpoint
from lifecycle.playbooks import (
    OPEN_STATES,
    PLAY_STATES,
    Outcome,
    PlayEvent,
    PlayLife,
    PlayRecord,
    PlayState,
    play_life,
    state_after,
)
from lifecycle.rules import Context, bind_facts
from tests.playbooks.making import NOW, decided, play

pytestmark = pytest.mark.smoke

DOCS = Path(__file__).parents[2] / "docs"
EVENTS = get_args(PlayEvent)
VARIANT = machine_variant(PlayLife, bind_facts({}, Context({}, None, 0)))
MOVES = {
    "hold": PlayRecord.hold,
    "decide": PlayRecord.decide,
    "skip": PlayRecord.skip,
    "revoke": PlayRecord.revoke,
    "expire": PlayRecord.expire,
    "dispatch": PlayRecord.dispatch,
    "complete": PlayRecord.complete,
    "doubt": PlayRecord.doubt,
    "fail": PlayRecord.fail,
    "retry": PlayRecord.retry,
}


def test_the_states_and_events_are_those_of_the_chart() -> None:
    """The names that types know are those of the machine class, in its order; the initial state comes first."""
    chart = play_life()
    assert tuple(stage.id for stage in chart.stages) == PLAY_STATES == get_args(PlayState)
    assert set(chart.events) == set(EVENTS) == set(MOVES)
    assert chart.initial == 0


def test_every_state_has_a_name_in_japanese() -> None:
    """Each state has a Japanese name of its own."""
    names = [stage.label_ja for stage in play_life().stages]
    assert len(set(names)) == len(names)
    assert not any(name.isascii() for name in names)


def test_open_states_are_the_prospects_of_the_chart() -> None:
    """A play is open in the states whose role says that it is still to be carried out."""
    assert tuple(stage.id for stage in play_life().stages if stage.role == "prospect") == OPEN_STATES


def walk(record: PlayRecord, event: str) -> PlayRecord | None:
    """The record after an event; None where it is refused."""
    try:
        return MOVES[event](record, NOW)
    except InvalidArgument:
        return None


@given(st.sampled_from(PLAY_STATES), st.lists(st.sampled_from(EVENTS), max_size=12))
def test_records_walk_as_python_statemachine_does(state: PlayState, events: list[str]) -> None:
    """On any sequence of events a record stands where a live machine stands, and refuses what the machine ignores."""
    machine = machine_at(VARIANT, state, {}.get)
    record = attrs.evolve(decided(), state=state)
    for event in events:
        allowed = {str(one) for one in machine.allowed_events}
        moved = walk(record, event)
        assert (moved is not None) == (event in allowed)
        machine.send(event)
        record = moved or record
        assert record.state == current_leaf(machine)


@pytest.mark.parametrize("state", PLAY_STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_every_pair_of_state_and_event_is_as_in_the_machine(state: PlayState, event: PlayEvent) -> None:
    """For each state and event the table leads where a live machine goes, or refuses where nothing happens."""
    machine = machine_at(VARIANT, state, {}.get)
    able = event in {str(one) for one in machine.allowed_events}
    machine.send(event)
    if able:
        assert state_after(state, event) == current_leaf(machine)
    else:
        with pytest.raises(InvalidArgument, match=f"a play that is '{state}' cannot '{event}'"):
            state_after(state, event)


@pytest.mark.parametrize("state", ["dispatched", "unknown", "done", "failed", "revoked", "expired", "skipped"])
def test_only_a_retry_brings_a_play_back(state: PlayState) -> None:
    """From where its hook may have been called, nothing but 'retry' makes a play open again."""
    back = {event for event in EVENTS if (moved := walk(attrs.evolve(decided(), state=state), event)) and moved.is_open}
    assert back == ({"retry"} if state in ("dispatched", "unknown") else set())


def test_a_forbidden_move_is_named_with_its_play_state_and_event() -> None:
    """The message says which play, where it stands, what was asked of it, and what is possible there."""
    record = decided().dispatch(NOW)
    with pytest.raises(InvalidArgument) as told:
        record.dispatch(NOW)
    assert str(told.value) == (
        f"play {record.play.key!r}: a play that is 'dispatched' cannot 'dispatch'; "
        "possible there: complete, doubt, fail, retry"
    )
    with pytest.raises(InvalidArgument, match="'done' cannot 'fail'; nothing happens to it any more"):
        record.complete(NOW).fail(NOW)


def test_a_move_gives_a_new_record() -> None:
    """The record before a move stays as it was."""
    record = decided()
    gone = record.dispatch(NOW)
    assert (record.state, record.attempts) == ("decided", 0)
    assert (gone.state, gone.attempts, gone.at) == ("dispatched", 1, NOW)


def test_attempts_are_those_given_to_a_hook() -> None:
    """Each dispatch counts; what is said of an attempt does not stay with the next one."""
    record = decided().dispatch(NOW).retry(NOW, "busy", error="OSError")
    assert (record.attempts, record.reason, record.error) == (1, "busy", "OSError")
    again = record.dispatch(NOW)
    assert (again.attempts, again.reason, again.error) == (2, "", "")


def test_what_becomes_of_a_play_is_never_dated_before_it() -> None:
    """A host whose clock is behind does not write an outcome older than the play."""
    behind = datetime(2026, 1, 1, tzinfo=UTC)
    assert decided().dispatch(behind).complete(behind).at_us == play().at_us


def test_a_moment_without_zone_is_refused() -> None:
    """A naive time means nothing to a record."""
    with pytest.raises(InvalidArgument, match="'now' has no time zone"):
        decided().dispatch(datetime(2026, 3, 2))


def test_records_are_made_of_all_that_a_step_gives() -> None:
    """Decided, held and dropped plays become records with their state and reason."""
    held = HeldPlay(play(), "quiet_hours", "it is night", None)
    dropped = [DroppedPlay(play(), state, "its run ended") for state in ("revoked", "expired", "skipped")]
    records = [PlayRecord.of(one) for one in (play(), held, *dropped)]
    assert [record.state for record in records] == ["decided", "held", "revoked", "expired", "skipped"]
    assert [record.reason for record in records[:3]] == ["", "quiet_hours: it is night", "its run ended"]
    with pytest.raises(InvalidArgument, match="'ada' is no play of a step"):
        PlayRecord.of("ada")  # type: ignore[arg-type]


def test_a_held_play_can_be_decided_or_end() -> None:
    """A play that is held may be held again, and then be decided, expire or be revoked."""
    held = PlayRecord.of(HeldPlay(play(), "cap", "one a week", None)).hold(NOW, "still")
    assert (held.state, held.reason, held.at) == ("held", "still", NOW)
    assert [held.decide(NOW).state, held.expire(NOW).state, held.revoke(NOW, "exit").state] == [
        "decided",
        "expired",
        "revoked",
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"play": "ada"}, "'ada' is no Play"),
        ({"state": "sent"}, "state 'sent' is not one of due, held"),
        ({"at_us": -1}, "at_us -1 is not a whole number"),
        ({"attempts": True}, "attempts True is not a whole number"),
    ],
)
def test_a_record_of_the_wrong_kind_is_refused(fields: dict[str, Any], message: str) -> None:
    """Each field of a record is checked when it is built."""
    with pytest.raises(InvalidArgument, match=message):
        attrs.evolve(decided(), **fields)


def test_a_record_reads_as_a_line() -> None:
    """A record says what, for whom, where it stands and why; foreign control signs do not get through."""
    record = decided().dispatch(NOW).retry(NOW, "busy").dispatch(NOW).fail(NOW, "refused:\n  no\x1b[2J such\u202e box")
    assert str(record) == "send_email for ada: failed after 2 attempts on 2026-03-02 09:00: refused: no�[2J such� box"
    assert len(decided().revoke(NOW, "x" * 10_000).reason) == 500


def test_a_record_flows_back_as_a_touchpoint() -> None:
    """A record turns into a `play_outcome` with key, playbook, action, outcome, cost and what the hook said."""
    said = Outcome("done", note="message 17", cost=0.25, attributes={"provider": "post"})
    told = decided().dispatch(NOW).complete(NOW, "sent", outcome=said).touchpoint()
    assert isinstance(told, Touchpoint)
    assert (told.customer, told.kind, told.at, told.channel) == ("ada", "play_outcome", NOW, "email")
    assert dict(told.attributes) == {
        "key": play().key,
        "playbook": "welcome",
        "version": "1",
        "action": "send_email",
        "step": "0",
        "purpose": "onboard",
        "outcome": "done",
        "attempts": 1,
        "cost": 0.25,
        "reason": "sent",
        "note": "message 17",
        "provider": "post",
    }


@pytest.mark.parametrize(("state", "cost"), [("done", 0.5), ("failed", 0.0), ("unknown", 0.0), ("decided", 0.0)])
def test_only_what_was_done_costs(state: PlayState, cost: float) -> None:
    """Without a word from the hook, a play costs what its action says where it was done."""
    record = attrs.evolve(decided(), state=state)
    assert record.cost == record.touchpoint().attribute("cost") == cost


@pytest.mark.parametrize("state", PLAY_STATES)
def test_every_record_turns_into_a_touchpoint(state: PlayState) -> None:
    """In any state, with any text, the outcome is named; occasion and contact are there where the play has them."""
    odd = attrs.evolve(play(), occasion="order 7", contact="bob", channel="")
    told = attrs.evolve(decided(), play=odd, state=state, reason="\ud800\0 odd").touchpoint()
    assert told.attribute("outcome") == state
    assert (told.attribute("occasion"), told.attribute("contact"), told.channel) == ("order 7", "bob", None)


def test_the_touchpoint_of_a_record_has_one_id() -> None:
    """The same record has the same id; another outcome, moment or attempt has another."""
    unknown = decided().dispatch(NOW).doubt(NOW)
    later = unknown.complete(NOW + timedelta(hours=1))
    ends = (unknown, unknown.fail(NOW), unknown.complete(NOW), later, attrs.evolve(unknown, attempts=2))
    assert len({record.touchpoint().id for record in ends}) == 5
    assert unknown.touchpoint() == decided().dispatch(NOW).doubt(NOW).touchpoint()


def test_the_page_holds_the_picture() -> None:
    """The how-to page shows the life of a play as the chart draws it."""
    page = (DOCS / "how-to" / "carry-out-plays.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{mermaid(play_life())}```" in page


def test_the_page_holds_the_table() -> None:
    """The reference page lists every event with the states that it leads from and to, and no other."""
    page = (DOCS / "reference" / "dispatch.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)\(now[^|]*\| ([\w, ]+) \| (\w+) \|", page, re.MULTILINE)
    written = {(state, event): target for event, states, target in rows for state in states.split(", ")}
    stages = play_life().stages
    drawn = {(stages[leaf].id, event): stages[one.target].id for (leaf, event), (one,) in play_life().routes.items()}
    assert written == drawn
