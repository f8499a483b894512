"""Some customers of a record through the live engine, into columns: the slow way, for what columns cannot do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from lifecycle.engine import Record, Step
from lifecycle.model import DroppedPlay, HeldPlay, Play, RunChange

from ._live import advance_playbooks, begin_playbooks, pass_playbooks
from ._policy import NEVER_US
from ._program import PlaybookProgram
from ._scene import IndexArray
from ._simulated import Plays
from ._tries import STATES
from ._trying import HOLDOUT
from ._unfolding import EVENTS, Changes


def story_of(program: PlaybookProgram, record: Record, customer: int, *, until_us: int | None = None) -> list[Step]:
    """Everything that one customer of a record lives through, step by step, with reasons.

    Args:
        program: the playbooks of the definition that made the record.
        record: the outcome of a replay.
        customer: a position in the log.
        until_us: only what happened strictly before this instant; None is the end of the record.

    Returns:
        One step for each touchpoint, with what was due before it, and one for the time after the last; nothing where
        the customer had not begun.
    """
    end_us = record.until_us if until_us is None else until_us
    known = [touchpoint for touchpoint in record.log.touchpoints(customer) if touchpoint.at_us < end_us]
    if not known:
        return []
    first, *others = known
    steps = [begin_playbooks(program, first)]
    for touchpoint in others:
        steps.append(advance_playbooks(program, steps[-1].customer, touchpoint))
    return [*steps, pass_playbooks(program, steps[-1].customer, end_us - 1)]


class ActingEach:
    """What the live engine does to some customers.

    Args:
        program: the playbooks.
        record: the outcome of a replay.
        who: positions in the log.
    """

    def __init__(self, program: PlaybookProgram, record: Record, who: IndexArray) -> None:
        self.program = program
        steps = [(customer, step) for customer in who.tolist() for step in story_of(program, record, customer)]
        self.actions = {(one.playbook.name, one.step): one.number for one in program.actions}
        self.policies = {name: number for number, (name, _) in reversed(list(enumerate(program.policies)))}
        self.policies[HOLDOUT] = len(program.policies)
        self.decided = self.plays((customer, play, -1, NEVER_US) for customer, step in steps for play in step.plays)
        self.held = self.plays(self.of_held(customer, one) for customer, step in steps for one in step.held)
        self.dropped = self.plays(self.of_dropped(customer, one) for customer, step in steps for one in step.dropped)
        self.runs = self.changes((customer, one) for customer, step in steps for one in step.runs)

    def of_held(self, customer: int, one: HeldPlay) -> tuple[int, Play, int, int]:
        """A held play with the number of its policy and its next try."""
        return customer, one.play, self.policies[one.policy], NEVER_US if one.next_us is None else one.next_us

    def of_dropped(self, customer: int, one: DroppedPlay) -> tuple[int, Play, int, int]:
        """A dropped play with the place of its state."""
        return customer, one.play, STATES.index(one.state), NEVER_US

    def plays(self, found: Iterable[tuple[int, Play, int, int]]) -> Plays:
        """Plays with code and next try, in columns."""
        rows = [
            (
                customer, self.actions[play.playbook, play.step], self.tier(play.playbook, play.step), play.entered_us,
                play.due_us, play.at_us, play.occasion, code, next_us,
            )
            for customer, play, code, next_us in found
        ]  # fmt: skip
        return Plays.join([Plays(*_columns(rows))] if rows else [])

    def tier(self, playbook: str, step: str) -> int:
        """The place of the tier of a step."""
        book = next(one for one in self.program.playbooks if one.name == playbook)
        tiers = [one.tier for one in book.tiers]
        return next((place for place, one in enumerate(tiers) if one and step.startswith(f"{one.name}/")), 0)

    def changes(self, found: Iterable[tuple[int, RunChange]]) -> Changes:
        """Changes of runs, in columns."""
        rows = []
        for customer, one in found:
            book = next(book for book in self.program.playbooks if book.name == one.playbook)
            names = ["" if bound.tier is None else bound.tier.name for bound in book.tiers]
            tier = -1 if one.event == "refused" else names.index(one.tier)
            rows.append((
                customer, book.number, EVENTS.index(one.event), one.at_us, one.entered_us, one.occasion, tier,
                one.is_holdout,
            ))  # fmt: skip
        return Changes.join([Changes(*_columns(rows))] if rows else [])


def _columns(rows: list[tuple[Any, ...]]) -> list[IndexArray]:
    return [np.array(values, object if isinstance(values[0], str) else None) for values in zip(*rows, strict=True)]
