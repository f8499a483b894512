"""Declared signs checked and compiled over a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from lifecycle.engine import Program
from lifecycle.errors import ConditionError, DefinitionError
from lifecycle.model import ROLES
from lifecycle.rules import (
    BoundCondition,
    Compare,
    FactType,
    bind_condition,
    counter_of,
    parse,
)

from ._asking import asking
from ._blueprint import Blueprint
from ._declared import HEALTH, SIGNAL, Declared
from ._drift import drift
from ._harmless import is_harmless
from ._health import Health
from ._loyalty import Loyalty
from ._program import Journey, ReadSlot, SignProgram, Watch
from ._scoring import Scoring, measures_types
from ._segment import Segment
from ._signal import Signal
from ._turning import Turner, atom_turners, between

_WATCHED = ("active", "returning")
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
        self.problems: list[str] = []
        self.scoring: Scoring | None = None
        self.watches: list[Watch] = []
        self.places: dict[str, int] = {}

    def compiled(self) -> SignProgram:
        self.refuse_twins()
        if self.declared.health is not None:
            self.scoring = self.health(self.declared.health)
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

    def types(self, *, with_signs: bool = True) -> Mapping[str, FactType]:
        """What conditions of signs may read."""
        types = dict(self.program.facts.types) | {"stage": FactType(kind="text")}
        if with_signs:
            if self.declared.health is not None:
                types[HEALTH] = FactType(is_real=True, may_miss=True)
            types |= {SIGNAL + signal.name: FactType(kind="flag") for signal in self.declared.signals}
        return types

    def bind(self, text: str, place: str, *, with_signs: bool = True) -> BoundCondition | None:
        """A condition, or None with its problem noted."""
        types = self.types(with_signs=with_signs)
        try:
            parsed = parse(text)
            if HEALTH in parsed.names and HEALTH not in types:
                why = "reads 'health', " + ("which its weights decide" if not with_signs else "which is not declared")
                raise ConditionError(f"condition {text!r} {why}")
            bound = bind_condition(parsed, types)
        except ConditionError as error:
            self.problems.append(f"{place}: {error}")
            return None
        for atom in bound.condition.atoms:
            if isinstance(atom, Compare) and atom.left.name == "stage":
                wrong = self.unknown_stage(str(getattr(atom.right, "value", atom.right)))
                self.problems += [] if wrong is None else [f"{place}: {wrong}"]
        return bound

    def unknown_stage(self, name: str) -> str | None:
        known = [stage.id for stage in self.program.chart.stages]
        if name in known:
            return None
        near = get_close_matches(name, known, n=1)
        return f"'stage' is never {name!r}; " + (
            f"did you mean {near[0]!r}?" if near else f"stages: {', '.join(known)}"
        )

    def watched(self, names: tuple[str, ...] | None, place: str) -> tuple[bool, ...]:
        """Whether something is watched, per stage: names are stages, compounds or roles."""
        chart = self.program.chart
        wanted = _WATCHED if names is None else names
        around = [{chart.nodes[node] for node in path} for path in chart.paths]
        for name in wanted if names is not None else ():
            if name not in chart.nodes and name not in ROLES:
                near = get_close_matches(name, [*chart.nodes, *ROLES], n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(chart.nodes)}"
                self.problems.append(f"{place}: {name!r} is no stage, compound or role here; {hint}")
        return tuple(
            any(name in inside or (name == stage.role and name not in chart.nodes) for name in wanted)
            if names is not None
            else stage.role in _WATCHED
            for stage, inside in zip(chart.stages, around, strict=True)
        )

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
        bound = [found for text in texts if (found := self.bind(text, place)) is not None]
        if is_signal:
            self.places[SIGNAL + one.name] = len(self.watches)
        if len(bound) == len(texts):
            every = (True,) * len(self.program.chart.stages)
            watched = self.watched(one.stages, place) if isinstance(one, Signal) else every
            dwell = one.dwell_days if isinstance(one, Signal) else 0
            self.watches.append(self.watch((one.name, one), bound, watched, dwell=dwell))
        return len(self.watches) - 1

    def condition(self, text: str) -> int:
        """A condition that playbooks watch, among the watches; its place."""
        bound = self.bind(text, "playbooks")
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

    def health(self, health: Health) -> Scoring | None:
        chart = self.program.chart
        problems, scales = measures_types(health, self.program.facts.types)
        self.problems += problems
        segments = {segment.name: segment for segment in self.declared.segments}
        tables = {
            name: tuple(float(own.get(measure.fact, measure.weight)) for measure in health.measures)
            for name, own in health.weights.items()
        }
        order, of_segment = list(tables), []
        for name in order:
            if name in segments and name not in chart.nodes:
                bound = self.bind(segments[name].condition, f"health: weights of segment {name!r}", with_signs=False)
                of_segment += [] if bound is None else [(order.index(name), bound, tables[name])]
            elif name not in chart.nodes:
                near = get_close_matches(name, [*chart.nodes, *segments], n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                self.problems.append(f"health: weights of {name!r}, which is no stage, compound or segment{hint}")
        own, rank = [], []
        for path in chart.paths:
            named = [name for name in order if name in {chart.nodes[node] for node in path}]
            own.append(tables[named[0]] if named else None)
            rank.append(order.index(named[0]) if named else len(order))
        watched = self.watched(health.stages, "health")
        if problems:
            return None
        return Scoring(health, scales, watched, tuple(own), tuple(rank), tuple(of_segment))

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
            bound = self.bind(milestone.condition, f"{place}, milestone {milestone.name!r}")
            places.append(len(self.watches))
            if bound is not None:
                self.watches.append(self.watch((milestone.name, None), [bound], watched, journey=number))
        fit = [(mark, self.bind(mark.condition, f"{place}, mark {mark.name!r}")) for mark in blueprint.fit]
        return Journey(blueprint, node, tuple(places), tuple((mark, bound) for mark, bound in fit if bound is not None))

    def loyalty(self) -> tuple[Loyalty, BoundCondition, BoundCondition, tuple[bool, ...]] | None:
        loyalty = self.declared.loyalty
        if loyalty is None:
            return None
        content, committed = (self.bind(text, "loyalty") for text in (loyalty.content, loyalty.committed))
        if content is not None and not any(kind.may_miss for kind in content.types.values()):
            self.problems.append(
                f"loyalty: content {loyalty.content!r} reads nothing that can be missing, so nobody would be unheard; "
                "read what customers said, such as Last('nps', of='score')"
            )
        watched = self.watched(loyalty.stages, "loyalty")
        return None if content is None or committed is None else (loyalty, content, committed, watched)


def _names(text: str) -> tuple[str, ...]:
    try:
        return parse(text).names
    except ConditionError:
        return ()  # said where the condition is bound
