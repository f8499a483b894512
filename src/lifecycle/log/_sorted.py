"""What a log answers, and the logs that come of it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument, UnknownCustomer
from lifecycle.model import Touchpoint, moment_us, normalise_kind

from ._block import Attribute, Block
from ._merge import merged
from ._parts import Parts, picked_customers, without_other_currencies, without_rows
from ._problems import Quarantine
from ._touchpoints import rebuilt

IntArray = npt.NDArray[np.integer]
Int64 = npt.NDArray[np.int64]


@attrs.frozen(eq=False, repr=False)
class SortedTouchpoints:
    """Touchpoints grouped by customer, in order of time; how they came here is for `TouchpointLog` to say."""

    _parts: Parts

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def n_customers(self) -> int:
        """How many customers have touchpoints here."""
        return len(self.starts) - 1

    @property
    def starts(self) -> Int64:
        """First row of each customer, and the end; shape (n_customers + 1,)."""
        return self._parts.starts

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds as the source names them; the codes of blocks point here."""
        return self._parts.kinds

    @property
    def kind_keys(self) -> tuple[str, ...]:
        """The kinds normalised, in the order of `kinds`; two may be the same."""
        return tuple(map(normalise_kind, self.kinds))

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the amounts."""
        return self._parts.currencies

    @property
    def has_sequence(self) -> bool:
        """Whether touchpoints of one moment are ordered by a sequence of their own."""
        return self._parts.rows.sequence is not None

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the attribute columns, `channel` among them."""
        return tuple(self._parts.rows.attributes)

    @property
    def quarantine(self) -> Quarantine:
        """The rows that were set aside, with their reasons."""
        return self._parts.quarantine

    @property
    def duplicates(self) -> int:
        """How many rows were dropped because they repeat another: same id, same content."""
        return self._parts.duplicates

    @property
    def rounded(self) -> int:
        """How many amounts were rounded to a minor unit (`rounding="half_even"`)."""
        return self._parts.rounded

    @property
    def first_us(self) -> int | None:
        """The earliest time in microseconds since 1970, or None in an empty log."""
        return self._parts.bounds[0]

    @property
    def last_us(self) -> int | None:
        """The latest time in microseconds since 1970, or None in an empty log."""
        return self._parts.bounds[1]

    @property
    def nbytes(self) -> int:
        """The bytes of all columns held, those shared with other logs too."""
        return self._parts.nbytes

    def ids(self, codes: IntArray | None = None) -> npt.NDArray[np.object_]:
        """The ids of customers as texts.

        Args:
            codes: which customers; None for all.
        """
        return self._parts.names.decoded(slice(None) if codes is None else np.asarray(codes))

    def code_of(self, customer: str | int) -> int:
        """The code of a customer.

        Raises:
            UnknownCustomer: no touchpoint of that customer is here.
        """
        code = self._parts.names.find(str(customer))
        if code < 0:
            raise UnknownCustomer(f"customer {str(customer)[:200]!r} has no touchpoints in this log")
        return code

    def codes_of(self, other: SortedTouchpoints) -> Int64:
        """The code here of each customer of another log, -1 where there is none; shape (other.n_customers,)."""
        return self._parts.names.find_all(other._parts.names)

    def block(self, low: int, high: int) -> Block:
        """The sorted rows of the customers `low` up to, not including, `high`.

        Raises:
            InvalidArgument: there are no such customers.
        """
        if not 0 <= low <= high <= self.n_customers:
            raise InvalidArgument(f"customers {low} to {high} are asked for; there are {self.n_customers}")
        parts = self._parts
        picked = parts.picked(int(self.starts[low]), int(self.starts[high]))
        rows = parts.rows

        def read_attribute(name: str) -> Attribute | None:
            stored = rows.attributes.get(name)
            return None if stored is None else stored.read(picked)

        return Block(
            starts=self.starts[low : high + 1] - self.starts[low],
            at=rows.at[picked],
            kind=rows.kind[picked],
            kind_keys=self.kind_keys,
            read_minor=lambda index: rows.amounts(
                picked[index] if isinstance(picked, np.ndarray) else index + picked.start
            ),
            read_currency=lambda: None if rows.currency is None else rows.currency[picked],
            currencies=self.currencies,
            read_attribute=read_attribute,
        )

    def touchpoints(self, code: int) -> tuple[Touchpoint, ...]:
        """The touchpoints of a customer, made again from the columns; see `from_touchpoints` for what they
        lack.

        Raises:
            InvalidArgument: there is no such customer.
        """
        if not 0 <= code < self.n_customers:
            raise InvalidArgument(f"customer {code} is asked for; there are {self.n_customers}")
        picked = self._parts.picked(int(self.starts[code]), int(self.starts[code + 1]))
        return rebuilt(self._parts, str(self.ids(np.array([code]))[0]), picked)

    def select(self, codes: IntArray) -> Self:
        """The log of some customers.

        Args:
            codes: ascending codes.

        Raises:
            InvalidArgument: the codes do not ascend, or there is no such customer.
        """
        codes = np.asarray(codes)
        if len(codes) and not (codes[0] >= 0 and codes[-1] < self.n_customers and bool((np.diff(codes) > 0).all())):
            raise InvalidArgument(f"codes must ascend from 0 to {self.n_customers - 1} at most, each once")
        return type(self)(picked_customers(self._parts, codes.astype(np.int64)))

    def before(self, moment: int | datetime) -> Self:
        """The touchpoints strictly before a moment; customers who have none are left out.

        Args:
            moment: microseconds since 1970, or an aware datetime.
        """
        us = moment if isinstance(moment, int) else moment_us(moment, "moment")
        last = self.last_us
        return self if last is None or last < us else type(self)(without_rows(self._parts, us))

    def in_currency(self, currency: str) -> Self:
        """The log with amounts of one currency only; rows with another go to `quarantine`.

        Raises:
            InvalidArgument: there is no such currency.
        """
        return type(self)(without_other_currencies(self._parts, currency))

    def merge(self, other: SortedTouchpoints) -> Self:
        """The touchpoints of both; at the same moment of a customer, this log's come first.

        Ids count across both: a repetition is dropped, a contradiction refused.

        Raises:
            BadRows: an id has different content in the two; rows count from 0 through this log, then the
                other, both in their sorted order.
        """
        return type(self)(merged(self._parts, other._parts))

    def __repr__(self) -> str:
        if not len(self):
            return "<TouchpointLog: empty>"
        first, last = (np.datetime64(us, "us").astype("M8[D]") for us in self._parts.bounds)
        aside = f", {len(self.quarantine)} rows in quarantine" if len(self.quarantine) else ""
        size = f"{len(self)} touchpoints of {self.n_customers} customers"
        return f"<TouchpointLog: {size}, {first} to {last}{aside}>"
