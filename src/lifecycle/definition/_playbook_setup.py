"""What is looked through for findings about playbooks, and what is known of a customer who enters one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

import attrs

from lifecycle.chart import Chart
from lifecycle.errors import DefinitionError
from lifecycle.playbooks import (
    Act,
    BoundAction,
    BoundPlaybook,
    BoundTier,
    BoundTrigger,
    Playbook,
    PlaybookProgram,
    Policy,
)
from lifecycle.rules import (
    BoundCondition,
    Claim,
    Contradiction,
    FactSet,
    FactType,
    Known,
    Value,
    Witness,
    contradiction,
    show,
)
from lifecycle.signs import Signal, bind_over

Places: TypeAlias = frozenset[int]
"""Stages, by number."""


def _ids(stages: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, stages))


@attrs.frozen(eq=False)
class Premise:
    """Something that certainly holds."""

    place: str
    """What says so: 'audience', "signal 'fading'" …"""
    condition: BoundCondition
    """What holds."""
    is_own: bool
    """Whether the playbook itself says so, whatever else the definition has."""


@attrs.frozen(eq=False)
class Entry:
    """One way into a playbook."""

    trigger: BoundTrigger
    """What starts it."""
    name: str
    """Which of its names it is, for people."""
    premises: tuple[Premise, ...]
    """What holds at that moment for whom it is meant."""


@attrs.frozen
class PlaybookSetup:
    """The playbooks and policies of a definition, as declared and as compiled."""

    playbooks: tuple[Playbook, ...] = attrs.field(converter=tuple[Playbook, ...])
    """As declared."""
    policies: tuple[Policy, ...] = attrs.field(converter=tuple[Policy, ...])
    """As declared, in the order in which they are asked."""
    program: PlaybookProgram | None
    """Both compiled; None where there are no playbooks."""
    signals: tuple[Signal, ...] = attrs.field(converter=tuple[Signal, ...])
    """The signals of the definition."""
    facts: FactSet
    """Its facts."""
    stages: tuple[str, ...] = attrs.field(converter=_ids)
    """The ids of its stages."""


@attrs.define(eq=False, slots=False)
class View:
    """A set-up with its compiled playbooks, and what can be asked about them."""

    setup: PlaybookSetup
    """What is looked through."""
    program: PlaybookProgram
    """Its playbooks, compiled."""
    is_own_only: bool = False
    """Whether nothing is taken for granted at an entry but what the playbook says itself."""

    @cached_property
    def known(self) -> Known:
        """What is known of facts in all conditions."""
        return Known.of(self.setup.facts, self.setup.stages)

    @property
    def chart(self) -> Chart:
        """The stages and moves."""
        return self.program.signs.program.chart

    @cached_property
    def entries(self) -> dict[str, tuple[Entry, ...]]:
        """The ways into each playbook."""
        return {book.name: tuple(self._entries(book)) for book in self.program.playbooks}

    def open_entries(self, book: BoundPlaybook) -> tuple[Entry, ...]:
        """The ways into a playbook about which no contradiction is proved."""
        return tuple(one for one in self.entries[book.name] if self.weigh(one.premises).certainty != "proved")

    def weigh(self, premises: Iterable[Premise | BoundCondition]) -> Contradiction:
        """Whether some premises and conditions contradict each other."""
        conditions = [one.condition if isinstance(one, Premise) else one for one in premises]
        return contradiction(conditions, self.known)

    def bound(self, text: str) -> BoundCondition:
        """A condition over facts, stage, health and signals."""
        return bind_over(self.program.signs.program, self.program.signs, text)

    def exit_of(self, book: BoundPlaybook) -> BoundCondition | None:
        """The condition that ends a run."""
        return None if book.exit is None else self.program.signs.watches[book.exit].raises

    def goal_of(self, book: BoundPlaybook) -> BoundCondition | None:
        """The condition that a playbook is to bring about."""
        return None if book.goal is None else self.program.signs.watches[book.goal].raises

    def actions_of(self, book: BoundPlaybook) -> tuple[BoundAction, ...]:
        """All actions of a playbook."""
        return tuple(action for action in self.program.actions if action.playbook is book.playbook)

    def at_once(self, tier: BoundTier) -> Iterator[BoundAction]:
        """The actions of a tier that are tried at the moment of the entry."""
        for op in tier.ops:
            if not isinstance(op, Act):
                return
            bound = self.program.actions[op.action]
            if bound.action.delay_us or bound.minute is not None:
                return
            yield bound

    def shown(self, witness: Witness | None) -> str:
        """Values of facts for people."""
        flag = FactType(kind="flag")
        types = {**self.setup.facts.types, **{f"signal_{signal.name}": flag for signal in self.setup.signals}}
        pairs = sorted((witness or {}).items())
        return ", ".join(f"{name} {_value(value, types.get(name))}" for name, value in pairs)

    # --- what holds at an entry ---------------------------------------------------------------------------------------

    def _entries(self, book: BoundPlaybook) -> Iterator[Entry]:
        audience = () if book.audience is None else (Premise("audience", book.audience, is_own=True),)
        for bound in book.triggers:
            for name, premises in self._starts(bound):
                # What others say comes first, so that a proof leaves it out where it can.
                yield Entry(bound, name, (*premises, *audience))

    def _starts(self, bound: BoundTrigger) -> Iterator[tuple[str, list[Premise]]]:
        """What each name of a trigger says."""
        sort, watches, chart = bound.trigger.sort, self.program.signs.watches, self.chart
        if bound.condition is not None:
            yield str(bound.trigger), [Premise("trigger", bound.condition, is_own=True)]
        elif self.is_own_only:
            yield str(bound.trigger), []
        elif sort in ("raised", "cleared", "reached"):
            for number in sorted(bound.numbers):
                watch = watches[number]
                place = f"{'milestone' if sort == 'reached' else 'signal'} {watch.name!r}"
                premises = [] if sort == "cleared" else [Premise(place, watch.raises, is_own=False)]
                if sort != "reached":
                    flag = f"{'not ' * (sort == 'cleared')}signal_{watch.name}"
                    premises.append(Premise(place, self.bound(flag), is_own=False))
                if sort == "raised":
                    premises += self._in(frozenset(leaf for leaf, there in enumerate(watch.watched) if there), place)
                yield f"{place} {sort}", premises
        elif sort in ("entered", "left"):
            for node in sorted(bound.numbers):
                inside = frozenset(leaf for leaf, path in enumerate(chart.paths) if node in path)
                found = inside if sort == "entered" else frozenset(range(len(chart.stages))) - inside
                place = f"stage {chart.nodes[node]!r} {sort}"
                yield place, self._in(found, place)
        else:
            yield str(bound.trigger), []

    def _in(self, leaves: Places, place: str) -> list[Premise]:
        """That the customer is in one of some stages, or where a timer of the same midnight leads from there."""
        around = self._timed(leaves)
        if len(around) == len(self.chart.stages):
            return []
        text = " or ".join(f"stage == {self.chart.stages[leaf].id!r}" for leaf in sorted(around))
        try:
            return [Premise(place, self.bound(text), is_own=False)] if text else []
        except DefinitionError:  # too many stages for one condition
            return []

    def _timed(self, leaves: Places) -> Places:
        timed = {timer.event for timer in self.chart.timers}
        found, before = leaves, Places()
        while found != before:
            before = found
            found |= {
                route.target
                for (leaf, event), routes in self.chart.routes.items()
                if leaf in before and event in timed
                for route in routes
            }
        return found


def _value(value: Value, kind: FactType | None) -> str:
    if kind is not None:
        return show(value, kind).strip("'")
    return "missing" if value is None else str(value)


def claimed(claims: Sequence[Claim]) -> str:
    """Claims that contradict each other, for people: condition against condition."""
    groups: dict[int, dict[str, Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.condition, {})[str(claim)] = claim
    return " against ".join(_word(group.values(), is_only=len(groups) == 1).join(group) for group in groups.values())


def _word(claims: Iterable[Claim], *, is_only: bool) -> str:
    """What stands between the claims of one condition: several equalities with one fact are choices."""
    is_choice = all(" == " in str(claim) and not claim.is_denied for claim in claims)
    return " or " if is_choice and not is_only else " and "
