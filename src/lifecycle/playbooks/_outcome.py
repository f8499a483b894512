"""What a hook may say about a play that it was given, and how often it is asked."""

from __future__ import annotations

import math
from typing import Any, Final, Literal, TypeAlias

import attrs

from lifecycle.errors import InvalidArgument, InvalidTouchpoint
from lifecycle.model import Attributes

from ._telling import as_line, chain_of

OutcomeState: TypeAlias = Literal["done", "failed", "unknown", "retry"]
"""Carried out; refused for good; nobody can tell; not carried out, but worth another try later."""
OUTCOME_STATES: Final[tuple[OutcomeState, ...]] = ("done", "failed", "unknown", "retry")
"""All of them."""
OWN_ATTRIBUTES: Final = frozenset(
    (
        "action", "attempts", "contact", "cost", "error", "key", "note", "occasion", "outcome", "playbook", "purpose",
        "reason", "step", "version",
    )
)  # fmt: skip
"""The attributes of a `play_outcome` touchpoint that are the library's."""
_ROOM: Final = "-" * 16_384


class BadOutcome(InvalidArgument):
    """A hook gave an outcome that cannot be used: what it did before is unclear."""


def _state(instance: Any, _: Any, value: object) -> None:
    if value not in OUTCOME_STATES:
        raise BadOutcome(f"Outcome: state {value!r} is not one of {', '.join(OUTCOME_STATES)}")


def _cost(instance: Any, _: Any, value: object) -> None:
    if value is None or (type(value) in (int, float) and math.isfinite(value) and value >= 0):  # type: ignore[arg-type, operator]
        return
    raise BadOutcome(f"Outcome: cost {value!r} is not a number of 0 or more; give major units, such as 0.05")


def _note(value: object) -> str:
    if type(value) is not str:
        raise BadOutcome(f"Outcome: note {value!r} is not a text; give such as 'message 17'")
    return as_line(value)


def _attributes(value: Any) -> Attributes:
    try:
        found = Attributes(value)
        # What the library says of the play has to fit into the same touchpoint.
        Attributes({**found, "": _ROOM})
    except InvalidTouchpoint as error:
        raise BadOutcome(f"Outcome: {error}") from error
    taken = sorted(OWN_ATTRIBUTES & set(found))
    if taken:
        raise BadOutcome(f"Outcome: the attributes {', '.join(taken)} are the library's; choose other names")
    return found


@attrs.frozen
class Outcome:
    """What a hook may return.

    Raises:
        InvalidArgument: a field is of the wrong kind. Where that happens inside a hook the play is 'unknown': the hook
            may have acted before.

    >>> Outcome("done", note="message 17", cost=0.05).state
    'done'
    """

    state: OutcomeState = attrs.field(validator=_state)
    """done; failed: refused for good; unknown: it may have been carried out; retry: it was not, try again later."""
    note: str = attrs.field(default="", kw_only=True, converter=_note)
    """For people: the provider's number of the message, or the reason. Up to 500 characters in one line."""
    cost: float | None = attrs.field(default=None, kw_only=True, validator=_cost)
    """What it really cost, in major units; None: what the action says, where it was done."""
    attributes: Attributes = attrs.field(factory=Attributes, kw_only=True, converter=_attributes, hash=False)
    """What else goes into the customer's history."""


def _attempts(instance: Any, _: Any, value: object) -> None:
    if type(value) is not int or not 1 <= value <= 100:
        raise InvalidArgument(f"Retry: attempts {value!r} is not a whole number from 1 to 100")


def _kinds(value: Any) -> tuple[type[BaseException], ...]:
    found = (value,) if isinstance(value, type) else tuple(value)
    for one in found:
        if not (isinstance(one, type) and issubclass(one, BaseException)):
            raise InvalidArgument(f"Retry: unclear={one!r} is no type of exception; give such as TimeoutError")
    return found


@attrs.frozen
class Retry:
    """How often a hook is given one play when it raises. Nothing sleeps between the attempts.

    Raises:
        InvalidArgument: a field is of the wrong kind or out of range.

    >>> from lifecycle.playbooks import Retry
    >>> Retry(attempts=2).is_unclear(TimeoutError()), Retry(attempts=2).is_unclear(KeyError())
    (True, False)
    """

    attempts: int = attrs.field(default=3, validator=_attempts)
    """So often in one call, 1 to 100; then the play has failed."""
    unclear: tuple[type[BaseException], ...] = attrs.field(
        default=(TimeoutError, ConnectionAbortedError, ConnectionResetError, BrokenPipeError),
        kw_only=True,
        converter=_kinds,
    )
    """Errors after which nobody can tell whether the play was carried out, also where they are the cause of another
    error: the play is 'unknown' and never tried again by itself."""

    def is_unclear(self, error: BaseException) -> bool:
        """Whether an error leaves open whether the play was carried out."""
        kinds: tuple[type[BaseException], ...] = (BadOutcome, *self.unclear)
        # An interruption that a hook made into an error of its own is one all the same.
        return any(
            isinstance(one, kinds) or not isinstance(one, (Exception, BaseExceptionGroup)) for one in chain_of(error)
        )
