"""A history walked through live: the customer after each moment, and all that happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from lifecycle.definition import Definition
from lifecycle.engine import Step
from lifecycle.model import EPOCH, DroppedPlay, HeldPlay, Move, Play, RunChange, SignalChange, utc_of

from ._history import History


class Happened:
    """What some steps hold, step after step."""

    __slots__ = ()

    def told(self) -> tuple[Step, ...]:
        """The steps."""
        raise NotImplementedError

    @property
    def moves(self) -> tuple[Move, ...]:
        """All moves, in order."""
        return tuple(move for step in self.told() for move in step.moves)

    @property
    def plays(self) -> tuple[Play, ...]:
        """All plays that were decided, in order."""
        return tuple(play for step in self.told() for play in step.plays)

    @property
    def held(self) -> tuple[HeldPlay, ...]:
        """All plays that were held back, once for each try, in order."""
        return tuple(held for step in self.told() for held in step.held)

    @property
    def dropped(self) -> tuple[DroppedPlay, ...]:
        """All plays that were dropped, in order."""
        return tuple(dropped for step in self.told() for dropped in step.dropped)

    @property
    def runs(self) -> tuple[RunChange, ...]:
        """All that happened to runs, in order."""
        return tuple(change for step in self.told() for change in step.runs)


@attrs.frozen(eq=False)
class Walked(Happened):
    """What a definition made of a history."""

    history: History
    """What was lived through."""
    steps: tuple[Step, ...] = attrs.field(repr=False)
    """One for each touchpoint, and the passing of time at the end."""

    def told(self) -> tuple[Step, ...]:
        """The steps."""
        return self.steps

    @property
    def signals(self) -> tuple[SignalChange, ...]:
        """All signals that were raised and cleared, in order."""
        return tuple(change for step in self.steps for change in step.signals)


def until_us(history: History) -> int:
    """The end of a history in microseconds since 1970-01-01 UTC."""
    return us_of(history.until)


def us_of(at: datetime) -> int:
    """An instant in microseconds since 1970-01-01 UTC."""
    passed = at - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def walk_through(definition: Definition, history: History, stops: Sequence[int] = ()) -> Walked:
    """A history lived through, touchpoint by touchpoint, time passing in between at some instants too.

    Args:
        definition: which decides.
        history: what is lived through.
        stops: instants at which `pass_time` is called, ascending; those after a touchpoint and not after the next one.
    """
    first, *others = history.touchpoints
    step = definition.begin(first)
    steps, place = [step], 0
    for touchpoint in others:
        while place < len(stops) and stops[place] < touchpoint.at_us:
            step = definition.pass_time(step.customer, utc_of(stops[place]))
            steps.append(step)
            place += 1
        step = definition.advance(step.customer, touchpoint)
        steps.append(step)
    for stop in (*(stop for stop in stops[place:] if stop < until_us(history)), until_us(history)):
        step = definition.pass_time(step.customer, utc_of(stop))
        steps.append(step)
    return Walked(history, tuple(steps))
