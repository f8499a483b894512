"""Async dispatch: the same outcomes, several at a time, and nothing lost when it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.model import Play
from lifecycle.playbooks import (
    Hooks,
    Outcome,
    PlayRecord,
    Retry,
    dispatch,
    dispatch_async,
    dispatching_async,
    records_of,
)
from tests.playbooks.making import NOW, play, plays, states

pytestmark = pytest.mark.smoke

Given = TypeVar("Given")


def run(coroutine: Coroutine[Any, Any, Given]) -> Given:
    """What a coroutine gives; it fails the test where it leaves a task behind."""

    async def alone() -> Given:
        try:
            return await coroutine
        finally:
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    return asyncio.run(alone())


def hooks_of(function: Callable[..., Any], *, attempts: int = 3, at_once: int = 10) -> Hooks:
    """A register with one hook."""
    hooks = Hooks(retry=Retry(attempts=attempts), at_once=at_once)
    hooks.on("send_email")(function)
    return hooks


class Crowd:
    """A hook that counts how many are under way, and lets the others go first."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0
        self.begun: list[str] = []

    async def send(self, play: Play) -> None:
        """Takes some turns of the event loop, not always as many."""
        self.begun.append(play.customer)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        for _ in range(3 + 10 * (len(self.begun) % 3)):
            await asyncio.sleep(0)
        self.under_way -= 1


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (3, 3), (100, 12)])
def test_no_more_are_under_way_than_allowed(at_once: int, most: int) -> None:
    """The limit of the register is reached and never passed; all are carried out, begun in order."""
    crowd = Crowd()
    records = run(dispatch_async(plays(12), hooks_of(crowd.send, at_once=at_once), now=NOW))
    assert (crowd.most, crowd.under_way) == (most, 0)
    assert crowd.begun == [f"c{number}" for number in range(12)]
    assert set(states(records).values()) == {"done"}


def test_records_come_in_the_order_of_the_plays() -> None:
    """Whichever hook ends first, the records stand in the order in which the plays were given."""
    gates = [asyncio.Event() for _ in range(3)]
    ended = list[str]()

    async def hook(play: Play) -> None:
        place = int(play.customer[1:])
        if place < 2:
            await gates[place + 1].wait()
        ended.append(play.customer)
        gates[place].set()

    records = run(dispatch_async(plays(3), hooks_of(hook), now=NOW))
    assert (ended, list(states(records))) == (["c2", "c1", "c0"], ["c0", "c1", "c2"])


def test_records_come_as_soon_as_they_are_there() -> None:
    """The form that yields gives the record of whichever hook ends first, while others are under way."""
    gate = asyncio.Event()

    async def hook(play: Play) -> None:
        if play.customer == "c0":
            await gate.wait()

    async def main() -> list[str]:
        seen = list[str]()
        async for record in dispatching_async(plays(2), hooks_of(hook), now=NOW):
            seen.append(record.play.customer)
            gate.set()
        return seen

    assert run(main()) == ["c1", "c0"]


def test_sync_hooks_and_functions_that_give_a_coroutine_work() -> None:
    """A sync hook is called, what it gives is awaited where that is needed."""
    sent = list[str]()

    async def send(play: Play) -> Outcome:
        sent.append(play.customer)
        return Outcome("done", note="sent")

    hooks = hooks_of(lambda play: send(play))
    hooks.on("call")(lambda play: sent.append(play.customer))
    records = run(dispatch_async([play("ada"), play("bob", action="call")], hooks, now=NOW))
    assert [(record.state, record.reason) for record in records] == [("done", "sent"), ("done", "")]
    assert sorted(sent) == ["ada", "bob"]


def test_questions_may_be_async_or_not() -> None:
    """Both questions are asked just before the hook, awaited where that is needed."""

    async def still_true(play: Play) -> bool:
        await asyncio.sleep(0)
        return play.customer != "c0"

    async def odd(play: Play) -> None:
        """Forgets to answer."""

    crowd = Crowd()
    hooks = hooks_of(crowd.send)
    records = run(
        dispatch_async(plays(3), hooks, now=NOW, still_true=still_true, consent=lambda play: play.customer != "c1")
    )
    assert (states(records), crowd.begun) == ({"c0": "revoked", "c1": "revoked", "c2": "done"}, ["c2"])
    (record,) = run(dispatch_async([play()], hooks, now=NOW, consent=odd))
    assert (record.state, record.reason) == (
        "decided",
        "consent gave NoneType, not True or False",
    )


def test_one_refused_recipient_does_not_make_the_batch_resend() -> None:
    """As in mautic #7226, several at a time: each of the others gets one message, the refused one its attempts."""
    asked, done = list[str](), set[str]()

    async def hook(play: Play) -> None:
        asked.append(play.customer)
        await asyncio.sleep(0)
        if play.customer == "c4":
            raise ConnectionRefusedError("550 no such box")

    for _ in range(5):
        records = run(dispatch_async(plays(10), hooks_of(hook), now=NOW, done_keys=done))
        done |= {record.play.key for record in records if not record.is_open}
    assert {customer: asked.count(customer) for customer in set(asked)} == {
        f"c{number}": 3 if number == 4 else 1 for number in range(10)
    }


def test_a_time_out_is_not_tried_again() -> None:
    """A hook that a time-out of the host cuts short leaves its play unknown."""
    begun = list[str]()

    async def hook(play: Play) -> None:
        begun.append(play.customer)
        async with asyncio.timeout(0):
            await asyncio.Event().wait()

    (record,) = run(dispatch_async([play()], hooks_of(hook), now=NOW))
    assert (record.state, record.error, begun) == ("unknown", "TimeoutError", ["ada"])


def test_a_hook_that_cancels_itself_concerns_its_own_play_only() -> None:
    """A cancellation that a hook lets out is no order to stop the others."""

    async def hook(play: Play) -> None:
        if play.customer == "c0":
            raise asyncio.CancelledError

    records = run(dispatch_async(plays(2), hooks_of(hook), now=NOW))
    assert states(records) == {"c0": "unknown", "c1": "done"}


class Stuck:
    """A hook that goes on for ever at the third customer."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.begun: list[str] = []

    async def send(self, play: Play) -> None:
        """Ends, or waits until it is cancelled."""
        self.begun.append(play.customer)
        if play.customer == "c2":
            self.reached.set()
            await asyncio.Event().wait()


def test_a_cancellation_brings_what_was_done() -> None:
    """Cancelled, the call ends at once; done plays are done, those under way unknown, the rest not begun."""
    stuck, found = Stuck(), list[PlayRecord]()

    async def work() -> None:
        try:
            await dispatch_async(plays(5), hooks_of(stuck.send, at_once=1), now=NOW)
        except asyncio.CancelledError as error:
            found.extend(records_of(error))
            raise

    async def main() -> bool:
        task = asyncio.create_task(work())
        await stuck.reached.wait()
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert run(main())
    assert states(found) == {"c0": "done", "c1": "done", "c2": "unknown"}
    assert stuck.begun == ["c0", "c1", "c2"]


def test_a_time_limit_around_the_call_knows_what_was_done() -> None:
    """A host that limits the whole call finds the records with the time-out."""
    stuck = Stuck()

    async def main() -> tuple[PlayRecord, ...]:
        try:
            async with asyncio.timeout(None) as limit:
                watch = asyncio.create_task(stuck.reached.wait())
                watch.add_done_callback(lambda _: limit.reschedule(0))
                await dispatch_async(plays(5), hooks_of(stuck.send, at_once=1), now=NOW)
        except TimeoutError as error:
            return records_of(error)
        return ()

    assert states(run(main())) == {"c0": "done", "c1": "done", "c2": "unknown"}


def test_a_cancelled_hook_that_raises_something_else_is_not_called_again() -> None:
    """A hook that swallows its cancellation and then raises is not tried again: the play is unknown."""
    stuck = Stuck()

    async def hook(play: Play) -> None:
        with suppress(asyncio.CancelledError):
            await stuck.send(play)
            return
        raise ValueError("stopped")

    async def main() -> tuple[PlayRecord, ...]:
        task = asyncio.create_task(dispatch_async(plays(3), hooks_of(hook), now=NOW))
        await stuck.reached.wait()
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return records_of(error)
        return ()

    assert states(sorted(run(main()), key=lambda record: record.play.customer))["c2"] == "unknown"
    assert stuck.begun.count("c2") == 1


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interruption_in_a_hook_passes_through(kind: type[BaseException]) -> None:
    """What is no `Exception` reaches the caller with all records; those under way are unknown, no more are begun."""
    begun = list[str]()

    async def hook(play: Play) -> None:
        begun.append(play.customer)
        if play.customer == "c1":
            raise kind
        if play.customer == "c2":
            await asyncio.Event().wait()

    async def main() -> tuple[PlayRecord, ...]:
        try:
            await dispatch_async(plays(9), hooks_of(hook, at_once=3), now=NOW)
        except kind as error:
            return records_of(error)
        return ()

    found = states(run(main()))
    assert {name: found[name] for name in ("c0", "c1", "c2")} == {"c0": "done", "c1": "unknown", "c2": "unknown"}
    assert set(found) == set(begun)
    assert "c8" not in begun


def test_an_interruption_in_a_question_passes_through() -> None:
    """Where a question is interrupted, its play was not begun: it is still decided."""

    async def ask(play: Play) -> bool:
        raise KeyboardInterrupt

    async def main() -> tuple[PlayRecord, ...]:
        try:
            await dispatch_async([play()], hooks_of(Crowd().send), now=NOW, consent=ask)
        except KeyboardInterrupt as error:
            return records_of(error)
        return ()

    assert states(run(main())) == {"ada": "decided"}


def test_leaving_early_cancels_what_is_under_way() -> None:
    """Who closes the form that yields leaves no task behind, and no more hooks are called."""
    stuck = Stuck()

    async def main() -> list[str]:
        async with aclosing(dispatching_async(plays(9), hooks_of(stuck.send, at_once=3), now=NOW)) as records:
            async for record in records:
                return [record.state]
        return []

    assert run(main()) == ["done"]
    assert stuck.begun == ["c0", "c1", "c2"]


def test_wrong_arguments_are_refused_when_called() -> None:
    """The arguments are checked before anything is carried out, at once by the form that yields."""
    crowd = Crowd()
    with pytest.raises(InvalidArgument, match="'ada' is no decided play"):
        dispatching_async(["ada"], hooks_of(crowd.send), now=NOW)  # type: ignore[list-item]
    with pytest.raises(InvalidArgument, match="'now' has no time zone"):
        run(dispatch_async([play()], hooks_of(crowd.send), now=NOW.replace(tzinfo=None)))
    assert crowd.begun == []


ANSWERS: dict[str, Any] = {
    "nothing": None,
    "failed": Outcome("failed"),
    "retry": Outcome("retry"),
    "garbage": object(),
    "error": ValueError("no"),
    "time-out": TimeoutError("60 s"),
}


@given(
    st.lists(st.lists(st.sampled_from(sorted(ANSWERS)), min_size=3, max_size=3), max_size=6),
    st.sets(st.integers(0, 5)),
    st.integers(1, 4),
)
def test_it_gives_what_dispatch_gives(scripts: list[list[str]], denied: set[int], at_once: int) -> None:
    """With any hooks, consents and limit, the records are those of sync dispatch."""

    def scripted() -> Callable[[Play], Any]:
        tries = dict[str, int]()

        def hook(play: Play) -> Any:
            place = tries[play.customer] = tries.get(play.customer, -1) + 1
            said = ANSWERS[scripts[int(play.customer[1:])][place]]
            if isinstance(said, Exception):
                raise said
            return said

        return hook

    def consent(play: Play) -> bool:
        return int(play.customer[1:]) not in denied

    inner = scripted()

    async def hook(play: Play) -> Any:
        await asyncio.sleep(0)
        return inner(play)

    batch = plays(len(scripts))
    wanted = dispatch(batch, hooks_of(scripted()), now=NOW, consent=consent)
    assert run(dispatch_async(batch, hooks_of(hook, at_once=at_once), now=NOW, consent=consent)) == wanted
