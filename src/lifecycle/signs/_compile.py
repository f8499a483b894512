"""Declared signs checked and compiled over a program."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from lifecycle.engine import Program
from lifecycle.errors import ConditionError, DefinitionError
from lifecycle.rules import (
    BoundCondition,
    counter_of,
    parse,
)

from ._asking import asking
from ._binding import Binding
from ._blueprint import Blueprint
from ._declared import HEALTH, SIGNAL, Declared
from ._drift import drift
from ._harmless import is_harmless
from ._loyalty import Loyalty
from ._program import Journey, ReadSlot, SignProgram, Watch
from ._scoring import Scoring
from ._segment import Segment
from ._signal import Signal
from ._turning import Turner, atom_turners, between
from ._weighing import bind_health

_COLUMNS = frozenset({"customer", "stage", "health", "band", "trend", "stale_days", "is_stale"})


def compile_signs(declared: Declared, program: Program) -> SignProgram:
    """The signs of a definition, ready to run.

    Raises:
        DefinitionError: all problems together: names given twice, unknown facts, signals and stages (with the
            nearest known one), signals that read each other in a circle, health that reads itself.
    """
    return _Compiler(declared, program).compiled()


class _Compiler:
    """One compilation; problems are collected and raised together."""

    def __init__(self, declared: Declared, program: Program) -> None:
        self.declared, self.program = declared, program
        self.binding = Binding(declared, program)
        self.problems = self.binding.problems
        self.scoring: Scoring | None = None
        self.watches: list[Watch] = []
        self.places: dict[str, int] = {}

    def compiled(self) -> SignProgram:
        self.refuse_twins()
        if self.declared.health is not None:
            self.scoring = bind_health(self.declared.health, self.declared.segments, self.binding)
        for signal in self.in_order():
            self.add(signal)
        segments = {segment.name: self.add(segment) for segment in self.declared.segments}
        journeys = tuple(self.journey(number, one) for number, one in enumerate(self.declared.blueprints))
        loyalty = self.loyalty()
        conditions = {text: self.condition(text) for text in self.declared.conditions}
        if self.problems:
            raise DefinitionError(self.problems)
        return SignProgram(
            self.program,
            tuple(self.watches),
            {signal.name: self.places[SIGNAL + signal.name] for signal in self.declared.signals},
            segments,
            journeys,
            self.scoring,
            loyalty,
            read_slots=self.read_slots(),
            readers=tuple(
                sum(1 << place for place, watch in enumerate(self.watches) if number in watch.reads)
                for number in range(len(self.watches))
            ),
            leaves={stage.id: leaf for leaf, stage in enumerate(self.program.chart.stages)},
            conditions=conditions,
        )

    def refuse_twins(self) -> None:
        for sort in ("signals", "segments", "blueprints"):
            names = [one.name for one in getattr(self.declared, sort)]
            twins = sorted({name for name in names if names.count(name) > 1})
            self.problems += [f"{sort}: {name!r} is declared twice; rename one" for name in twins]
            # Segments and blueprints are columns of tables that have these.
            taken = [name for name in names if name in _COLUMNS or name.startswith(SIGNAL)] if sort != "signals" else []
            self.problems += [f"{sort}: the name {name!r} is reserved; rename it" for name in taken]

    def in_order(self) -> list[Signal]:
        """The signals, each after those that it reads."""
        waiting = {signal.name: signal for signal in self.declared.signals}
        reads = {}
        for name, signal in waiting.items():
            texts = [signal.condition] + ([] if signal.clear is None else [signal.clear])
            read = {part for text in texts for part in _names(text)}
            reads[name] = {other for other in waiting if SIGNAL + other in read}
        ordered: list[Signal] = []
        while ready := [name for name in waiting if not reads[name] & waiting.keys()]:
            ordered += [waiting.pop(name) for name in ready]
        if waiting:
            self.problems.append(f"signals: {', '.join(waiting)} read each other in a circle; leave one out")
        return ordered

    def add(self, one: Signal | Segment) -> int:
        """A signal or a segment among the watches; its place."""
        is_signal = isinstance(one, Signal)
        place = f"{'signal' if is_signal else 'segment'} {one.name!r}"
        texts = [one.condition] + ([one.clear] if isinstance(one, Signal) and one.clear is not None else [])
        bound = [found for text in texts if (found := self.binding.bind(text, place)) is not None]
        if is_signal:
            self.places[SIGNAL + one.name] = len(self.watches)
        if len(bound) == len(texts):
            every = (True,) * len(self.program.chart.stages)
            watched = self.binding.watched(one.stages, place) if isinstance(one, Signal) else every
            dwell = one.dwell_days if isinstance(one, Signal) else 0
            self.watches.append(self.watch((one.name, one), bound, watched, dwell=dwell))
        return len(self.watches) - 1

    def condition(self, text: str) -> int:
        """A condition that playbooks watch, among the watches; its place."""
        bound = self.binding.bind(text, "playbooks")
        if bound is not None:
            self.watches.append(self.watch((text, None), [bound], (True,) * len(self.program.chart.stages)))
        return len(self.watches) - 1

    def watch(
        self,
        named: tuple[str, Signal | Segment | None],
        bound: Sequence[BoundCondition],
        watched: tuple[bool, ...],
        *,
        dwell: int = 0,
        journey: int | None = None,
    ) -> Watch:
        """A watch over bound conditions."""
        names = dict.fromkeys(name for condition in bound for name in condition.condition.names)
        reads = tuple(sorted(self.places[name] for name in names if name.startswith(SIGNAL)))
        kinds = self.kinds(name for name in names if not name.startswith(SIGNAL))
        more = {name: self.health_turners() if name == HEALTH else [] for name in names}
        more = {name: found for name, found in more.items() if name not in self.program.facts.types}
        turning = [
            turner
            for condition in bound
            for atom in condition.condition.atoms
            for turner in atom_turners(atom, self.program, more)
        ]
        is_two_valued = not isinstance(named[1], Signal)
        score = None
        if HEALTH in names and self.scoring is not None:
            score = drift(self.scoring, self.program, self.measure_turners())
        asks = [asking(condition, self.program, more, score, is_two_valued=is_two_valued) for condition in bound]
        return Watch(
            named[0], named[1], bound[0], bound[1] if len(bound) > 1 else None, dwell, watched, journey, kinds, reads,
            tuple(turning), asks[0], asks[1] if len(asks) > 1 else None,
        )  # fmt: skip

    def read_slots(self) -> dict[int, ReadSlot]:
        """The facts' states that watches read."""
        facts = self.program.facts
        names = {slot: name for name, slot in facts.slots.items()}
        reading: dict[int, list[int]] = {}
        for number, watch in enumerate(self.watches):
            read = {part for one in watch.conditions for name in one.condition.names for part in self.parts(name)}
            for part in read:
                reading.setdefault(facts.slots[part], []).append(number)
        return {slot: self.read_slot(slot, names[slot], numbers) for slot, numbers in reading.items()}

    def read_slot(self, slot: int, part: str, numbers: list[int]) -> ReadSlot:
        """The state of a fact with the watches that read it."""
        enters_after = self.program.facts.folded[part].enters_after
        every = sum(1 << number for number in numbers)
        if enters_after:
            return ReadSlot(slot, 0, 0, every, enters_after)
        if_up = 0
        for number in numbers:
            watch = self.watches[number]
            if watch.journey is None and not watch.dwell:
                if_up |= is_harmless(watch.raises, part, self.program, self.scoring) << number
        return ReadSlot(slot, every & ~if_up, if_up, 0, 0)

    def parts(self, name: str) -> list[str]:
        """The folded facts behind a name."""
        facts = self.program.facts
        names = self.health_names() if name == HEALTH else (name,)
        parts = [part for one in names if one in facts.types for part in facts.parts(one)]
        counts = [counter_of(part) for part in parts if part in facts.staged]
        return [part for part in (*parts, *counts) if part in facts.slots]

    def kinds(self, names: object) -> frozenset[str] | None:
        """The touchpoints that can change some names; None: every sign of life."""
        found: frozenset[str] = frozenset()
        for name in names:  # type: ignore[attr-defined]
            parts = self.health_names() if name == HEALTH else (name,)
            for part in parts:
                if part == "stage":
                    continue
                kinds = self.program.facts.kinds_of(part)
                if kinds is None:
                    return None
                found |= kinds
        return found

    def health_names(self) -> tuple[str, ...]:
        """The facts behind the score."""
        if self.scoring is None:
            return ()
        names = [measure.fact for measure in self.scoring.health.measures]
        names += [name for _, condition, _ in self.scoring.of_segment for name in condition.condition.names]
        return tuple(dict.fromkeys(names))

    def health_turners(self) -> list[Turner]:
        """Why time may change the score."""
        return [turner for own in self.measure_turners() for turner in own]

    def measure_turners(self) -> list[list[Turner]]:
        """The same, for each measure, then for the weights of segments."""
        if self.scoring is None:
            return []
        found: list[list[Turner]] = []
        for measure, scale in zip(self.scoring.health.measures, self.scoring.scales, strict=True):
            low, high = sorted((measure.bad * scale, measure.good * scale))
            found.append(between(measure.fact, low, high, self.program))
        for _, condition, _ in self.scoring.of_segment:
            atoms = condition.condition.atoms
            found.append([turner for atom in atoms for turner in atom_turners(atom, self.program, {})])
        return found

    def journey(self, number: int, blueprint: Blueprint) -> Journey:
        """A blueprint; its milestones join the watches."""
        chart, place = self.program.chart, f"blueprint {blueprint.name!r}"
        node = None
        if blueprint.start is not None:
            if blueprint.start in chart.nodes:
                node = chart.nodes.index(blueprint.start)
            else:
                near = get_close_matches(blueprint.start, chart.nodes, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"stages: {', '.join(chart.nodes)}"
                self.problems.append(f"{place}: it starts in {blueprint.start!r}, which is no stage; {hint}")
        watched = tuple(stage.role != "lost" for stage in chart.stages)
        places = []
        for milestone in blueprint.milestones:
            bound = self.binding.bind(milestone.condition, f"{place}, milestone {milestone.name!r}")
            places.append(len(self.watches))
            if bound is not None:
                self.watches.append(self.watch((milestone.name, None), [bound], watched, journey=number))
        fit = [(mark, self.binding.bind(mark.condition, f"{place}, mark {mark.name!r}")) for mark in blueprint.fit]
        return Journey(blueprint, node, tuple(places), tuple((mark, bound) for mark, bound in fit if bound is not None))

    def loyalty(self) -> tuple[Loyalty, BoundCondition, BoundCondition, tuple[bool, ...]] | None:
        loyalty = self.declared.loyalty
        if loyalty is None:
            return None
        content, committed = (self.binding.bind(text, "loyalty") for text in (loyalty.content, loyalty.committed))
        if content is not None and not any(kind.may_miss for kind in content.types.values()):
            self.problems.append(
                f"loyalty: content {loyalty.content!r} reads nothing that can be missing, so nobody would be unheard; "
                "read what customers said, such as Last('nps', of='score')"
            )
        watched = self.binding.watched(loyalty.stages, "loyalty")
        return None if content is None or committed is None else (loyalty, content, committed, watched)


def _names(text: str) -> tuple[str, ...]:
    try:
        return parse(text).names
    except ConditionError:
        return ()  # said where the condition is bound
