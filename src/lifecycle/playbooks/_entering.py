"""Who enters a playbook, and why not."""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.model import DAY_US, Figure
from lifecycle.rules import text_of
from lifecycle.signs import SEVERITIES

from ._holdout import bucket
from ._policy import ZONE
from ._program import BoundPlaybook, BoundTrigger
from ._run import Run, begun
from ._running import Running


def enter_all(running: Running, due: list[tuple[Run, int, int]]) -> None:
    """Everything that starts now, with its first steps; adds the plays that became due."""
    for book, bound in candidates(running):
        run = enter(running, book, bound)
        if run is not None:
            running.runs.append(running.progress(run, due))
    if due:
        revoke_gone(running, due)


def revoke_gone(running: Running, due: list[tuple[Run, int, int]]) -> None:
    """What became due of a run at the very moment at which a higher tier took over is revoked with it."""
    for one in tuple(due):
        run, action, due_us = one
        if running.place_of(run.playbook, run.entered_us, run.occasion) is None:
            due.remove(one)
            running.revoked.append((run, (action, due_us, due_us), "a higher tier has taken over"))


def candidates(running: Running) -> Iterator[tuple[BoundPlaybook, BoundTrigger]]:
    """The playbooks that something starts now, each with its first trigger."""
    now, program = running.now, running.program
    concerned = program.starts_by_kind.get(now.kind, 0) if now.touchpoint is not None else 0
    for watch in now.up | now.down | now.overdue:
        concerned |= program.starts_by_watch.get(watch, 0)
    if now.entered or now.left:
        concerned |= program.starts_by_move
    for playbook, _ in now.dates:
        concerned |= 1 << playbook
    while concerned:
        number = (concerned & -concerned).bit_length() - 1
        concerned &= concerned - 1
        book = program.playbooks[number]
        for place, bound in enumerate(book.triggers):
            if fires(running, bound, number, place):
                yield book, bound
                break


def fires(running: Running, bound: BoundTrigger, playbook: int, place: int) -> bool:
    """Whether a trigger fires now."""
    now, sort = running.now, bound.trigger.sort
    if sort == "happened":
        return (
            now.touchpoint is not None
            and now.kind in bound.kinds
            and (bound.where is None or bound.where.passes(now.touchpoint))
        )
    if sort == "on_date":
        return (playbook, place) in now.dates
    sets = {"entered": now.entered, "left": now.left, "cleared": now.down, "overdue": now.overdue}
    return not bound.numbers.isdisjoint(sets.get(sort, now.up))


def enter(running: Running, book: BoundPlaybook, bound: BoundTrigger) -> Run | None:
    """A new run, where nothing speaks against it."""
    now, playbook = running.now, book.playbook
    touchpoint = now.touchpoint if bound.trigger.sort == "happened" else None
    occasion = contact = ""
    if touchpoint is not None:
        occasion = (text_of(touchpoint, playbook.key) or "") if playbook.key is not None else ""
        contact = text_of(touchpoint, "contact") or ""
    tier, figures, why_not = admits(running, book)
    run = begun((book.number, tier, now.at_us, occasion), contact, str(bound.trigger))
    why_not = why_not or entered_before(running, book, run)
    if why_not:
        running.note(run, "refused", f"{bound.trigger}, but {why_not}", figures)
        return None
    last_us, occasions, seen = running.entries[book.number]
    running.entries[book.number] = (
        now.at_us,
        (*occasions, occasion) if last_us == now.at_us else (occasion,),
        (*seen, occasion) if playbook.reentry == "per_key" else seen,
    )
    evidence = evidence_of(running, bound)
    run = run._replace(
        is_holdout=is_holdout(running, book),
        zone=str(running.read(ZONE) or ""),
        figures=tuple((one.atom, one.values, one.holds, one.text) for one in evidence),
    )
    running.note(run, "entered", str(bound.trigger), evidence)
    if playbook.goal is not None:
        last = now.at_us + playbook.goal.within_days * DAY_US
        running.goals.append((book.number, now.at_us, occasion, last, run.is_holdout, run.tier))
    return running.arrive(run, 0, now.at_us)


def admits(running: Running, book: BoundPlaybook) -> tuple[int, tuple[Figure, ...], str]:
    """The tier that a customer gets now, or why there is no entry whatever was before, with the figures."""
    playbook = book.playbook
    if book.audience is not None and not book.audience.holds(running.read):
        return 0, book.audience.unmet(running.read), f"the audience is {playbook.audience}"
    if book.exit is not None and running.is_up(book.exit):
        return 0, running.figures_of(book.exit), f"its exit holds: {playbook.exit}"
    for place in reversed(range(len(book.tiers))):
        if is_tier(running, book, place):
            return place, (), ""
    return 0, (), "no tier's demands are met"


def is_tier(running: Running, book: BoundPlaybook, place: int) -> bool:
    """Whether the demands of a tier are met now."""
    bound = book.tiers[place]
    tier = bound.tier
    if tier is None:
        return True
    up = [severity for watch, severity in book.signals if running.is_up(watch)] if tier.least_signals else []
    if len(up) < tier.least_signals or (up and max(up) < SEVERITIES.index(tier.severity)):
        return False
    return bound.condition is None or bound.condition.holds(running.read)


def entered_before(running: Running, book: BoundPlaybook, new: Run) -> str:
    """Why earlier runs keep a new one out; a lower tier gives way."""
    playbook, (last_us, occasions, seen) = book.playbook, running.entries[book.number]
    if last_us == new.entered_us and new.occasion in occasions:
        return "it has just been entered"
    if last_us is not None:
        if playbook.reentry == "never":
            return "it is entered once only"
        if playbook.reentry == "per_key" and new.occasion in seen:
            return f"it was entered for {new.occasion!r} before"
        if isinstance(playbook.reentry, int) and new.entered_us < last_us + playbook.reentry * DAY_US:
            return f"the last entry is less than {playbook.reentry} days ago"
    open_runs = [run for run in running.runs if run.playbook == book.number and run.is_open]
    same = [run for run in open_runs if run.occasion == new.occasion]
    if same and same[0].tier >= new.tier:
        return "its last run has not ended"
    most = playbook.concurrent or (1 if playbook.key is None else len(open_runs) + 1)
    if len(open_runs) - len(same) >= most:
        return f"{most} of its runs are open"
    higher = book.tiers[new.tier].tier
    for run in same:
        name = "" if higher is None else higher.name
        running.end(running.runs.index(run), "escalated", f"a higher tier: {name}")
    return ""


def is_holdout(running: Running, book: BoundPlaybook) -> bool:
    """Whether the customer gets nothing, so that the effect can be measured."""
    program, who = running.program, running.id
    if program.global_holdout and bucket(program.salt, "", who) < program.global_holdout:
        return True
    share = book.playbook.holdout
    return share > 0 and bucket(program.salt, book.name, who) < share


def evidence_of(running: Running, bound: BoundTrigger) -> tuple[Figure, ...]:
    """The figures of what started a run."""
    now, signs = running.now, running.program.signs
    match bound.trigger.sort:
        case "raised" | "cleared":
            names = [one.figures for one in now.signals if signs.signals[one.signal] in bound.numbers]
        case "reached" | "overdue":
            place = running.program.milestones
            names = [o.figures for o in now.milestones if place[o.blueprint, o.milestone] in bound.numbers]
        case "entered" | "left":
            names = [one.figures for one in now.moves]
        case "became" | "silent":
            names = [] if bound.condition is None else [bound.condition.figures(running.read)]
        case _:
            names = []
    return tuple(figure for figures in names for figure in figures)
