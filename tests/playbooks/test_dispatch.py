"""Dispatch: each play on its own, never twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.chart import CustomerMachine, role
from lifecycle.definition import Definition
from lifecycle.errors import InvalidArgument
from lifecycle.model import Play, Touchpoint
from lifecycle.playbooks import (
    Action,
    Cap,
    Hooks,
    Outcome,
    Playbook,
    PlayRecord,
    Retry,
    dispatch,
    dispatching,
    entered,
    records_of,
)
from tests.playbooks.making import NOW, decided, play, plays, states

pytestmark = pytest.mark.smoke


def hooks_of(function: Callable[..., Any], *, attempts: int = 3) -> Hooks:
    """A register with one hook."""
    hooks = Hooks(retry=Retry(attempts=attempts))
    hooks.on("send_email")(function)
    return hooks


class Post:
    """A provider that refuses some recipients and remembers whom it wrote to."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.sent: list[str] = []
        self.asked: list[str] = []

    def send(self, play: Play) -> None:
        """Sends, or refuses."""
        self.asked.append(play.customer)
        if play.customer in self.refused:
            raise ConnectionRefusedError(f"550 no such box: {play.customer}")
        self.sent.append(play.customer)


def test_one_refused_recipient_does_not_make_the_batch_resend() -> None:
    """As in mautic #7226: one of ten is refused; whatever is dispatched again, each of the others gets one message."""
    post, batch, done = Post("c4"), plays(10), set[str]()
    hooks = hooks_of(post.send)
    for _ in range(5):
        records = dispatch(batch, hooks, now=NOW, done_keys=done)
        done |= {record.play.key for record in records if not record.is_open}
    assert post.sent == [f"c{number}" for number in range(10) if number != 4]
    assert post.asked.count("c4") == 3
    assert done == {one.key for one in batch}


def test_an_error_concerns_its_own_play_only() -> None:
    """The plays behind a failing one are carried out; the failing one says what was raised, and how often."""
    records = dispatch(plays(3), hooks_of(Post("c1").send), now=NOW)
    assert states(records) == {"c0": "done", "c1": "failed", "c2": "done"}
    failed = records[1]
    assert (failed.attempts, failed.error) == (3, "ConnectionRefusedError")
    assert failed.reason == "ConnectionRefusedError: 550 no such box: c1"
    assert failed.touchpoint().attribute("error") == "ConnectionRefusedError"


class Refused(Exception):
    """An error of the host."""

    def __str__(self) -> str:
        raise RuntimeError("and it cannot be shown")


def test_an_error_that_cannot_be_shown_is_named() -> None:
    """An error of a host is named with its module, also where its text fails."""

    def hook(play: Play) -> None:
        raise Refused

    (record,) = dispatch([play()], hooks_of(hook), now=NOW)
    assert record.error == f"{__name__}.Refused"
    assert record.reason == f"{__name__}.Refused: its text cannot be shown"


def failing(times: int, error: BaseException, given: list[tuple[int, int]]) -> Callable[..., None]:
    """A hook that raises so often, and notes which attempt it was told of."""

    def hook(play: Play, *, attempt: int, record: PlayRecord) -> None:
        given.append((attempt, record.attempts))
        if len(given) <= times:
            raise error

    return hook


@pytest.mark.parametrize(("attempts", "times", "state"), [(3, 2, "done"), (3, 3, "failed"), (1, 1, "failed")])
def test_a_hook_that_raises_is_asked_again(attempts: int, times: int, state: str) -> None:
    """A hook is given a play as often as its rule says, each time told which attempt it is."""
    given = list[tuple[int, int]]()
    hooks = hooks_of(failing(times, ValueError("no"), given), attempts=attempts)
    (record,) = dispatch([play()], hooks, now=NOW)
    assert record.state == state
    assert given == [(number, number) for number in range(1, record.attempts + 1)]
    assert record.attempts == min(attempts, times + 1)


def test_an_action_has_its_own_rule_of_retries() -> None:
    """The rule that a hook was bound with goes before that of the register."""
    given, hooks = list[tuple[int, int]](), Hooks(retry=Retry(attempts=5))
    hooks.on("send_email", retry=Retry(attempts=2))(failing(9, ValueError("no"), given))
    assert states(dispatch([play()], hooks, now=NOW)) == {"ada": "failed"}
    assert len(given) == 2


def caused(by: BaseException) -> Exception:
    """An error of a library around another."""
    try:
        try:
            raise by
        except BaseException as error:
            raise OSError("it went wrong") from error
    except OSError as error:
        return error


def caused_before(by: BaseException) -> Exception:
    """An error that names another, which is over, as its cause."""
    error = OSError("it went wrong")
    error.__cause__ = by
    return error


def meanwhile(by: BaseException) -> Exception:
    """An error raised while another one was handled."""
    try:
        try:
            raise by
        except BaseException:
            raise OSError("it went wrong")  # noqa: B904 - the context is what this is about
    except OSError as error:
        return error


def cut_off(by: BaseException) -> Exception:
    """An error raised `from None`, so that readers do not see the other one."""
    error = meanwhile(by)
    error.__suppress_context__ = True
    return error


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError("60 s"),
        ConnectionResetError("by peer"),
        BrokenPipeError("gone"),
        caused(TimeoutError("60 s")),
        caused_before(TimeoutError("60 s")),
        meanwhile(TimeoutError("60 s")),
        cut_off(TimeoutError("60 s")),
        caused(KeyboardInterrupt()),
        ExceptionGroup("both", [ValueError("no"), ExceptionGroup("in it", [TimeoutError("60 s")])]),
    ],
    ids=["time-out", "reset", "pipe", "cause", "cause before", "context", "cut off", "interruption", "group"],
)
def test_what_may_have_been_carried_out_is_not_tried_again(error: Exception) -> None:
    """After a time-out, also one inside another error, the play is unknown and the hook was called once."""
    given = list[tuple[int, int]]()
    (record,) = dispatch([play()], hooks_of(failing(9, error, given)), now=NOW)
    assert (record.state, len(given)) == ("unknown", 1)
    assert not record.is_open
    with pytest.raises(InvalidArgument, match=r"is 'unknown'; only decided ones are carried out"):
        dispatch([record], hooks_of(Post().send), now=NOW)


class Slow(Exception):
    """A library's own time-out."""


def test_a_host_names_its_own_time_outs() -> None:
    """Errors of libraries that do not derive from TimeoutError can be named."""
    given, hooks = list[tuple[int, int]](), Hooks(retry=Retry(unclear=(TimeoutError, Slow)))
    hooks.on("send_email")(failing(9, Slow("60 s"), given))
    assert states(dispatch([play()], hooks, now=NOW)) == {"ada": "unknown"}


def test_what_is_unknown_can_be_settled_by_hand() -> None:
    """Who found out says so; only a retry makes the play one that can be dispatched."""
    hooks = hooks_of(failing(1, TimeoutError("60 s"), []))
    (unknown,) = dispatch([play()], hooks, now=NOW)
    assert unknown.complete(NOW, "the provider has it").state == "done"
    (record,) = dispatch([unknown.retry(NOW, "the provider has no such key")], hooks, now=NOW)
    assert (record.state, record.attempts) == ("done", 2)


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (None, "done", ""),
        (True, "done", ""),
        (Outcome("done", note="message 17"), "done", "message 17"),
        (Outcome("failed", note="no address"), "failed", "no address"),
        (Outcome("unknown", note="no answer"), "unknown", "no answer"),
        (Outcome("retry", note="too many requests"), "decided", "too many requests"),
        (False, "unknown", "its hook gave bool, not None, True or an Outcome"),
        (1, "unknown", "its hook gave int, not None, True or an Outcome"),
        ("done", "unknown", "its hook gave str, not None, True or an Outcome"),
        (iter(()), "unknown", "its hook gave tuple_iterator, not None, True or an Outcome"),
    ],
)
def test_what_a_hook_returns_is_what_becomes_of_the_play(answer: object, state: str, reason: str) -> None:
    """Nothing and True mean done, an outcome means what it says, anything else is unknown; the hook is called once."""
    given = list[Play]()

    def hook(play: Play) -> object:
        given.append(play)
        return answer

    (record,) = dispatch([play()], hooks_of(hook), now=NOW)
    assert (record.state, record.reason, record.attempts, len(given)) == (state, reason, 1, 1)
    assert record.outcome == (answer if isinstance(answer, Outcome) else None)


def test_a_play_that_could_not_be_carried_out_yet_can_be_given_again() -> None:
    """A hook that says 'retry' leaves the play open; its record goes on counting until the play expires."""
    answers = [Outcome("retry"), Outcome("retry"), None]
    hooks = hooks_of(lambda play: answers.pop(0))
    (first,) = dispatch([play()], hooks, now=NOW)
    (second,) = dispatch([first], hooks, now=NOW + timedelta(hours=1))
    assert (first.is_open, second.is_open, second.attempts) == (True, True, 2)
    (late,) = dispatch([second], hooks, now=NOW + timedelta(days=8))
    assert (late.state, late.attempts) == ("expired", 2)
    (done,) = dispatch([second], hooks, now=NOW + timedelta(hours=2))
    assert (done.state, done.attempts) == ("done", 3)


def test_each_call_has_its_own_attempts() -> None:
    """A play that was put off three times is still tried three times when its hook raises later."""
    hooks, record = hooks_of(lambda play: Outcome("retry")), PlayRecord.of(play())
    for _ in range(3):
        (record,) = dispatch([record], hooks, now=NOW)
    given = list[tuple[int, int]]()
    (done,) = dispatch([record], hooks_of(failing(2, ValueError("no"), given)), now=NOW)
    assert (done.state, [attempt for attempt, _ in given]) == ("done", [4, 5, 6])


@pytest.mark.parametrize(
    "build",
    [
        lambda: Outcome("sent"),  # type: ignore[arg-type]
        lambda: Outcome("done", cost=-1.0),
        lambda: Outcome("done", cost=float("nan")),
        lambda: Outcome("done", note=17),  # type: ignore[arg-type]
        lambda: Outcome("done", attributes={"key": "mine"}),  # type: ignore[arg-type]
        lambda: Outcome("done", attributes={"at": object()}),  # type: ignore[arg-type]
        lambda: Outcome("done", attributes={"page": "x" * 60_000}),  # type: ignore[arg-type]
    ],
    ids=["state", "cost", "nan", "note", "taken", "object", "size"],
)
def test_a_hook_that_acts_and_then_misspells_its_outcome_does_not_act_again(build: Callable[[], Outcome]) -> None:
    """An outcome that cannot be used is refused when it is built; in a hook that makes the play unknown, not failed."""
    sent = list[str]()

    def hook(play: Play) -> Outcome:
        sent.append(play.customer)
        return build()

    with pytest.raises(InvalidArgument, match=r"^Outcome: "):
        build()
    (record,) = dispatch([play()], hooks_of(hook), now=NOW)
    assert (record.state, sent) == ("unknown", ["ada"])


def test_the_attributes_of_an_outcome_are_frozen() -> None:
    """What a hook changes afterwards is not in the record."""
    attributes = {"provider": "post"}
    outcome = Outcome("done", attributes=attributes)  # type: ignore[arg-type]
    attributes["provider"] = "other"
    assert outcome.attributes == {"provider": "post"}
    assert attrs.evolve(outcome, cost=1).attributes == {"provider": "post"}


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_play_is_carried_out_until_it_expires(seconds: int) -> None:
    """At the instant of its expiry and later a play is not carried out, and said to be expired."""
    post = Post()
    now = play().expires + timedelta(seconds=seconds)
    (record,) = dispatch([play()], hooks_of(post.send), now=now)
    assert record.state == ("done" if seconds < 0 else "expired")
    assert post.sent == (["ada"] if seconds < 0 else [])
    assert record.reason == ("" if seconds < 0 else "its time was over on 2026-03-09 08:00")


def test_done_keys_and_repeats_are_passed_over() -> None:
    """A play whose key is done, or came before in the same call, is not carried out and has no record."""
    post = Post()
    records = dispatch([*plays(3), *plays(3)], hooks_of(post.send), now=NOW, done_keys={plays(3)[1].key})
    assert states(records) == {"c0": "done", "c2": "done"}
    assert (len(records), post.sent) == (2, ["c0", "c2"])


@pytest.mark.parametrize("keys", ["ada/welcome@1", None, 3])
def test_done_keys_are_a_collection(keys: Any) -> None:
    """One text would hold each of its own pieces, and so hide plays that were never done."""
    with pytest.raises(InvalidArgument, match="is no collection of keys"):
        dispatch([play()], hooks_of(Post().send), now=NOW, done_keys=keys)


def test_only_still_true_and_consent_are_asked_just_before_the_hook() -> None:
    """For each play the two questions come in order right before its hook, once, however often the hook is tried."""
    heard, given = list[str](), list[tuple[int, int]]()
    hook = failing(1, ValueError("no"), given)

    def send(play: Play, *, attempt: int, record: PlayRecord) -> None:
        heard.append(f"hook {play.customer}")
        hook(play, attempt=attempt, record=record)

    def ask(name: str) -> Callable[[Play], bool]:
        return lambda play: heard.append(f"{name} {play.customer}") is None

    dispatch(plays(2), hooks_of(send), now=NOW, still_true=ask("true"), consent=ask("consent"))
    assert heard == ["true c0", "consent c0", "hook c0", "hook c0", "true c1", "consent c1", "hook c1"]


@pytest.mark.parametrize("no", [False, np.False_])
@pytest.mark.parametrize("yes", [True, np.True_])
def test_what_is_not_wanted_any_more_is_revoked(yes: bool, no: bool) -> None:
    """A play of which one question is denied is revoked with the reason, and its hook is not called."""
    post = Post()
    records = dispatch(
        plays(3),
        hooks_of(post.send),
        now=NOW,
        still_true=lambda play: no if play.customer == "c0" else yes,
        consent=lambda play: no if play.customer == "c1" else yes,
    )
    assert [(record.state, record.reason) for record in records] == [
        ("revoked", "it is not true any more"),
        ("revoked", "there is no consent"),
        ("done", ""),
    ]
    assert post.sent == ["c2"]


def unable(play: Play) -> bool:
    """A question that fails."""
    raise LookupError("no such customer")


async def later(play: Play) -> bool:
    """A question that has to be awaited."""
    return True


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (unable, "consent raised LookupError: no such customer"),
        (lambda play: None, "consent gave NoneType, not True or False"),
        (later, "consent gave coroutine, not True or False"),
    ],
)
def test_a_question_that_fails_leaves_the_play_open(ask: Callable[[Play], Any], reason: str) -> None:
    """Without a clear answer nothing is carried out; the play stays decided, and the others go on."""
    post = Post()
    records = dispatch(
        plays(2), hooks_of(post.send), now=NOW, consent=lambda play: ask(play) if play.customer == "c0" else True
    )
    assert states(records) == {"c0": "decided", "c1": "done"}
    assert (records[0].reason, records[0].attempts, post.sent) == (reason, 0, ["c1"])


def test_a_play_without_a_hook_waits_for_one() -> None:
    """A play whose action has no hook stays decided and says what is missing; the others are carried out."""
    post = Post()
    hooks = hooks_of(post.send)
    records = dispatch([play("ada", action="send_mail"), play("bob")], hooks, now=NOW)
    assert states(records) == {"ada": "decided", "bob": "done"}
    assert records[0].reason == "no hook is bound to 'send_mail'; did you mean 'send_email'?"
    hooks.on("send_mail")(post.send)
    assert states(dispatch([records[0]], hooks, now=NOW)) == {"ada": "done"}


def test_an_async_hook_is_refused_before_anything_is_carried_out() -> None:
    """Sync dispatch says which hooks are async, and calls none; an async hook that no play needs does not matter."""
    post = Post()
    hooks = hooks_of(post.send)
    hooks.on("call")(later)
    with pytest.raises(InvalidArgument, match=r"the hooks call are async; use await dispatch_async\(…\)"):
        dispatch([play("ada"), play("bob", action="call")], hooks, now=NOW)
    assert post.asked == []
    assert states(dispatch([play("ada")], hooks, now=NOW)) == {"ada": "done"}


def test_a_sync_hook_that_gives_a_coroutine_is_unknown() -> None:
    """A lambda around an async function is only seen when it is called: nothing warns, and the play is unknown."""
    (record,) = dispatch([play()], hooks_of(lambda play: later(play)), now=NOW)
    assert (record.state, record.reason) == ("unknown", "its hook gave coroutine, not None, True or an Outcome")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["ada"], "'ada' is no decided play; give step.plays"),
        ([decided().expire(NOW)], "is 'expired'; only decided ones are carried out"),
    ],
)
def test_what_is_no_decided_play_is_refused_before_anything_is_carried_out(given: list[Any], message: str) -> None:
    """A wrong element refuses the call, and no hook is called."""
    post = Post()
    with pytest.raises(InvalidArgument, match=message):
        dispatch([play("bob"), *given], hooks_of(post.send), now=NOW)
    assert post.asked == []


def test_wrong_arguments_are_refused_when_called() -> None:
    """Also the form that yields checks at once, not when its first record is asked for."""
    with pytest.raises(InvalidArgument, match="'now' has no time zone"):
        dispatching([play()], hooks_of(Post().send), now=NOW.replace(tzinfo=None))
    with pytest.raises(InvalidArgument, match="is no Hooks"):
        dispatching([play()], {"send_email": print}, now=NOW)  # type: ignore[arg-type]


def test_a_hook_hears_the_context() -> None:
    """The moment, the attempt, the key and the record as dispatched are there for who names them."""
    heard = dict[str, Any]()
    hooks = hooks_of(lambda play, **context: heard.update(context))
    dispatch([play()], hooks, now=NOW)
    assert heard == {"now": NOW, "attempt": 1, "key": play().key, "record": decided().dispatch(NOW)}


def interrupting(play: Play) -> None:
    """A hook that the operator interrupts at the third customer."""
    if play.customer == "c2":
        raise KeyboardInterrupt


def test_an_interruption_passes_through_and_nothing_is_lost() -> None:
    """KeyboardInterrupt ends the call; it brings what was done, and the play under way as unknown."""
    with pytest.raises(KeyboardInterrupt) as told:
        dispatch(plays(5), hooks_of(interrupting), now=NOW)
    assert states(records_of(told.value)) == {"c0": "done", "c1": "done", "c2": "unknown"}
    assert records_of(ValueError()) == ()


def test_an_interruption_between_hooks_brings_what_was_done() -> None:
    """Where a question is interrupted, its play was not begun and has no record."""

    def ask(play: Play) -> bool:
        interrupting(play)
        return True

    with pytest.raises(KeyboardInterrupt) as told:
        dispatch(plays(5), hooks_of(Post().send), now=NOW, consent=ask)
    assert states(records_of(told.value)) == {"c0": "done", "c1": "done"}


def test_dispatching_gives_each_record_before_the_next_play() -> None:
    """A host can keep each record before the next hook is called."""
    heard = list[str]()
    hooks = hooks_of(lambda play: heard.append(f"hook {play.customer}"))
    for record in dispatching(plays(2), hooks, now=NOW):
        heard.append(f"kept {record.play.customer}")
    assert heard == ["hook c0", "kept c0", "hook c1", "kept c1"]


def test_dispatching_gives_the_play_under_way_before_it_is_interrupted() -> None:
    """The record of the interrupted play comes first, then the interruption."""
    kept = list[PlayRecord]()
    with pytest.raises(KeyboardInterrupt):
        kept.extend(dispatching(plays(5), hooks_of(interrupting), now=NOW))
    records = dispatching(plays(5), hooks_of(interrupting), now=NOW)
    assert [next(records).state for _ in range(3)] == ["done", "done", "unknown"]
    with pytest.raises(KeyboardInterrupt):
        records.close()  # type: ignore[attr-defined]


def test_nothing_is_carried_out_before_it_is_asked_for() -> None:
    """Who takes two records of five has called two hooks."""
    post = Post()
    records = dispatching(plays(5), hooks_of(post.send), now=NOW)
    assert [next(records).state, next(records).state] == ["done", "done"]
    records.close()  # type: ignore[attr-defined]
    assert post.sent == ["c0", "c1"]


ANSWERS: dict[str, Any] = {
    "nothing": None,
    "done": Outcome("done"),
    "failed": Outcome("failed"),
    "unknown": Outcome("unknown"),
    "retry": Outcome("retry"),
    "garbage": object(),
    "error": ValueError("no"),
    "time-out": TimeoutError("60 s"),
}


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12),
    st.lists(st.lists(st.sampled_from(sorted(ANSWERS)), min_size=4, max_size=4), min_size=6, max_size=6),
    st.integers(1, 3),
    st.integers(1, 4),
)
def test_no_play_is_carried_out_twice(
    order: list[tuple[int, bool]], scripts: list[list[str]], attempts: int, rounds: int
) -> None:
    """Whatever hooks do and however often a host dispatches: after a success or doubt no hook sees the play again,
    every play given has one record or is done, and attempts are those of the hook.
    """
    effects = {f"c{number}": list[str]() for number in range(6)}

    def hook(play: Play) -> object:
        script = scripts[int(play.customer[1:])]
        said = script[len(effects[play.customer]) % len(script)]
        effects[play.customer].append(said)
        if isinstance(ANSWERS[said], Exception):
            raise ANSWERS[said]
        return ANSWERS[said]

    batch, done = [play(f"c{number}") for number, _ in order], set[str]()
    hooks, opened = hooks_of(hook, attempts=attempts), dict[str, PlayRecord]()
    for _ in range(rounds):
        waiting = {one.key: opened.get(one.key, one) for one in batch if one.key not in done}
        records = dispatch([*waiting.values(), *batch], hooks, now=NOW, done_keys=done)
        assert [record.play.key for record in records] == list(waiting)
        done |= {record.play.key for record in records if not record.is_open}
        opened = {record.play.key: record for record in records if record.is_open}
        assert all(record.attempts == len(effects[record.play.customer]) for record in records)
    for said in effects.values():
        assert not {"nothing", "done", "failed", "unknown", "garbage", "time-out"} & set(said[:-1])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Retry(attempts=0), "attempts 0 is not a whole number from 1 to 100"),
        (lambda: Retry(attempts=True), "attempts True"),
        (lambda: Retry(unclear=("TimeoutError",)), "unclear='TimeoutError' is no type of exception"),  # type: ignore[arg-type]
    ],
)
def test_a_rule_of_retries_is_checked(build: Callable[[], Retry], message: str) -> None:
    """The fields of a rule are checked when it is made."""
    with pytest.raises(InvalidArgument, match=message):
        build()


class Club(CustomerMachine):
    """A guest becomes a member."""

    guest, member = role.prospect(initial=True), role.active()
    joined = guest.to(member)


CLUB = Definition(
    Club,
    name="club",
    playbooks=[Playbook("welcome", on=entered("member"), steps=[Action("send_email"), Action("call", after_hours=1)])],
    policies=[Cap(1, 7)],
)


@pytest.mark.parametrize(
    ("answer", "called"), [(None, False), ("garbage", False), (Outcome("unknown"), False), (Outcome("failed"), True)]
)
def test_outcomes_flow_back_into_the_decisions(answer: object, called: bool) -> None:
    """A play that failed does not count for the cap of one a week: the next one is decided; done or unknown it does."""
    joined = CLUB.begin(Touchpoint("ada", "joined", NOW))
    later = NOW + timedelta(minutes=5)
    (record,) = dispatch(joined.plays, hooks_of(lambda play: answer), now=later)
    told = CLUB.advance(joined.customer, record.touchpoint())
    plays = CLUB.pass_time(told.customer, NOW + timedelta(hours=2)).plays
    assert [play.action for play in plays] == (["call"] if called else [])
