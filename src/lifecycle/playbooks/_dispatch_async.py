"""Plays carried out several at a time, for hosts without a journal."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Container, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

from lifecycle.model import Play

from ._carrying import Ask, Errand, after, after_error, allowed, before, errand, keywords, not_asked
from ._hooks import BoundHook, Hooks
from ._interrupted import attach
from ._record import PlayRecord

Ended: TypeAlias = tuple[PlayRecord, BaseException | None]
"""What became of a play, and what passes through."""
Running: TypeAlias = set["asyncio.Task[Ended]"]


async def dispatch_async(
    plays: Iterable[Play | PlayRecord],
    hooks: Hooks,
    *,
    now: datetime,
    still_true: Ask | None = None,
    consent: Ask | None = None,
    done_keys: Container[str] = (),
) -> tuple[PlayRecord, ...]:
    """As `dispatch`, with at most `hooks.at_once` plays under way at one time.

    Hooks, `still_true` and `consent` may be async or not; what is not runs in the thread of the event loop, and holds
    it up. Records are in the order of the plays.

    Raises:
        InvalidArgument: an argument is not what it should be; nothing was done then.
        BaseException: what is no `Exception` passes through, a cancellation too; `records_of(error)` gives what was
            done before. Plays under way then are cancelled and 'unknown'.
    """
    records: list[PlayRecord] = []
    going = errand(plays, hooks, now, (still_true, consent), done_keys)
    try:
        async for record in _each(going):
            records.append(record)  # one by one: what was done before an interruption is kept
    except BaseException as error:
        attach(error, records)
        raise
    places = {record.play.key: place for place, record in enumerate(going.waiting)}
    return tuple(sorted(records, key=lambda record: places[record.play.key]))


def dispatching_async(
    plays: Iterable[Play | PlayRecord],
    hooks: Hooks,
    *,
    now: datetime,
    still_true: Ask | None = None,
    consent: Ask | None = None,
    done_keys: Container[str] = (),
) -> AsyncGenerator[PlayRecord, None]:
    """As `dispatch_async`, each record as soon as its play has been to its hook, whichever ends first.

    Take all, or hold it with `contextlib.aclosing`: what is under way when it is closed is cancelled, without a record.

    Raises:
        InvalidArgument: as `dispatch_async`, when it is called.
    """
    return _each(errand(plays, hooks, now, (still_true, consent), done_keys))


async def _each(going: Errand) -> AsyncGenerator[PlayRecord, None]:
    waiting = iter(going.waiting)
    running: Running = set()
    interruption: BaseException | None = None
    try:
        while interruption is None:
            room = going.hooks.at_once - len(running)
            running |= {asyncio.create_task(_carry_out(one, going)) for one in islice(waiting, room)}
            if not running:
                return
            try:
                ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError as error:
                ended, interruption = set(), error
            for record, passing in _results(ended):
                interruption = interruption or passing
                yield record
        for record, _ in await _stop(running):
            yield record
    finally:
        await _stop(running)
        if interruption is not None:
            raise interruption


async def _stop(running: Running) -> Iterable[Ended]:
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
    return _results(running)


def _results(tasks: Running) -> Iterator[Ended]:
    """What ended tasks gave; nothing of those that were cancelled before they began."""
    return (task.result() for task in tasks if not task.cancelled())


async def _carry_out(record: PlayRecord, going: Errand) -> Ended:
    hook = before(record, going)
    if isinstance(hook, PlayRecord):
        return hook, None
    for asked, ask in going.asks:
        try:
            ended = allowed(record, going, asked, await _given(ask(record.play)))
        except (Exception, asyncio.CancelledError) as error:
            ended = not_asked(record, asked, error)
        except BaseException as error:
            return record, error
        if ended is not None:
            return ended, None
    return await _call(record, going, hook)


async def _call(record: PlayRecord, going: Errand, hook: BoundHook) -> Ended:
    tries = 0
    while True:
        record, tries = record.dispatch(going.now), tries + 1
        try:
            answer = await _given(hook.function(record.play, **keywords(record, going, hook)))
        except (Exception, asyncio.CancelledError) as error:
            # A cancellation, whoever asked for it, leaves this play unclear; the loop above passes on its own.
            stopped = asyncio.CancelledError() if _is_cancelled() else error
            record = after_error(record, going, hook, stopped, tries)
            if record.state != "decided":
                return record, None
        except BaseException as error:
            # Returned, as asyncio would let it tear the event loop down at once.
            return after_error(record, going, hook, error, tries), error
        else:
            return after(record, going, answer), None


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _given(answer: Any) -> Any:
    return await answer if inspect.isawaitable(answer) else answer
