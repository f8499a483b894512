"""A cut: one period of a story, of everybody or of a group; what a KPI is a function of."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Record, Table, pasts
from lifecycle.errors import InvalidArgument
from lifecycle.model import exponent
from lifecycle.rules import BoolArray, Rows, make_where
from lifecycle.signs import SignProgram, block_moments

from ._period import Period
from ._rows import Touched
from ._standing import Standing

_Made = TypeVar("_Made")
End: TypeAlias = Literal["start", "end"]
"""The start or the end of a period: everything strictly before it has happened."""


class Replayed(Protocol):
    """A story, as a replay gives it."""

    @property
    def record(self) -> Record:
        """Stages, moves and log in columns."""
        ...

    @property
    def signs(self) -> SignProgram | None:
        """The signs of the definition, compiled; None for none."""
        ...


@attrs.frozen(eq=False, repr=False)
class Cut:
    """One period of a story. Arrays have shape (n_customers,), in the order of the log.

    What it gives was so before the period's end: touchpoints that come later change nothing. Only `later` looks ahead.
    """

    story: Replayed
    """The story of everybody, or of the customers of one group."""
    period: Period
    """When."""
    _kept: dict[Hashable, Any] = attrs.field(factory=dict, init=False)

    @property
    def record(self) -> Record:
        """Stages, moves and log in columns."""
        return self.story.record

    @property
    def n_customers(self) -> int:
        """How many customers the log has, those who begin later too."""
        return self.record.n_customers

    @property
    def start_us(self) -> int:
        """The first instant of the period, in microseconds since 1970-01-01 UTC."""
        return self.period.start_us

    @cached_property
    def end_us(self) -> int:
        """The first instant after the period, or the end of the story if that comes before."""
        return min(self.period.end_us, self.record.until_us)

    @property
    def is_over(self) -> bool:
        """Whether the story reaches the end of the period."""
        return self.period.end_us <= self.record.until_us

    def __repr__(self) -> str:
        return f"<Cut of {self.n_customers} customers, {self.period}>"

    # --- stages -------------------------------------------------------------------------------------------------------

    @cached_property
    def at_start(self) -> Standing:
        """Where everybody stands when the period begins."""
        return Standing(self.record, min(self.start_us, self.end_us))

    @cached_property
    def at_end(self) -> Standing:
        """Where everybody stands when the period ends."""
        return Standing(self.record, self.end_us)

    @cached_property
    def joined(self) -> BoolArray:
        """Who begins within the period."""
        return self.at_end.begun & ~self.at_start.begun

    @cached_property
    def moves(self) -> npt.NDArray[np.intp]:
        """The moves within the period, as places in `record.moved`."""
        at = self.record.moved.at
        return np.flatnonzero((at >= self.start_us) & (at < self.end_us))

    def moves_into(self, *roles: str) -> npt.NDArray[np.intp]:
        """The moves within the period from another role into one of these, as places in `record.moved`."""
        inside = np.array([stage.role in roles for stage in self.record.stages])
        moved, at = self.record.moved, self.moves
        return at[np.flatnonzero(inside[moved.target[at]] & ~inside[moved.source[at]])]

    def moves_out_of(self, *roles: str) -> npt.NDArray[np.intp]:
        """The moves within the period from one of some roles into another, as places in `record.moved`."""
        inside = np.array([stage.role in roles for stage in self.record.stages])
        moved, at = self.record.moved, self.moves
        return at[np.flatnonzero(inside[moved.source[at]] & ~inside[moved.target[at]])]

    # --- touchpoints --------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> Rows:
        """All rows of the log, as the definition reads them: those of later too."""
        return self.record.program.rows(self.record.log.block(0, self.n_customers))

    def touchpoints(self, *kinds: str, where: str | None = None) -> Touched:
        """The touchpoints of some kinds within the period.

        Args:
            *kinds: as the definition or the log names them; none: every sign of life.
            where: a filter over attributes, such as "topic == 'price'".
        """
        return self._between(kinds, where, self.start_us, self.end_us)

    def history(self, *kinds: str, where: str | None = None) -> Touched:
        """The touchpoints of some kinds from the first one of the log to the end of the period."""
        return self._between(kinds, where, None, self.end_us)

    def later(self, *kinds: str, where: str | None = None) -> Touched:
        """The touchpoints of some kinds from the start of the period to the end of the story: it looks ahead."""
        return self._between(kinds, where, self.start_us, self.record.until_us)

    def _between(self, kinds: tuple[str, ...], where: str | None, start_us: int | None, end_us: int) -> Touched:
        context = self.record.program.context
        index = self.rows.select(context.kind_set(kinds), make_where(where, context.exponent)).index
        at = self.rows.block.at[index]
        inside = at < end_us if start_us is None else (at >= start_us) & (at < end_us)
        return Touched(self.rows, index[inside])

    @cached_property
    def currency(self) -> str:
        """The currency of amounts: the definition's, else the only one of the log; '' for none.

        Raises:
            InvalidArgument: the definition names none, and the log has several.
        """
        own, found = self.record.program.context.currency, self.record.log.currencies
        if own is None and len(found) > 1:
            raise InvalidArgument(
                f"the log has the currencies {', '.join(found)}; sum each alone: log.in_currency({found[0]!r})"
            )
        return own or (found[0] if found else "")

    @property
    def minor_units(self) -> int:
        """How many minor units make one of the currency: 100 for EUR, 1 for JPY and where there is no money."""
        return int(10 ** exponent(self.currency)) if self.currency else 1

    # --- facts and signs ----------------------------------------------------------------------------------------------

    def fact(self, name: str, at: End = "end") -> tuple[npt.NDArray[Any], BoolArray]:
        """A fact of everybody and where it is known; money in minor units, texts as objects.

        Raises:
            InvalidArgument: the definition has no such fact.
        """
        types = self.record.program.facts.types
        if name not in types:
            raise InvalidArgument(f"there is no fact {name!r}; facts: {', '.join(sorted(types))}")
        values = np.full(self.n_customers, None, object) if types[name].kind == "text" else np.zeros(self.n_customers)
        valid, is_real = np.zeros(self.n_customers, bool), types[name].is_real
        if not is_real and values.dtype != object:
            values = values.astype(np.int64)
        for past in pasts(self.record):
            points = past.points_at(self._instant(at))
            column = past.facts(points)(name)
            who = points.customer + past.low
            values[who] = np.array([*column.book, None], object)[column.values] if column.book else column.values
            valid[who] = True if column.valid is None else column.valid
        return values, valid

    def per_customer(self, name: str, at: End = "end") -> npt.NDArray[Any]:
        """The values of a fact of all who have begun and of whom it is known; shape (n,).

        Raises:
            InvalidArgument: the definition has no such fact.
        """
        values, valid = self.fact(name, at)
        return values[valid]

    def is_up(self, name: str, at: End = "end") -> BoolArray:
        """Of whom a signal is up, or who belongs to a segment.

        Raises:
            InvalidArgument: the definition has neither of that name.
        """
        signs = self.story.signs
        places = {} if signs is None else {**signs.signals, **signs.segments}
        if signs is None or name not in places:
            raise InvalidArgument(f"there is no signal or segment {name!r}; there are: {', '.join(places) or 'none'}")
        found = np.zeros(self.n_customers, bool)
        for block in block_moments(signs, self.record, self._instant(at)):
            found[block.points.customer + block.past.low] = block.is_up(places[name])
        return found

    def codes(self, table: Table) -> npt.NDArray[np.int64]:
        """The customers of a table's rows, by their place in the log; shape (n_rows,)."""
        places = {id: code for code, id in enumerate(self.record.log.ids().tolist())}
        return np.array([places[id] for id in table["customer"].tolist()], np.int64)

    def _instant(self, at: End) -> int:
        return min(self.start_us, self.end_us) if at == "start" else self.end_us

    def kept(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What several KPIs read of this cut: worked out for the first of them."""
        if key not in self._kept:
            self._kept[key] = make()
        found: _Made = self._kept[key]
        return found

    # --- parts --------------------------------------------------------------------------------------------------------

    def of_customers(self, codes: npt.NDArray[np.integer[Any]]) -> Cut:
        """The same period of some customers as if there were no other.

        Args:
            codes: ascending, each once.
        """
        return Cut(part_of_story(self.story, codes), self.period)

    def in_period(self, period: Period) -> Cut:
        """Another period of the same story."""
        return Cut(self.story, period)


def part_of_story(story: Any, codes: npt.NDArray[np.integer[Any]]) -> Any:
    """The story of some customers as if there were no other; codes ascending."""
    return attrs.evolve(story, base=story.record.part(np.asarray(codes, np.int64)), steps=())
