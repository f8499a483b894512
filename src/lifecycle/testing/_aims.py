"""What has to come about for a playbook to start."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

from lifecycle.playbooks import Playbook, Trigger, condition_of

from ._beats import Script, short
from ._routes import Aim
from ._satisfying import satisfying
from ._vocabulary import CONTACTS, REFERENCES, DayAfter
from ._wanted import Literal, Wanted

if TYPE_CHECKING:
    from ._guide import Guide


def aims_of(guide: Guide, playbook: Playbook, trigger: Trigger, draw: Random) -> Iterator[tuple[Script, Aim]]:
    """Scripts to go on from, and what they should go on to, so that a trigger starts a playbook."""
    entry = _entry(guide, playbook, draw)
    if trigger.sort in {"entered", "left"}:
        yield from _moves(guide, trigger, entry, draw)
        return
    if trigger.sort == "cleared":
        yield from _clears(guide, trigger, entry, draw)
        return
    aim = _aim(guide, playbook, trigger, entry, draw)
    if aim is not None:
        stages = [stage for stage in guide.to_stage if aim.wanted.allows(stage) and _watches(guide, trigger, stage)]
        script = guide.anywhere(draw, stages) if stages else None
        if script is not None:
            yield script, aim


def _entry(guide: Guide, playbook: Playbook, draw: Random) -> Wanted:
    """What is asked at the entry, whatever the trigger."""
    wanted = Wanted()
    if playbook.audience is not None:
        wanted += guide.solver.want(playbook.audience, draw)
    for text in (playbook.exit, None if playbook.goal is None else playbook.goal.condition):
        if text is not None and draw.random() < 0.8:
            wanted += guide.solver.want(text, draw, holds=False)
    if playbook.tiers:
        tier = draw.choice(playbook.tiers)
        if tier.condition is not None:
            wanted += guide.solver.want(tier.condition, draw)
        heard = [signal for signal in guide.definition.signals if signal.topic in playbook.topic]
        for signal in draw.sample(heard, min(len(heard), tier.least_signals)):
            wanted += guide.solver.want(signal.condition, draw)
    return wanted


def _watches(guide: Guide, trigger: Trigger, stage: str) -> bool:
    """Whether the signal of a trigger is watched in a stage; true where it has none."""
    signs = guide.definition.signs
    if trigger.sort != "raised" or signs is None:
        return True
    leaf = guide.extender.leaves[stage]
    return any(signs.watches[signs.signals[name]].watched[leaf] for name in trigger.names)


def _aim(guide: Guide, playbook: Playbook, trigger: Trigger, entry: Wanted, draw: Random) -> Aim | None:
    """What a trigger other than a move waits for."""
    want = guide.solver.want
    match trigger.sort:
        case "raised":
            name = draw.choice(trigger.names)
            signal = next(one for one in guide.definition.signals if one.name == name)
            days = signal.dwell_days + 1 if signal.dwell_days else 0
            return Aim(entry + want(signal.condition, draw), days=days)
        case "became":
            return Aim(entry + want(trigger.condition, draw))
        case "silent":
            return Aim(entry + want(condition_of(trigger) or "", draw))
        case "happened":
            kinds = tuple(guide.definition.program.context.key(kind) for kind in trigger.names)
            given: dict[str, Any] = satisfying(trigger.where, draw) | {"contact": draw.choice(CONTACTS)}
            if playbook.key is not None:
                given[playbook.key] = draw.choice(REFERENCES)
            return Aim(entry, kinds=kinds, given=given)
        case "on_date":
            return _date(guide, trigger, entry, draw)
        case "reached" | "overdue":
            return _milestone(guide, trigger, entry, draw)
    return None


def _date(guide: Guide, trigger: Trigger, entry: Wanted, draw: Random) -> Aim | None:
    fact: Any = guide.definition.facts.get(trigger.names[0])
    kinds = tuple(guide.definition.program.context.key(kind) for kind in getattr(fact, "kinds", ()) or ("profile_set",))
    ahead = max(1, 1 - trigger.days) + draw.choice((0, 1, 5))
    return Aim(entry, kinds=kinds, given={getattr(fact, "of", "date"): DayAfter(ahead)}, days=ahead + trigger.days)


def _milestone(guide: Guide, trigger: Trigger, entry: Wanted, draw: Random) -> Aim | None:
    name = draw.choice(trigger.names).rpartition(".")[2]
    for blueprint in guide.definition.blueprints:
        for milestone in blueprint.milestones:
            if milestone.name == name:
                if trigger.sort == "overdue":
                    return Aim(entry, days=milestone.due_days + 2)
                return Aim(entry + guide.solver.want(milestone.condition, draw))
    return None


def _moves(guide: Guide, trigger: Trigger, entry: Wanted, draw: Random) -> Iterator[tuple[Script, Aim]]:
    """Routes that enter, or leave, the stages of a trigger."""
    inside = set(guide.inside(trigger.names))
    stages = guide.chart.stages
    found = []
    for (leaf, _), routes in guide.chart.routes.items():
        for route in routes:
            enters = stages[route.target].id in inside and stages[leaf].id not in inside
            leaves = stages[leaf].id in inside and stages[route.target].id not in inside
            if (enters if trigger.sort == "entered" else leaves) and guide.to_stage[stages[leaf].id]:
                found.append((stages[leaf].id, route))
    initial = stages[guide.chart.initial].id
    if trigger.sort == "entered" and initial in inside and guide.to_stage[initial]:
        yield short(draw, guide.to_stage[initial]), Aim()
    if found:
        stage, route = draw.choice(found)
        # What is asked of the stage is asked of the one that is entered.
        yield short(draw, guide.to_stage[stage]), Aim(Wanted(entry.literals), route)


def _clears(guide: Guide, trigger: Trigger, entry: Wanted, draw: Random) -> Iterator[tuple[Script, Aim]]:
    """A signal that is up, and what takes it down."""
    name = draw.choice(trigger.names)
    signal = next(one for one in guide.definition.signals if one.name == name)
    scripts = guide.signal(name)
    if scripts:
        wanted = guide.solver.want(signal.clear or signal.condition, draw, holds=signal.clear is not None)
        yield draw.choice(scripts), Aim(entry + Wanted(wanted.literals), days=1)


__all__ = ["Literal", "aims_of"]
