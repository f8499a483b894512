"""A test that cannot fail proves nothing: faults planted in one engine are found by the comparison of engines."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
import numpy as np
import pytest

from lifecycle.engine import NEVER_DAY, Program, _answers, _live_walk, _lookout, _timing, _walk
from lifecycle.rules import BoundFact, Since, _counts, _extremes, _rows, _selection

from .oracle import Oracle
from .test_equality import disagreement
from .worlds import World, make_world

N_WORLDS = 60
Fault = Callable[..., Any]


world_of = cache(make_world)


def later(days: Any) -> Any:
    """Due days put off by one, `NEVER_DAY` kept."""
    return np.where(days == NEVER_DAY, days, days + 1).astype(days.dtype)


def since_a_day_more(right: Fault) -> Fault:
    """`Since` counts today."""

    def bind(self: Since, context: object) -> BoundFact:
        bound: BoundFact = right(self, context)

        def read(*given: Any) -> Any:
            value = bound.read(*given)
            return None if value is None else value + 1

        return attrs.evolve(bound, read=read)

    return bind


def timings(change: Callable[[_timing.Timing], _timing.Timing]) -> Callable[[Fault], Fault]:
    """Every timing changed."""
    return lambda right: lambda *given: tuple(change(timing) for timing in right(*given))


def clocks(day: int, row: int) -> Callable[[Fault], Fault]:
    """The clocks of what is entered set wrongly."""

    def wrong(right: Fault) -> Fault:
        def enter(self: _walk.Walk, who: Any, old: int, new: int) -> None:
            right(self, who, old, new)
            for clock in self.program.entered(old, new):
                self.state.entry_day[clock][who] += day
                if len(self.state.entry_row):
                    self.state.entry_row[clock][who] += row

        return enter

    return wrong


MUTANTS: dict[str, tuple[object, str, Callable[[Fault], Fault]]] = {
    "live: a timer fires a day late": (
        Program,
        "first_due",
        lambda right: lambda *given: None if (due := right(*given)) is None else due + 1,
    ),
    "live: a timer forgets that it fired": (
        Program,
        "first_due",
        lambda right: lambda self, timer, basis, today, fired: right(self, timer, basis, today, None),
    ),
    "live: the touchpoints of a day come before its midnight": (
        _live_walk.LiveWalk,
        "fire_until",
        lambda right: lambda self, last_day: right(self, last_day - 1),
    ),
    "live: a window is a day short": (
        _counts.Days,
        "bounds",
        lambda right: lambda self, today: (right(self, today)[0] + 1, right(self, today)[1]),
    ),
    "live: a window begins a day early": (
        _counts.Days,
        "bounds",
        lambda right: lambda self, today: (right(self, today)[0] - 1, right(self, today)[1]),
    ),
    "live: Since counts today": (Since, "bind", since_a_day_more),
    "live: InStage counts today": (
        _live_walk.LiveWalk,
        "staged",
        lambda right: lambda self, name: None if (value := right(self, name)) is None else value + 1,
    ),
    "columns: a window is a day long": (
        _counts,
        "span",
        lambda right: (
            lambda rows, points, chosen, days: right(rows, points, chosen, days and _counts.Days(days.n + 1, days.ago))
        ),
    ),
    "columns: the window of an extreme is a day short": (
        _extremes,
        "span",
        lambda right: (
            lambda rows, points, chosen, days: right(
                rows, points, chosen, days and _counts.Days(max(1, days.n - 1), days.ago)
            )
        ),
    ),
    "columns: a timer falls due a day late": (
        _lookout,
        "find_timings",
        timings(lambda timing: attrs.evolve(timing, dues=later(timing.dues))),
    ),
    "columns: the last timer falls due a day late": (
        _lookout,
        "find_timings",
        timings(lambda timing: attrs.evolve(timing, final=later(timing.final))),
    ),
    "columns: the first day on which a timer falls due is passed over": (
        _lookout,
        "find_timings",
        timings(
            lambda timing: (
                attrs.evolve(timing, gaps=timing.gaps[1:], dues=timing.dues[1:]) if len(timing.gaps) > 1 else timing
            )
        ),
    ),
    "columns: a timer on the day of a row sees that row": (
        _walk.Walk,
        "first_row_on",
        lambda right: lambda self, who, day: right(self, who, day + 1),
    ),
    "columns: a midnight is a microsecond late": (
        _walk.Walk,
        "midnights",
        lambda right: lambda self, day: right(self, day) + 1,
    ),
    "columns: a date that comes back fires again": (
        _walk.Walk,
        "unless_fired",
        lambda right: lambda self, who, timer, gap, due: due,
    ),
    "columns: a fact does not see the last row": (
        _selection.Selection,
        "stop",
        lambda right: lambda self, points: np.maximum(right(self, points) - 1, self.start(points)),
    ),
    "columns: a fact sees one row too many": (
        _selection.Selection,
        "stop",
        lambda right: lambda self, points: np.minimum(right(self, points) + 1, len(self)),
    ),
    "columns: a window looks from the next day": (
        _selection.Selection,
        "from_day",
        lambda right: lambda self, points, ago: right(self, points, ago - 1),
    ),
    "columns: days are those of UTC": (
        _rows,
        "days_of",
        lambda right: lambda at, calendar: (at // 86_400_000_000).astype(np.int32),
    ),
    "columns: a stage is entered a day early": (_walk.Walk, "enter", clocks(-1, 0)),
    "columns: the row that causes an entry counts after it": (_walk.Walk, "enter", clocks(0, -1)),
    "columns: a row that may move is passed over": (
        _lookout,
        "find_answers",
        lambda right: (
            lambda *given: tuple(
                attrs.evolve(answers, sure=answers.sure[1:], codes=answers.codes[1:])
                if len(answers.sure) > 1
                else answers
                for answers in right(*given)
            )
        ),
    ),
    "columns: a row is asked a day too late after entry": (
        _answers,
        "least_days",
        lambda right: lambda *given: right(*given) + 1,
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of one day or one row in one engine shows within a few worlds."""
    owner, attribute, fault = MUTANTS[name]
    monkeypatch.setattr(owner, attribute, fault(getattr(owner, attribute)))
    for seed in range(N_WORLDS):
        try:
            if disagreement(rebuilt(world_of(seed)), with_oracle=False) is not None:
                return
        except (IndexError, AssertionError):  # a fault may also break the walk
            return
    pytest.fail(f"no world shows that {name}")


def rebuilt(world: World) -> World:
    """The same world with its facts bound again, as a fault may sit in the binding."""
    return attrs.evolve(world, definition=attrs.evolve(world.definition))


def test_a_fault_of_the_second_opinion_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle is compared too: if it were a day off, the worlds would show it."""
    right = Oracle.basis
    monkeypatch.setattr(Oracle, "basis", lambda *given: None if (day := right(*given)) is None else day + 1)
    assert any(disagreement(world_of(seed)) is not None for seed in range(N_WORLDS))
