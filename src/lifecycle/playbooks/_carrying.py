"""One play on its way to its hook and back: what `dispatch` and `dispatch_async` share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.model import Play, moment_us

from ._hooks import BoundHook, Hooks
from ._outcome import Outcome
from ._record import PlayRecord
from ._telling import name_of, text_of

Ask: TypeAlias = Callable[[Play], Any]
"""Asked just before a hook: True, go on; False, revoke."""
_DENIED: Final = {"still_true": "it is not true any more", "consent": "there is no consent"}


@attrs.frozen(eq=False)
class Errand:
    """What one call of dispatch was asked to do."""

    hooks: Hooks
    """Who carries out."""
    now: datetime
    """The moment of the call."""
    asks: tuple[tuple[str, Ask], ...]
    """What is asked before each hook, by name."""
    waiting: tuple[PlayRecord, ...]
    """What is to be carried out, each key once, in order."""


def errand(
    plays: Iterable[Play | PlayRecord], hooks: Hooks, now: datetime, asks: tuple[Ask | None, Ask | None],
    done_keys: Container[str],
) -> Errand:  # fmt: skip
    """Plays looked through before anything is carried out.

    Raises:
        InvalidArgument: an argument is not what it should be.
    """
    moment_us(now, "now")
    if not isinstance(hooks, Hooks):
        raise InvalidArgument(f"dispatch: {hooks!r} is no Hooks; bind functions with Hooks().on('action')")
    if isinstance(done_keys, str) or not isinstance(done_keys, Container):
        raise InvalidArgument(f"dispatch: done_keys={done_keys!r} is no collection of keys; give such as a set")
    waiting: dict[str, PlayRecord] = {}
    for one in plays:
        record = one if isinstance(one, PlayRecord) else _record(one)
        if record.state != "decided":
            raise InvalidArgument(
                f"dispatch: play {record.play.key!r} is {record.state!r}; only decided ones are carried out"
            )
        if record.play.key not in done_keys:
            waiting.setdefault(record.play.key, record)
    asked = tuple((name, ask) for name, ask in zip(_DENIED, asks, strict=True) if ask is not None)
    return Errand(hooks, now, asked, tuple(waiting.values()))


def _record(one: object) -> PlayRecord:
    if isinstance(one, Play):
        return PlayRecord.of(one)
    raise InvalidArgument(f"dispatch: {one!r} is no decided play; give step.plays")


def before(record: PlayRecord, going: Errand) -> BoundHook | PlayRecord:
    """The hook of a play, or what became of the play without one."""
    if moment_us(going.now, "now") >= record.play.expires_us:
        return record.expire(going.now, f"its time was over on {record.play.expires:%Y-%m-%d %H:%M}")
    hook = going.hooks.of(record.play.action)
    if hook is None:
        near = get_close_matches(record.play.action, going.hooks.actions, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return attrs.evolve(record, reason=f"no hook is bound to {record.play.action!r}{hint}")
    return hook


def allowed(record: PlayRecord, going: Errand, asked: str, answer: object) -> PlayRecord | None:
    """What became of a play after an answer; None: it goes on."""
    # By name, so that numpy's truths count too.
    if type(answer).__name__ not in ("bool", "bool_"):
        close(answer)
        return attrs.evolve(record, reason=f"{asked} gave {type(answer).__name__}, not True or False")
    return None if answer else record.revoke(going.now, _DENIED[asked])


def not_asked(record: PlayRecord, asked: str, error: BaseException) -> PlayRecord:
    """A play about which the host could not be asked: it stays where it is."""
    return attrs.evolve(record, reason=f"{asked} raised {text_of(error)}", error=name_of(error))


def keywords(record: PlayRecord, going: Errand, hook: BoundHook) -> dict[str, Any]:
    """What a hook is given beside the play."""
    context = {"attempt": record.attempts, "key": record.play.key, "now": going.now, "record": record}
    return {name: context[name] for name in hook.passes}


def after(record: PlayRecord, going: Errand, answer: object) -> PlayRecord:
    """What became of a play by what its hook gave back."""
    if answer is None or answer is True:
        return record.complete(going.now)
    if not isinstance(answer, Outcome):
        close(answer)
        return record.doubt(going.now, f"its hook gave {type(answer).__name__}, not None, True or an Outcome")
    if answer.state == "done":
        return record.complete(going.now, answer.note, outcome=answer)
    moves = {"failed": record.fail, "unknown": record.doubt, "retry": record.retry}
    return moves[answer.state](going.now, answer.note, outcome=answer)


def after_error(record: PlayRecord, going: Errand, hook: BoundHook, error: BaseException, tries: int) -> PlayRecord:
    """What became of a play by what its hook raised, and whether it is tried again: then it is decided anew."""
    told, name = text_of(error), name_of(error)
    if hook.retry.is_unclear(error):
        return record.doubt(going.now, told, error=name)
    if tries < hook.retry.attempts:
        return record.retry(going.now, told, error=name)
    return record.fail(going.now, told, error=name)


def close(answer: object) -> None:
    """Ends a coroutine that nobody will await, so that Python does not warn of it."""
    if inspect.iscoroutine(answer):
        answer.close()
