"""Definition review: two versions of a lifecycle over the same history."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import numpy as np

from lifecycle.engine import Moment, Table, instant
from lifecycle.errors import InvalidArgument
from lifecycle.log import TouchpointLog
from lifecycle.model import moment

from ._affected import Affected, affected
from ._definition import Definition
from ._diff import Change
from ._replay import replay
from ._review_customer import why_customer
from ._review_moves import move_table, stage_table
from ._review_segments import segment_table
from ._review_signals import signal_table
from ._sides import TURNS, Version
from ._summary import summary_table

_SHOWN = 20


@attrs.frozen(eq=False, repr=False)
class Review:
    """Two versions of a definition over one log: who is in, who is out, who moved at another time, and why.

    In every answer `before` is the earlier version and `after` the later one; `change` is 'in' (in the later one only),
    'out' (in the earlier one only) or 'moved' (in both, at another time).

    `why` names the parts of the conditions that made the difference. Both conditions are laid on top of each other. A
    part made the difference where its truth differs between the versions, and so does the truth of every `and`, `or`
    and `not` around it: put all such parts back, and the earlier answer is back.
    """

    before: Version
    """The earlier version."""
    after: Version
    """The later version."""

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What the definitions say differently."""
        return self.before.definition.diff(self.after.definition)

    @cached_property
    def affected(self) -> Affected:
        """What may differ by these changes; everything else has equal values, and no table lists it."""
        return affected(self.before.definition, self.after.definition)

    def summary(self, at: Moment | None = None) -> Table:
        """How many differ, per stage, segment and signal that the changes can reach.

        Args:
            at: the moment for stages and segments, as `Story.segment` takes it; None is the end. Moves and signals
                are counted over the whole history.

        Returns:
            `what`, `counted` (customers, moves or episodes), `before`, `after`, `in`, `out`, `moved`.
        """
        return summary_table(self.before, self.after, self.affected, self._instant(at))

    def segment(self, name: str, *, at: Moment | None = None, was: str | None = None) -> Table:
        """Who is in a segment by one version only, or since another time.

        Args:
            name: the segment.
            at: the moment, as `Story.segment` takes it; None is the end.
            was: what it is called in the earlier version, where that is another name.

        Returns:
            `customer`, `change`, `since_before`, `since_after` (NaT where not a member), `why`.

        Raises:
            InvalidArgument: neither version has such a segment.
        """
        names = self._names(name, was, "segment")
        return segment_table(self.before, self.after, names, self._instant(at), self._changed)

    def signal(self, name: str, *, was: str | None = None) -> Table:
        """The episodes of a signal by one version only, or with another start or end; matched where they overlap.

        Args:
            name: the signal.
            was: what it is called in the earlier version, where that is another name.

        Returns:
            `customer`, `change`, `start_before`, `end_before`, `start_after`, `end_after` (NaT where there is none, or
            while it lasts), and `why` the versions part: at the earlier start, or at the earlier end.

        Raises:
            InvalidArgument: neither version has such a signal.
        """
        return signal_table(self.before, self.after, self._names(name, was, "signal"), self._changed)

    def stages(self, at: Moment | None = None) -> Table:
        """Who stands in another stage, or since another time.

        Args:
            at: the moment, as `Story.as_of` takes it; None is the end.

        Returns:
            `customer`, `change` ('stage' or 'since'), `stage_before`, `stage_after`, `since_before`, `since_after`, and
            `why` of the first move in which the versions differ.
        """
        return stage_table(self.before, self.after, self._instant(at), self._changed)

    def moves(self) -> Table:
        """The moves of one version only, or at another time.

        Moves of one customer between the same two stages belong together: those of one time, the others in order.

        Returns:
            `customer`, `change`, `source`, `target`, `at_before`, `at_after`, the `event` in the version that moved
            alone or first, and `why` the other one did not.
        """
        return move_table(self.before, self.after, self._changed)

    def customer(self, id: str | int) -> Review:
        """The same review as if there were this customer only.

        Raises:
            UnknownCustomer: the log has no such customer.
        """
        code = np.array([self.after.record.log.code_of(id)])
        first, second = (
            attrs.evolve(version, story=attrs.evolve(version.story, base=version.record.part(code), steps=()))
            for version in (self.before, self.after)
        )
        return Review(first, second)

    def why(self, id: str | int, at: Moment | None = None) -> str:
        """Everything that differs for one customer, with the figures of both versions.

        Args:
            id: who.
            at: the moment for segments; None is the end.

        Raises:
            UnknownCustomer: the log has no such customer.
        """
        one = self.customer(id)
        return why_customer(one.before, one.after, self.affected, self._instant(at))

    def __str__(self) -> str:
        end = moment(self.after.record.until_us, self.after.definition.zone)
        n = self.after.record.n_customers
        lines = [
            f"{self.before} → {self.after}: {n:,} customer{'' if n == 1 else 's'} until {end:%Y-%m-%d %H:%M}",
            "what the definitions say differently:",
            *_indented(_first(list(map(str, self.changes)))),
            "what comes of it:",
            *_indented(_told(self.summary())),
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Review of {self.before} → {self.after}, {self.after.record.n_customers} customers>"

    @property
    def _changed(self) -> frozenset[str]:
        return self.affected.names

    def _instant(self, at: Moment | None) -> int:
        until = self.after.record.until_us
        return until if at is None else min(instant(at, self.after.definition.program.calendar), until)

    def _names(self, name: str, was: str | None, sort: str) -> tuple[str, str]:
        known: list[Any] = [getattr(version.definition, sort + "s") for version in (self.before, self.after)]
        names = [[one.name for one in declared] for declared in known]
        for asked, places in ((name, (0, 1) if was is None else (1,)), (was, (0,))):
            if asked is not None and not any(asked in names[place] for place in places):
                there = ", ".join(dict.fromkeys(one for place in places for one in names[place])) or "none"
                raise InvalidArgument(f"there is no {sort} {asked!r}; {sort}s: {there}")
        return (name if was is None else was), name


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _first(lines: list[str]) -> list[str]:
    """The first lines, and how many there are more."""
    more = len(lines) - _SHOWN
    return [*lines[:_SHOWN], *([f"… {more} more"] if more > 0 else [])] or ["nothing"]


def _told(summary: Table) -> list[str]:
    """The rows in which something differs, and how many of the others could have."""
    differs = np.flatnonzero(sum(summary[turn] for turn in TURNS))
    kept = Table({name: values[differs] for name, values in summary.columns.items()})
    lines = repr(kept).splitlines() if len(kept) else []
    same = len(summary) - len(kept)
    return [*lines, *([f"the same: {same} more that these changes could reach"] if same else [])] or ["nothing"]


def compare(
    before: Definition,
    after: Definition,
    log: TouchpointLog,
    *,
    until: Moment | None = None,
    customers: TouchpointLog | None = None,
) -> Review:
    """Two versions of a definition over one log, side by side.

    Args:
        before: the earlier version.
        after: the later version.
        log: the touchpoints.
        until: the end, exclusive (S2), as `replay` takes it; a bare date is its 00:00 in the later version's zone.
        customers: `welcomed` touchpoints with what is known of each customer, as `replay` takes them.

    Raises:
        CurrencyMismatch: the log has amounts in another currency than one of the definitions.
        InvalidTouchpoint: a `stage_set` names a stage that one of them does not have.
        FactOverflow: a sum goes beyond 2**53.
    """
    whole = log if customers is None else customers.merge(log)
    story = replay(after, whole, until=until)
    first = replay(before, whole, until=story.until)
    names = [f"{one.name} {one.version}" for one in (before, after)]
    if names[0] == names[1] and before.digest != after.digest:  # a revision that was not given a version of its own
        names = [f"{name} ({one.digest[:7]})" for name, one in zip(names, (before, after), strict=True)]
    return Review(Version(before, first, names[0]), Version(after, story, names[1]))
