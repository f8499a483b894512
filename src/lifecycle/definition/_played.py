"""A story whose playbooks are run over its log."""

from __future__ import annotations

from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Moment, Step, Table, instant, pasts
from lifecycle.errors import InvalidArgument
from lifecycle.model import utc_of
from lifecycle.playbooks import (
    NOT_REACHED,
    ChurnOverlap,
    Effect,
    PlaybookProgram,
    PlayColumns,
    PlayDiff,
    Simulation,
    WhyNot,
    churn_overlap,
    contacts_per_customer,
    decided_columns,
    effect_of_columns,
    forgotten,
    held_columns,
    load_by_role,
    play_diff,
    plays_by_week,
    run_columns,
    simulate,
    story_of,
    why_not,
)

from ._backtested import BacktestedStory


@attrs.frozen(eq=False, repr=False)
class PlayedStory(BacktestedStory):
    """The stages of every customer of a log, and what the playbooks of the definition decide over it.

    What is asked first runs them once over the whole log; the answer is kept. Plays that were decided count as carried
    out, unless a `play_outcome` touchpoint in the log says otherwise.
    """

    plan: PlaybookProgram | None = attrs.field(default=None, kw_only=True)
    """The playbooks of the definition, compiled."""

    @cached_property
    def simulation(self) -> Simulation:
        """Everything that playbooks decide, in columns.

        Raises:
            InvalidArgument: the definition has no playbooks.
        """
        return simulate(self._plan(), self.record)

    def plays(self) -> Table:
        """Every decided play: customer, playbook, action, step, purpose, channel, due, at, entered, occasion, key.

        Raises:
            InvalidArgument: the definition has no playbooks.
        """
        return self.simulation.plays_table()

    def held(self) -> Table:
        """Every try that a policy held back: as the plays, with policy and next try (NaT for never).

        Raises:
            InvalidArgument: the definition has no playbooks.
        """
        return self.simulation.held_table()

    def dropped(self) -> Table:
        """Every play that was due and is not decided any more: as the plays, with its state.

        Raises:
            InvalidArgument: the definition has no playbooks.
        """
        return self.simulation.dropped_table()

    def runs(self) -> Table:
        """Everything that happened to runs of playbooks, refused entries too.

        Raises:
            InvalidArgument: the definition has no playbooks.
        """
        return self.simulation.runs_table()

    def plays_of(self, id: str | int) -> tuple[Step, ...]:
        """Everything that happened to one customer, step by step, plays with their evidence.

        Raises:
            InvalidArgument: the definition has no playbooks.
            UnknownCustomer: the log has no such customer.
        """
        return tuple(story_of(self._plan(), self.record, self.record.log.code_of(id)))

    def why_no_play(self, id: str | int, playbook: str, at: Moment | None = None) -> WhyNot:
        """Why a playbook does nothing for a customer at a moment: what starts it, and what stands in the way.

        Args:
            id: who.
            playbook: which.
            at: everything strictly before it has happened; None is the end.

        Raises:
            InvalidArgument: the definition has no such playbook, or the customer had not begun by then.
            UnknownCustomer: the log has no such customer.
        """
        until_us = self.record.until_us
        now_us = (until_us if at is None else min(instant(at, self.base.program.calendar), until_us)) - 1
        code = self.record.log.code_of(id)
        steps = story_of(self._plan(), self.record, code, until_us=now_us + 1)
        if not steps:
            raise InvalidArgument(f"customer {id!r} had not begun by {utc_of(now_us + 1):%Y-%m-%d %H:%M} UTC")
        return why_not(self._plan(), steps[-1].customer, playbook, now_us)

    # --- what it amounts to -------------------------------------------------------------------------------------------

    def effect(self, playbook: str, *, confidence: float = 0.95) -> Effect:
        """What a playbook brought about: goal rates of the treated and of the holdout, uplift, cost per goal.

        Raises:
            InvalidArgument: the definition has no such playbook, or the confidence is not between 0 and 1.
        """
        declared = {book.name: book.playbook for book in self._plan().playbooks}
        if playbook not in declared:
            raise InvalidArgument(f"there is no playbook {playbook!r}; playbooks: {', '.join(declared)}")
        runs, plays = run_columns(self.simulation), decided_columns(self.simulation)
        return effect_of_columns(declared[playbook], runs, plays, utc_of(self.record.until_us), confidence=confidence)

    def plays_by_week(self) -> Table:
        """Per week, from Monday in the definition's zone: how many plays are decided, and held by which policy.

        Raises:
            InvalidArgument: the definition has no playbooks.
        """
        return plays_by_week(decided_columns(self.simulation), held_columns(self.simulation), zone=self._zone)

    def contacts(self) -> Table:
        """How many plays reach a customer, by channel: mean, median, 95 % and most.

        Raises:
            InvalidArgument: the definition has no playbooks.
        """
        return contacts_per_customer(decided_columns(self.simulation))

    def load(self) -> Table:
        """How many plays each role has to carry out in each week.

        Raises:
            InvalidArgument: the definition has no playbooks.
        """
        return load_by_role(decided_columns(self.simulation), zone=self._zone)

    def forgotten(self, days: int = 92) -> Table:
        """Who has had no play and given no sign of life for longer than some days at the end, the longest first.

        Raises:
            InvalidArgument: the definition has no playbooks, or days below 1.
        """
        found = forgotten(
            decided_columns(self.simulation), np.arange(self.n_customers), self._last_heard(),
            until=utc_of(self.record.until_us), days=days,
        )  # fmt: skip
        names = self.record.log.ids(found["customer"])
        return Table({**found.columns, "customer": names}, title=found.title)

    def churn_overlap(self, *playbooks: str, days: int = 30, confidence: float = 0.95) -> ChurnOverlap:
        """Whether who was lost had a play in the days before, and whether who had one was lost in the days after.

        Args:
            *playbooks: only plays of these; none: of all.
            days: how far they may lie apart.
            confidence: of both intervals.

        Raises:
            InvalidArgument: the definition has no playbooks, or a number is out of range.
        """
        plays = decided_columns(self.simulation)
        is_lost = np.array([stage.role == "lost" for stage in self._plan().signs.program.chart.stages])
        moved = self.record.moved
        into = np.flatnonzero(is_lost[moved.target] & ~is_lost[moved.source])
        return churn_overlap(
            plays.of_playbooks(*playbooks) if playbooks else plays, moved.customer[into], moved.at[into],
            until=utc_of(self.record.until_us), days=days, confidence=confidence,
        )  # fmt: skip

    def play_diff(self, later: PlayedStory) -> PlayDiff:
        """What another set-up decides differently over the same log, play by play.

        Raises:
            InvalidArgument: one of them has no playbooks, or the logs are not of the same customers.
        """
        before, after = decided_columns(self.simulation), decided_columns(later.simulation)
        return play_diff(_named(self, before), _named(later, after))

    def _last_heard(self) -> npt.NDArray[np.int64]:
        """The last sign of life of each customer; shape (n_customers,)."""
        found = []
        for past in pasts(self.record):
            row, known = past.rows.select(None).last(past.points_at(self.record.until_us))
            found.append(np.where(known, past.rows.block.at[row], NOT_REACHED))
        return np.concatenate([np.zeros(0, np.int64), *found])

    @property
    def _zone(self) -> str:
        return self.record.program.calendar.zone

    def _plan(self) -> PlaybookProgram:
        if self.plan is None:
            raise InvalidArgument("the definition has no playbooks; pass playbooks=[…] to it")
        return self.plan


def _named(story: PlayedStory, plays: PlayColumns) -> PlayColumns:
    """The plays with the ids of customers in place of positions in the log."""
    return attrs.evolve(plays, customer=story.record.log.ids(plays.customer))
