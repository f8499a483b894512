"""Declared playbooks and policies checked and compiled over a definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from lifecycle.engine import Program
from lifecycle.errors import ConditionError, DefinitionError
from lifecycle.rules import BoundCondition, Where, make_where
from lifecycle.signs import SEVERITIES, Signal, SignProgram, bind_over, stages_named

from ._bound_action import BoundAction
from ._holdout import Holdout
from ._listening import bits, ending_kinds, ending_watches, starting_kinds, starting_watches
from ._needed import condition_of
from ._playbook import Playbook
from ._policy import BoundPolicy, Policy, PolicySetup
from ._program import (
    Act,
    Await,
    BoundPlaybook,
    BoundTier,
    BoundTrigger,
    BoundWait,
    End,
    Jump,
    Op,
    PlaybookProgram,
)
from ._steps import Action, Step, Stop, Wait, minute_of
from ._steps import Fact as FactParameter
from ._trigger import Trigger


def compile_playbooks(
    playbooks: Sequence[Playbook], policies: Sequence[Policy], signs: SignProgram, *, salt: str
) -> PlaybookProgram:
    """The playbooks of a definition, ready to run.

    Args:
        playbooks: as declared.
        policies: as declared, in the order in which they are asked.
        signs: the signs below, which watch the conditions of `watched_conditions`.
        salt: of the holdouts, where none is declared.

    Raises:
        DefinitionError: all problems together: names given twice, unknown stages, signals, milestones and facts (with
            the nearest known one), conditions that are none.
    """
    return _Compiler(playbooks, policies, signs).compiled(salt)


class _Compiler:
    """One compilation; problems are collected and raised together."""

    def __init__(self, playbooks: Sequence[Playbook], policies: Sequence[Policy], signs: SignProgram) -> None:
        self.declared, self.policies, self.signs = playbooks, policies, signs
        self.program: Program = signs.program
        self.problems: list[str] = []
        self.actions: list[BoundAction] = []
        self.milestones = {
            (journey.blueprint.name, milestone.name): place
            for journey in signs.journeys
            for milestone, place in zip(journey.blueprint.milestones, journey.places, strict=True)
        }

    def compiled(self, salt: str) -> PlaybookProgram:
        names = [playbook.name for playbook in self.declared]
        twins = sorted({name for name in names if names.count(name) > 1})
        self.problems += [f"playbooks: {name!r} is declared twice; rename one" for name in twins]
        playbooks = tuple(self.playbook(number, playbook) for number, playbook in enumerate(self.declared))
        holdouts = [policy for policy in self.policies if isinstance(policy, Holdout)]
        if len(holdouts) > 1:
            self.problems.append("policies: more than one Holdout; keep one")
        if self.problems:
            raise DefinitionError(self.problems)
        asked = self.bound_policies()
        share, own = (holdouts[0].share, holdouts[0].salt) if holdouts else (0.0, "")
        facts = self.program.facts
        dates = tuple(
            (playbook.number, place, bound.trigger.names[0])
            for playbook in playbooks
            for place, bound in enumerate(playbook.triggers)
            if bound.trigger.sort == "on_date"
        )
        date_kinds = [facts.kinds_of(fact) for _, _, fact in dates]
        return PlaybookProgram(
            self.signs, self.milestones, playbooks, tuple(self.actions), asked,
            max([policy.keeps_us for _, policy in asked], default=0), own or salt, share,
            starts_by_kind=bits(playbooks, starting_kinds),
            ends_by_kind=bits(playbooks, ending_kinds),
            starts_by_watch=bits(playbooks, starting_watches),
            ends_by_watch=bits(playbooks, ending_watches),
            starts_by_move=sum(1 << one.number for one in playbooks if any(
                bound.trigger.sort in ("entered", "left") for bound in one.triggers
            )),
            dates=dates,
            date_kinds=None if None in date_kinds else frozenset().union(*(kinds or () for kinds in date_kinds)),
        )  # fmt: skip

    def bound_policies(self) -> tuple[tuple[str, BoundPolicy], ...]:
        setup = PolicySetup(
            self.program,
            tuple(self.actions),
            lambda text: bind_over(self.program, self.signs, text),
            lambda names: stages_named(self.program, names),
        )
        return tuple((one.name, one.bind(setup)) for one in self.policies if not isinstance(one, Holdout))

    # --- one playbook -------------------------------------------------------------------------------------------------

    def playbook(self, number: int, playbook: Playbook) -> BoundPlaybook:
        place = f"playbook {playbook.name!r}"
        self.problems += _refused_keys(playbook, place)
        waits: list[BoundWait] = []
        tiers = tuple(
            BoundTier(
                next((tier for tier in playbook.tiers if tier.name == name), None),
                self.condition(next((tier.condition for tier in playbook.tiers if tier.name == name), None), place),
                self.ops(playbook, name, steps, waits),
            )
            for name, steps in playbook.ways
        )
        goal = playbook.goal
        return BoundPlaybook(
            number,
            playbook,
            tuple(self.trigger(trigger, place) for trigger in playbook.on),
            self.condition(playbook.audience, f"{place}, audience"),
            tiers,
            tuple(waits),
            self.watch(playbook.exit),
            self.kinds(playbook.exit_on),
            self.watch(None if goal is None else goal.condition),
            frozenset() if goal is None else self.kinds(goal.touchpoint),
            self.counted(playbook, place),
        )

    def counted(self, playbook: Playbook, place: str) -> tuple[tuple[int, int], ...]:
        """The signals that tiers count, with their severities."""
        if not any(tier.least_signals for tier in playbook.tiers):
            return ()
        found = []
        for number in self.signs.signals.values():
            signal = self.signs.watches[number].of
            if isinstance(signal, Signal) and signal.topic in playbook.topic:
                found.append((number, SEVERITIES.index(signal.severity)))
        if not found:
            topics = ", ".join(playbook.topic)
            self.problems.append(f"{place}: its tiers count signals of the topic {topics}, and no signal has it")
        return tuple(found)

    def condition(self, text: str | None, place: str) -> BoundCondition | None:
        if text is None:
            return None
        try:
            return bind_over(self.program, self.signs, text)
        except DefinitionError as error:
            self.problems.append(f"{place}: {error}")
            return None

    def watch(self, text: str | None) -> int | None:
        return None if text is None else self.signs.conditions[text]

    def kinds(self, kinds: Iterable[str]) -> frozenset[str]:
        return frozenset(self.program.context.key(kind) for kind in kinds)

    def where(self, text: str | None, place: str) -> Where | None:
        try:
            return make_where(text, self.program.context.exponent)
        except ConditionError as error:
            self.problems.append(f"{place}: {error}")
            return None

    def trigger(self, trigger: Trigger, place: str) -> BoundTrigger:
        match trigger.sort:
            case "entered" | "left":
                nodes = self.program.chart.nodes
                return BoundTrigger(trigger, self.places(trigger, {name: n for n, name in enumerate(nodes)}, place))
            case "raised" | "cleared":
                return BoundTrigger(trigger, self.places(trigger, self.signs.signals, place))
            case "reached" | "overdue":
                known = {f"{blueprint}.{name}": at for (blueprint, name), at in self.milestones.items()}
                short = [name for _, name in self.milestones]
                known |= {name: at for (_, name), at in self.milestones.items() if short.count(name) == 1}
                return BoundTrigger(trigger, self.places(trigger, known, place))
            case "happened":
                return BoundTrigger(
                    trigger, kinds=self.kinds(trigger.names), where=self.where(trigger.where, f"{place}, on")
                )
            case "on_date":
                dates = {name: 0 for name, kind in self.program.facts.types.items() if kind.unit == "date"}
                self.places(trigger, dates, place)
                return BoundTrigger(trigger)
        text = condition_of(trigger)
        assert text is not None
        number = self.signs.conditions[text]
        return BoundTrigger(trigger, frozenset({number}), condition=self.signs.watches[number].raises)

    def places(self, trigger: Trigger, known: Mapping[str, int], place: str) -> frozenset[int]:
        """What the names of a trigger mean."""
        for name in trigger.names:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
                self.problems.append(f"{place}: {trigger.sort}({name!r}) names nothing that the definition has; {hint}")
        return frozenset(known[name] for name in trigger.names if name in known)

    # --- steps --------------------------------------------------------------------------------------------------------

    def ops(self, playbook: Playbook, tier: str, steps: tuple[Step, ...], waits: list[BoundWait]) -> tuple[Op, ...]:
        """Steps flattened."""
        ops: list[Op] = []
        self.flatten(playbook, f"{tier}/" if tier else "", steps, (ops, waits))
        return (*ops, End())

    def flatten(
        self, playbook: Playbook, prefix: str, steps: tuple[Step, ...], into: tuple[list[Op], list[BoundWait]]
    ) -> None:
        ops, waits = into
        for place, step in enumerate(steps):
            name = f"{prefix}{place}"
            if isinstance(step, Action):
                ops.append(Act(self.action(playbook, name, step)))
            elif isinstance(step, Stop):
                ops.append(End())
            else:
                where = self.where(step.where, f"playbook {playbook.name!r}, step {name}")
                waits.append(BoundWait(self.kinds(step.kinds), step.match, where))
                self.branch(playbook, name, step, into)

    def branch(self, playbook: Playbook, name: str, wait: Wait, into: tuple[list[Op], list[BoundWait]]) -> None:
        """A wait with its two ways: then … jump over; otherwise …"""
        ops, waits = into
        at, number = len(ops), len(waits) - 1
        ops.append(End())
        self.flatten(playbook, f"{name}.then.", wait.then, into)
        over = len(ops)
        ops.append(End())
        self.flatten(playbook, f"{name}.otherwise.", wait.otherwise, into)
        ops[at] = Await(number, wait.days * 86_400_000_000, over + 1)
        ops[over] = Jump(len(ops))

    def action(self, playbook: Playbook, step: str, action: Action) -> int:
        place = f"playbook {playbook.name!r}, step {step}"
        types = self.program.facts.types
        for _, value in action.params:
            if isinstance(value, FactParameter) and value.name not in types and value.name != "stage":
                near = get_close_matches(value.name, types, n=1)
                hint = f"did you mean {near[0]!r}?" if near else "declare it"
                self.problems.append(f"{place}: params names {value.name!r}, which is no fact; {hint}")
        only_if = self.condition(action.only_if, f"{place}, only_if")
        minute = None if action.at is None else minute_of(action.at)
        self.actions.append(BoundAction(len(self.actions), playbook, step, action, only_if, minute))
        return len(self.actions) - 1


def _refused_keys(playbook: Playbook, place: str) -> list[str]:
    """Problems with the correlation key."""
    matched = [step.match for _, steps in playbook.ways for step in _waits(steps) if step.match is not None]
    if matched and playbook.key is None:
        return [f"{place}: a wait matches {matched[0]!r}, but runs have no key; give key='order' or another attribute"]
    return []


def _waits(steps: Iterable[Step]) -> list[Wait]:
    found: list[Wait] = []
    for step in steps:
        if isinstance(step, Wait):
            found += [step, *_waits(step.then), *_waits(step.otherwise)]
    return found
