"""From values of facts to the touchpoints that give them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from random import Random
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.definition import Definition
from lifecycle.rules import (
    BoundFact,
    Count,
    Distinct,
    First,
    Flag,
    Gap,
    Last,
    Max,
    Mean,
    Most,
    OldestOpen,
    Open,
    Overdue,
    Paired,
    Since,
    Sum,
    Tenure,
    as_kinds,
)

from ._beats import Beat, beat_of
from ._satisfying import satisfying
from ._thresholds import declared_facts
from ._vocabulary import DayAfter, Vocabulary
from ._wanted import Values

Ban: TypeAlias = tuple[frozenset[str] | None, int, int]
"""No touchpoint of these kinds (None: no sign of life) from one day to another, both included."""
_OPENING_HOUR: Final = 8


@attrs.frozen(eq=False)
class Days:
    """The days between which facts are to be made true."""

    first: int
    """What happens begins here."""
    last: int
    """On this day they are to be true."""


class Realiser:
    """Makes touchpoints for values of facts; what they need to be true is checked afterwards by whoever asks."""

    def __init__(self, definition: Definition, vocabulary: Vocabulary, draw: Random) -> None:
        self.definition, self.vocabulary, self.draw = definition, vocabulary, draw
        self.facts = declared_facts(definition)
        self.beats: list[Beat] = []
        self.bans: list[Ban] = []
        self.past: Sequence[Beat] = ()
        self.days = Days(0, 0)
        self.n_references = 0

    def realise(self, values: Values, days: Days, past: Sequence[Beat]) -> tuple[list[Beat], list[Ban]]:
        """Beats that give facts their values on the last day, and what must not happen in between.

        Args:
            values: the facts below ratios and differences.
            days: when.
            past: what happened before.
        """
        self.days, self.past = days, past
        for name, value in values.items():
            fact: Any = self.facts.get(name)
            make = next((make for sort, make in self._makers() if isinstance(fact, sort)), None)
            if make is not None:
                make(fact, value)
            elif not isinstance(fact, Tenure) and name in self.definition.program.facts.folded and value:
                self._host(self.definition.program.facts.folded[name])
        return self.beats, self.bans

    def _makers(self) -> tuple[tuple[Any, Callable[[Any, Any], None]], ...]:
        # A kind of fact comes before the one that it is made of.
        return (
            (Distinct, self._distinct), (Most, self._most), (Count, self._count), (Mean, self._mean), (Sum, self._sum),
            (Max, self._extreme), (Last, self._last), (First, self._last), (Since, self._since), (Flag, self._flag),
            (Gap, self._gap), (Open, self._open), (OldestOpen, self._oldest), (Overdue, self._overdue),
            (Paired, self._paired),
        )  # fmt: skip

    # What the makers share.

    def keys(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """Kinds as the definition means them; signs of life where there is none."""
        context = self.definition.program.context
        found = tuple(context.key(kind) for kind in kinds)
        return found or tuple(kind for kind in self.vocabulary.kinds if kind not in self.vocabulary.passive)

    def window(self, fact: Any) -> tuple[int, int]:
        """The days that a fact counts, as far as they are ours."""
        last, window = self.days.last, getattr(fact, "days", None)
        low, high = (self.days.first, last) if window is None else window.bounds(last)
        return max(low, self.days.first), max(high, self.days.first)

    def add(self, fact: Any, day: int, given: dict[str, Any] | None = None) -> None:
        """A touchpoint that a fact counts."""
        kind = self.draw.choice(self.keys(fact.kinds))
        passed = satisfying(getattr(fact, "where", None), self.draw)
        self.beats.append(beat_of(self.vocabulary, self.draw, day, kind, {**passed, **(given or {})}))

    def spread(self, fact: Any, n: int) -> list[int]:
        """So many days of a fact's window, some of them the same, and its edges now and then."""
        low, high = self.window(fact)
        edge = self.draw.choice((None, None, low, high))
        return [
            edge if edge is not None and self.draw.random() < 0.5 else self.draw.randint(low, high) for _ in range(n)
        ]

    def ban(self, fact: Any, low: int, high: int) -> None:
        """Nothing else that the fact counts."""
        self.bans.append((frozenset(self.keys(fact.kinds)) if fact.kinds else None, low, high))

    def reference(self) -> str:
        """A reference that nobody used."""
        self.n_references += 1
        return f"n{self.days.last}.{self.n_references}"

    def close_all(self, fact: Open | Overdue) -> None:
        """Closes what the past left open."""
        opened, closed = self.keys((fact.opened,))[0], self.keys(as_kinds(fact.closed))
        left: dict[Any, None] = {}
        for beat in self.past:
            if beat.kind == opened:
                left[beat.attributes.get(fact.ref)] = None
            elif beat.kind in closed:
                left.pop(beat.attributes.get(fact.ref), None)
        for ref in left:
            given = {} if ref is None else {fact.ref: ref}
            self.beats.append(Beat(self.days.first, self.draw.choice(closed), given))

    # One maker for each sort of fact.

    def _count(self, fact: Count, n: int) -> None:
        for day in self.spread(fact, n):
            self.add(fact, day)
        self.ban(fact, *self.window(fact))

    def _distinct(self, fact: Distinct, n: int) -> None:
        low, high = self.window(fact)
        self.ban(fact, low, high)
        if fact.of is not None:
            for place, day in enumerate(self.spread(fact, n)):
                self.add(fact, day, {fact.of: f"p{place}"})
            return
        for day in self.draw.sample(range(low, high + 1), min(n, high + 1 - low)):
            self.add(fact, day)

    def _most(self, fact: Most, n: int) -> None:
        for day in self.spread(fact, n):
            self.add(fact, day, {fact.of: "p0"})
        self.ban(fact, *self.window(fact))

    def _sum(self, fact: Sum, value: float | None) -> None:
        self._valued(fact, [value] if value else [])

    def _mean(self, fact: Mean, value: float | None) -> None:
        self._valued(fact, [] if value is None else [value] * self.draw.choice((1, 2)))

    def _extreme(self, fact: Max, value: float | None) -> None:
        self._valued(fact, [] if value is None else [value])

    def _valued(self, fact: Any, values: Sequence[float]) -> None:
        for day, value in zip(self.spread(fact, len(values)), values, strict=True):
            self.add(fact, day, {fact.of: value})
        self.ban(fact, *self.window(fact))

    def _last(self, fact: First, value: Any) -> None:
        if value is None:
            return
        given = DayAfter(30) if fact.type == "date" else value
        stale = getattr(fact, "stale_days", None)
        low = self.days.first if stale is None else max(self.days.first, self.days.last - stale)
        day = self.draw.randint(low, self.days.last)
        self.add(fact, day, {fact.of: given})
        self.bans.append((frozenset(self.keys(fact.kinds)), day, self.days.last))

    def _since(self, fact: Since, days: int | None) -> None:
        if days is None:
            self.ban(fact, self.days.first, self.days.last)
            return
        day = self.days.last - days
        if day >= self.days.first:
            self.add(fact, day)
        self.ban(fact, max(day, self.days.first), self.days.last)

    def _flag(self, fact: Flag, value: int) -> None:
        if fact.of is not None:
            self._last(Last(fact.kinds, of=fact.of, where=fact.where), bool(value))
        elif value:
            self.add(fact, self.draw.randint(self.days.first, self.days.last))

    def _gap(self, fact: Gap, days: int) -> None:
        for place in range(3):
            self.add(fact, max(self.days.first, self.days.last - place * int(days or 1)))

    def _open(self, fact: Open, n: int) -> None:
        self.close_all(fact)
        for _ in range(n):
            self._opening(fact, self.draw.randint(self.days.first, self.days.last))

    def _oldest(self, fact: OldestOpen, age: int | None) -> None:
        self.close_all(fact.of)
        if age is not None:
            days = age if fact.unit == "days" else ceil(age * 7 / 5) + self.draw.choice((0, 1, 2))
            self._opening(fact.of, max(self.days.first, self.days.last - days))

    def _overdue(self, fact: Overdue, n: int) -> None:
        self.close_all(fact)
        for _ in range(n):
            day = self.draw.randint(self.days.first, max(self.days.first, self.days.last - 2))
            self._opening(fact, day, {fact.due: DayAfter(self.draw.randint(0, max(0, self.days.last - day - 1)))})

    def _opening(self, fact: Open | Overdue, day: int, given: dict[str, Any] | None = None) -> None:
        kind = self.keys((fact.opened,))[0]
        self.beats.append(beat_of(self.vocabulary, self.draw, day, kind, {fact.ref: self.reference(), **(given or {})}))

    def _paired(self, fact: Paired, value: float | None) -> None:
        n, number = (1, value) if fact.statistic != "count" else (int(value or 0), self._counted(fact))
        low, high = self.window(fact)
        self.bans.append((frozenset(self.keys((fact.opened, *fact.closed))), low, high))
        for _ in range(0 if number is None else n):
            self._pair(fact, self.draw.randint(low, high), float(number or 0))

    def _counted(self, fact: Paired) -> float:
        low = fact.below - 2 if fact.above is None and fact.below is not None else fact.above
        return 1.0 if low is None else float(low) + 1

    def _pair(self, fact: Paired, day: int, number: float) -> None:
        opened, closed = self.keys((fact.opened,))[0], self.draw.choice(self.keys(as_kinds(fact.closed)))
        ref = {fact.ref: self.reference()}
        hours = int(number) if fact.value == "hours" else self.draw.choice((1, 30))
        begun, hour = day - (_OPENING_HOUR + hours) // 24, (_OPENING_HOUR + hours) % 24
        first: dict[str, Any] = dict(ref)
        second: dict[str, Any] = dict(ref)
        if fact.value == "late_days":
            first[fact.due] = DayAfter(day - begun - int(number))
        elif fact.value == "gap":
            first[fact.of], second[fact.of] = 5, 5 + number
        self.beats.append(Beat(begun, opened, first, _OPENING_HOUR))
        self.beats.append(Beat(day, closed, second, hour))

    def _host(self, fact: BoundFact) -> None:
        """A host's own sort of fact: some touchpoints that it listens to."""
        for _ in range(self.draw.randint(1, 3)):
            kind = self.draw.choice(sorted(fact.kinds or self.keys(())))
            self.beats.append(
                beat_of(self.vocabulary, self.draw, self.draw.randint(self.days.first, self.days.last), kind)
            )
