"""Plays carried out one after the other, for hosts without a journal."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import datetime

from lifecycle.errors import InvalidArgument
from lifecycle.model import Play

from ._carrying import Ask, Errand, after, after_error, allowed, before, errand, keywords, not_asked
from ._hooks import Hooks
from ._interrupted import attach
from ._record import PlayRecord


def dispatch(
    plays: Iterable[Play | PlayRecord],
    hooks: Hooks,
    *,
    now: datetime,
    still_true: Ask | None = None,
    consent: Ask | None = None,
    done_keys: Container[str] = (),
) -> tuple[PlayRecord, ...]:
    """What became of plays that were given to their hooks, in their order.

    A play whose time is over is not carried out, nor one of which `still_true` or `consent` says False. What a hook
    raises concerns its own play only: it is tried again as its `Retry` says, and then has failed. A play whose hook
    timed out is 'unknown' and never tried again. What could not be begun (no hook, a question that failed, 'retry')
    stays 'decided': give its record again later.

    Args:
        plays: decided plays, or their records.
        hooks: the functions that carry them out; none of those needed may be async.
        now: the moment; plays expire by it, and records are dated by it.
        still_true: asked just before each hook whether the play is still wanted; True or False.
        consent: asked just before each hook whether the customer agrees; True or False.
        done_keys: the keys of plays that must not be carried out again; these plays have no record. A key that comes
            twice counts once.

    Raises:
        InvalidArgument: an argument is not what it should be, or a hook that is needed is async; nothing was done then.
        BaseException: what is no `Exception`, such as KeyboardInterrupt, passes through; `records_of(error)` gives what
            was done before.
    """
    records: list[PlayRecord] = []
    try:
        for record in dispatching(plays, hooks, now=now, still_true=still_true, consent=consent, done_keys=done_keys):
            records.append(record)  # one by one: what was done before an interruption is kept
    except BaseException as error:
        attach(error, records)
        raise
    return tuple(records)


def dispatching(
    plays: Iterable[Play | PlayRecord],
    hooks: Hooks,
    *,
    now: datetime,
    still_true: Ask | None = None,
    consent: Ask | None = None,
    done_keys: Container[str] = (),
) -> Iterator[PlayRecord]:
    """As `dispatch`, each record as soon as its play has been to its hook: keep it before you ask for the next.

    At an interruption the record of the play under way comes first, 'unknown', and then the interruption.

    Raises:
        InvalidArgument: as `dispatch`, when it is called.
    """
    going = errand(plays, hooks, now, (still_true, consent), done_keys)
    found = [hooks.of(record.play.action) for record in going.waiting]
    late = sorted({hook.action for hook in found if hook is not None and hook.is_async})
    if late:
        raise InvalidArgument(f"dispatch: the hooks {', '.join(late)} are async; use await dispatch_async(…)")
    return _each(going)


def _each(going: Errand) -> Iterator[PlayRecord]:
    for record in going.waiting:
        done, interruption = _carry_out(record, going)
        if interruption is None:
            yield done
            continue
        try:
            yield done
        finally:
            raise interruption


def _carry_out(record: PlayRecord, going: Errand) -> tuple[PlayRecord, BaseException | None]:
    hook = before(record, going)
    if isinstance(hook, PlayRecord):
        return hook, None
    for asked, ask in going.asks:
        try:
            ended = allowed(record, going, asked, ask(record.play))
        except Exception as error:
            ended = not_asked(record, asked, error)
        if ended is not None:
            return ended, None
    tries = 0
    while True:
        record, tries = record.dispatch(going.now), tries + 1
        try:
            answer = hook.function(record.play, **keywords(record, going, hook))
        except Exception as error:
            record = after_error(record, going, hook, error, tries)
            if record.state != "decided":
                return record, None
        except BaseException as error:
            return after_error(record, going, hook, error, tries), error
        else:
            return after(record, going, answer), None
