"""The life of a play: its states, and what leads from one to the next."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal, TypeAlias

from lifecycle.chart import Chart, CustomerMachine, compile_chart, role
from lifecycle.errors import InvalidArgument
from lifecycle.rules import Context, bind_facts

PlayState: TypeAlias = Literal[
    "due", "held", "decided", "dispatched", "done", "unknown", "failed", "revoked", "expired", "skipped"
]
"""Where a play can stand."""
PlayEvent: TypeAlias = Literal[
    "hold", "decide", "skip", "revoke", "expire", "dispatch", "complete", "doubt", "fail", "retry"
]
"""What can happen to a play."""
PLAY_STATES: Final[tuple[PlayState, ...]] = (
    "due", "held", "decided", "dispatched", "done", "unknown", "failed", "revoked", "expired", "skipped",
)  # fmt: skip
"""All states of a play; the first is that in which it begins."""
OPEN_STATES: Final[tuple[PlayState, ...]] = ("due", "held", "decided")
"""The states in which a play is still to be carried out."""


class PlayLife(CustomerMachine):
    """What can happen to a play, as a python-statemachine class.

    Nothing leads from `dispatched` or `unknown` back to `decided` but `retry`: whoever raises it says that the play
    was not carried out.
    """

    # Roles as a play has them: still open, with the host, of unclear end, over without effect.
    due = role.prospect("Due", ja="期日到来", initial=True)
    held = role.prospect("Held", ja="保留")
    decided = role.prospect("Decided", ja="決定")
    dispatched = role.active("Dispatched", ja="実行中")
    done = role.active("Done", ja="完了")
    unknown = role.returning("Unknown", ja="不明")
    failed = role.lost("Failed", ja="失敗")
    revoked = role.lost("Revoked", ja="取消")
    expired = role.lost("Expired", ja="期限切れ")
    skipped = role.lost("Skipped", ja="省略")

    hold = due.to(held) | held.to.itself()
    decide = due.to(decided) | held.to(decided)
    skip = due.to(skipped) | held.to(skipped)
    revoke = due.to(revoked) | held.to(revoked) | decided.to(revoked)
    expire = due.to(expired) | held.to(expired) | decided.to(expired)
    dispatch = decided.to(dispatched)
    complete = dispatched.to(done) | unknown.to(done)
    doubt = dispatched.to(unknown)
    fail = dispatched.to(failed) | unknown.to(failed)
    retry = dispatched.to(decided) | unknown.to(decided)


@cache
def play_life() -> Chart:
    """The life of a play as a compiled chart.

    >>> chart = play_life()
    >>> [stage.id for stage in chart.stages if stage.role == "prospect"]
    ['due', 'held', 'decided']
    """
    return compile_chart(PlayLife, bind_facts({}, Context({}, None, 0)), ())


@cache
def _walk() -> dict[tuple[PlayState, str], PlayState]:
    """(state, event) → the state after it."""
    chart = play_life()
    return {(PLAY_STATES[leaf], event): PLAY_STATES[routes[0].target] for (leaf, event), routes in chart.routes.items()}


def state_after(state: PlayState, event: PlayEvent) -> PlayState:
    """The state of a play after an event.

    Raises:
        InvalidArgument: the event cannot happen in that state.

    >>> state_after("dispatched", "complete")
    'done'
    """
    found = _walk().get((state, event))
    if found is None:
        able = sorted(name for begun, name in _walk() if begun == state)
        what = f"possible there: {', '.join(able)}" if able else "nothing happens to it any more"
        raise InvalidArgument(f"a play that is {state!r} cannot {event!r}; {what}")
    return found
