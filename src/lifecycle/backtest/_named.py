"""What a back-test of a story can be of: signals, segments, health bands, conditions."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Literal, TypeAlias

import attrs

from lifecycle.engine import Program
from lifecycle.errors import ConditionError, DefinitionError, InvalidArgument
from lifecycle.rules import BoundCondition, parse
from lifecycle.signs import SignProgram, bind_over

from ._asked import Asked

Sort: TypeAlias = Literal["signal", "segment", "band", "condition"]
_SIGNAL = "signal_"


@attrs.frozen(eq=False)
class Sign:
    """One sign."""

    name: str
    """As it was asked for."""
    sort: Sort
    """What it is."""
    number: int
    """Its place among the watches, or the bands; 0 of a condition."""
    condition: BoundCondition | None
    """What must hold at a moment, where that is all there is to it: of a condition or a segment."""
    stages: tuple[bool, ...]
    """Per stage whether a customer is at risk there."""
    is_exact: bool
    """Whether its episodes have exact instants: a signal, all of those for whom it is watched."""


def named(asked: Asked, signs: SignProgram | None, names: Sequence[str]) -> tuple[Sign, ...]:
    """The signs of some names or texts of conditions.

    Raises:
        InvalidArgument: a name that is none (with the nearest known one), or stands for two.
    """
    return tuple(_sign(asked, signs, name) for name in names)


def _sign(asked: Asked, signs: SignProgram | None, name: str) -> Sign:
    if not isinstance(name, str) or not name.strip():
        raise InvalidArgument(f"{name!r} is no sign; name a signal, a segment or a health band, or write a condition")
    found = _places(signs, name)
    if len(found) > 1:
        raise InvalidArgument(
            f"{name!r} is a {' and a '.join(found)}; write 'signal_{name}' for the signal, or the condition itself"
        )
    if not found:
        return Sign(name, "condition", 0, _condition(asked.record.program, signs, name), asked.usual, is_exact=False)
    (sort, number), *_ = found.items()
    if sort != "signal" or signs is None:
        condition = signs.watches[number].raises if signs is not None and sort == "segment" else None
        return Sign(name, sort, number, condition, asked.usual, is_exact=False)
    own = signs.watches[number].watched
    stages = own if asked.stages is None else asked.stages
    return Sign(name, sort, number, None, stages, is_exact=stages == own and asked.among is None)


def _places(signs: SignProgram | None, name: str) -> dict[Sort, int]:
    """The sorts of sign that a name stands for, each with its number."""
    if signs is None:
        return {}
    found: dict[Sort, int] = {}
    signal = name.removeprefix(_SIGNAL) if name.removeprefix(_SIGNAL) in signs.signals else name
    if signal in signs.signals:
        found["signal"] = signs.signals[signal]
    if name in signs.segments:
        found["segment"] = signs.segments[name]
    if name in bands(signs):
        found["band"] = bands(signs).index(name)
    return found


def bands(signs: SignProgram | None) -> tuple[str, ...]:
    """The bands of health."""
    return () if signs is None or signs.scoring is None else tuple(signs.scoring.health.bands)


def _condition(program: Program, signs: SignProgram | None, text: str) -> BoundCondition:
    try:
        read = parse(text).names
    except ConditionError as error:
        raise InvalidArgument(f"{text!r} is neither a sign nor a condition: {error}") from None
    if read == (text.strip(),) and text.strip() not in program.facts.types:
        signals, segments = ((), ()) if signs is None else (tuple(signs.signals), tuple(signs.segments))
        known = (*signals, *segments, *bands(signs))
        near = get_close_matches(text, [*known, *program.facts.types], n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known) or 'none'}"
        raise InvalidArgument(f"there is no signal, segment, health band or flag {text!r}; {hint}")
    try:
        return bind_over(program, signs, text)
    except DefinitionError as error:
        raise InvalidArgument(str(error)) from None
