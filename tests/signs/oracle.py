"""A slow second opinion: every sign asked at every touchpoint and midnight, facts from the whole history."""

from __future__ import annotations

import ast
import operator
from collections import Counter
from datetime import date

from lifecycle import Definition, Distinct, Most, Overdue, Paired, Touchpoint
from lifecycle.signs import Signal
from tests.engine.oracle import EPOCH, FIRST_DAY, Oracle

SIGNS = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip
NEVER = 10**9
Happened = list[tuple[str, str, int, str]]


class SignOracle(Oracle):
    """One definition's second opinion on its signs."""

    def __init__(self, definition: Definition) -> None:
        super().__init__(definition)
        self.types = definition.program.facts.types
        self.trees = {
            text: ast.parse(text, mode="eval").body
            for signal in definition.signals
            for text in (signal.condition, signal.clear)
            if text is not None
        }
        for one in (*definition.segments, *(m for b in definition.blueprints for m in b.milestones)):
            self.trees[one.condition] = ast.parse(one.condition, mode="eval").body
        self.order = self._in_order(list(definition.signals))

    def _in_order(self, signals: list[Signal]) -> list[Signal]:
        done: list[Signal] = []
        while signals:
            for signal in signals:
                texts = f"{signal.condition} {signal.clear}"
                if not any(f"signal_{other.name}" in texts for other in signals):
                    done.append(signal)
                    signals.remove(signal)
                    break
        return done

    def happened(self, history: tuple[Touchpoint, ...], until_us: int) -> Happened:
        """What the signs did: (sort, name, at, cause)."""
        self.up: dict[str, int] = {}
        self.midnights: dict[str, list[bool]] = {signal.name: [] for signal in self.order}
        self.members: set[str] = set()
        self.reached: dict[tuple[str, str], int] = {}
        self.begun: dict[str, int] = {}
        self.found: Happened = []
        self.is_first = True
        self.run(history, until_us)
        return self.found

    def pass_days(self, after: int, last: int) -> None:
        for day in range(after + 1, last + 1):
            super().pass_days(day - 1, day)
            self.look(day, self.starts[day - FIRST_DAY], "time")

    def take(self, touchpoint: Touchpoint, day: int) -> None:
        if self.is_first:
            self.note_begun(day)
            self.is_first = False
        super().take(touchpoint, day)
        self.look(day, touchpoint.at_us, "touchpoint")

    def move(self, target: str, at_us: int, day: int, event: str, cause: str) -> None:
        super().move(target, at_us, day, event, cause)
        self.note_begun(day)

    def note_begun(self, day: int) -> None:
        for blueprint in self.definition.blueprints:
            if blueprint.start is None or blueprint.start in self.path(self.stage):
                self.begun.setdefault(blueprint.name, day)

    def look(self, day: int, at_us: int, cause: str) -> None:
        self.today = day
        for signal in self.order:
            self.look_at(signal, day, at_us, cause)
        for segment in self.definition.segments:
            holds = self.holds(segment.condition)
            if holds != (segment.name in self.members):
                self.members ^= {segment.name}
                self.found.append(("in" if holds else "out", segment.name, at_us, cause))
        for blueprint in self.definition.blueprints:
            start = self.begun.get(blueprint.name)
            if start is None or self.role() == "lost":
                continue
            for milestone in blueprint.milestones:
                key = (blueprint.name, milestone.name)
                if key not in self.reached and self.holds(milestone.condition):
                    self.reached[key] = at_us
                    self.found.append(("reached", f"{blueprint.name}.{milestone.name}", at_us, cause))
                elif key not in self.reached and cause == "time" and day == start + milestone.due_days + 1:
                    self.found.append(("overdue", f"{blueprint.name}.{milestone.name}", at_us, cause))

    def role(self) -> str:
        return self.chart.stages[self.leaf[self.stage]].role

    def is_watched(self, signal: Signal) -> bool:
        if signal.stages is None:
            return self.role() in ("active", "returning")
        return bool({self.role(), *self.path(self.stage)} & set(signal.stages))

    def look_at(self, signal: Signal, day: int, at_us: int, cause: str) -> None:
        name = signal.name
        if not self.is_watched(signal):
            if cause == "time":
                self.midnights[name].append(False)
            if self.up.pop(name, None) is not None:
                self.found.append(("cleared", name, at_us, "stage"))
            return
        verdict = self.verdict(self.trees[signal.condition])
        clear = verdict is False if signal.clear is None else self.verdict(self.trees[signal.clear]) is True
        if cause == "time":
            self.midnights[name].append(verdict is True)
        wanted = verdict is True
        if signal.dwell_days:
            last = self.midnights[name][-signal.dwell_days :]
            wanted = cause == "time" and len(last) == signal.dwell_days and all(last)
        if name not in self.up and wanted:
            self.up[name] = at_us
            self.found.append(("raised", name, at_us, cause))
        elif name in self.up and clear and verdict is not True:
            del self.up[name]
            self.found.append(("cleared", name, at_us, cause))

    # --- facts of pairs and repeats -----------------------------------------------------------------------------------

    def value(self, fact: object, today: int) -> object:
        match fact:
            case Overdue():
                return self.overdue(fact, today)
            case Paired():
                return self.paired(fact, today)
            case Most():
                texts = [t.attribute(fact.of) for t, _ in self.windowed(fact, today)]
                return max(Counter(text for text in texts if text is not None).values(), default=0)
            case Distinct() if fact.new:
                first: dict[object, int] = {}
                for touchpoint, day in self.rows(fact):
                    if touchpoint.attribute(fact.of) is not None:
                        first.setdefault(touchpoint.attribute(fact.of), day)
                return sum(0 <= today - fact.days.ago - day < fact.days.n for day in first.values())
        return super().value(fact, today)

    def overdue(self, fact: Overdue, today: int) -> int:
        found: dict[object, int] = {}
        for touchpoint, day in self.history:
            ref = touchpoint.attribute(fact.ref) or ""
            if self.kind(touchpoint) == fact.opened:
                due = touchpoint.attribute(fact.due)
                is_date = isinstance(due, str) and due[:2] == "20"
                last = (date.fromisoformat(str(due)[:10]) - EPOCH).days if is_date else NEVER
                found.setdefault(ref, max(last, day))
            elif self.kind(touchpoint) in fact.closed:
                found.pop(ref, None)
        return sum(last < today for last in found.values())

    def paired(self, fact: Paired, today: int) -> object:
        waiting: dict[object, Touchpoint] = {}
        numbers = []
        for touchpoint, day in self.history:
            ref = touchpoint.attribute(fact.ref) or ""
            if self.kind(touchpoint) == fact.opened:
                waiting.setdefault(ref, touchpoint)
            elif self.kind(touchpoint) in fact.closed and ref in waiting:
                first = waiting.pop(ref)
                if 0 <= today - fact.days.ago - day < fact.days.n:
                    numbers.append(self.number_of_pair(fact, first, touchpoint))
        known = [number for number in numbers if number is not None]
        if fact.statistic == "count":
            return sum(number < 0 for number in known)
        return sum(known) / len(known) if known else None

    def number_of_pair(self, fact: Paired, first: Touchpoint, second: Touchpoint) -> float | None:
        if fact.value == "hours":
            return (second.at_us - first.at_us) / 1_000_000
        one, other = self.number(first, fact.of), self.number(second, fact.of)
        return None if one is None or other is None else other - one

    # --- conditions ---------------------------------------------------------------------------------------------------

    def known(self, name: str) -> object:
        if name == "stage":
            return self.stage
        if name == "health":
            return self.score()
        if name.startswith("signal_"):
            return name.removeprefix("signal_") in self.up
        return self.fact(name, self.today)

    def major(self, name: str) -> object:
        value = self.known(name)
        scale = self.types[name].scale if name in self.types else 1
        return value / scale if scale != 1 and value is not None else value  # type: ignore[operator]

    def verdict(self, node: ast.expr) -> bool | None:
        """Kleene."""
        match node:
            case ast.BoolOp():
                parts = [self.verdict(part) for part in node.values]
                stop = isinstance(node.op, ast.Or)
                return stop if stop in parts else None if None in parts else not stop
            case ast.UnaryOp(op=ast.Not()):
                inner = self.verdict(node.operand)
                return None if inner is None else not inner
            case ast.Name():
                value = self.known(node.id)
                return None if value is None else bool(value)
            case ast.Compare():
                sides = [node.left, *node.comparators]
                values = [self.side(side) for side in sides]
                results = [
                    None if a is None or b is None else SIGNS[type(sign)](a, b)
                    for a, sign, b in zip(values, node.ops, values[1:], strict=False)
                ]
                return False if False in results else None if None in results else True
        raise AssertionError(ast.dump(node))

    def side(self, node: ast.expr) -> object:
        return self.major(node.id) if isinstance(node, ast.Name) else ast.literal_eval(node)

    def holds(self, text: str) -> bool:
        """Two-valued: a comparison with missing is false."""
        return self._holds(self.trees[text])

    def _holds(self, node: ast.expr) -> bool:
        match node:
            case ast.BoolOp():
                parts = [self._holds(part) for part in node.values]
                return any(parts) if isinstance(node.op, ast.Or) else all(parts)
            case ast.UnaryOp(op=ast.Not()):
                return not self._holds(node.operand)
        return self.verdict(node) is True

    def score(self) -> float | None:
        health = self.definition.health
        assert health is not None
        watched = {self.role(), *self.path(self.stage)}
        if not watched & set(health.stages or ("active", "returning")) or (
            health.stages is None and self.role() not in ("active", "returning")
        ):
            return None
        own = next((table for name, table in health.weights.items() if name in watched), {})
        total = present = 0.0
        for measure in health.measures:
            weight, value = float(own.get(measure.fact, measure.weight)), self.major(measure.fact)
            if value is None and measure.missing == "undefined" and weight:
                return None
            if value is not None:
                points = (value - measure.bad) / (measure.good - measure.bad) * 100  # type: ignore[operator]
                total += weight * min(max(points, 0.0), 100.0)
            if value is not None or measure.missing == "zero":
                present += weight
        return total / present if present else None
