"""Touchpoints of some kinds as KPIs read them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.rules import BoolArray, Rows

Int64Array = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Touched:
    """Some touchpoints, by customer and time; all arrays have shape (len,)."""

    rows: Rows
    """All rows of the log, as the definition reads them."""
    index: npt.NDArray[np.intp]
    """Which of them, ascending."""

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def customer(self) -> npt.NDArray[np.int32]:
        """The code of the customer of each."""
        return self.rows.customers_at(self.index).astype(np.int32)

    @cached_property
    def at(self) -> Int64Array:
        """When each was, in microseconds since 1970-01-01 UTC."""
        found: Int64Array = self.rows.block.at[self.index]
        return found

    @cached_property
    def day(self) -> npt.NDArray[np.int32]:
        """The calendar day of each in the definition's zone, since 1970-01-01."""
        return self.rows.days_at(self.index)

    @cached_property
    def kind(self) -> npt.NDArray[Any]:
        """The canonical kind of each, as text."""
        found: npt.NDArray[Any] = np.array(self.rows.names, object)[self.rows.block.kind[self.index]]
        return found

    @cached_property
    def minor(self) -> Int64Array:
        """Amounts in minor units, 0 where there is none."""
        minor, has = self.rows.money(self.index)
        return np.where(has, minor, 0)

    @cached_property
    def has_amount(self) -> BoolArray:
        """Where there is an amount."""
        return self.rows.money(self.index)[1]

    def text(self, name: str) -> npt.NDArray[Any]:
        """An attribute as texts, None where it is missing or is a number."""
        read = self.rows.attribute(name)
        if read is None or read.text is None:
            return np.full(len(self), None, object)
        found: npt.NDArray[Any] = np.array([*read.book, None], object)[read.text[self.index]]
        return found

    def number(self, name: str) -> npt.NDArray[np.float64]:
        """An attribute as numbers, nan where it is missing or is a text."""
        read = self.rows.attribute(name)
        if read is None or read.number is None:
            return np.full(len(self), np.nan)
        has = np.ones(len(self), bool) if read.has_number is None else read.has_number[self.index]
        return np.where(has, read.number[self.index], np.nan)

    def where(self, mask: BoolArray) -> Touched:
        """Those that a mask of shape (len,) keeps."""
        return Touched(self.rows, self.index[mask])

    def per_customer(self) -> Int64Array:
        """How many each customer has; shape (n_customers,)."""
        return np.bincount(self.customer, minlength=self.n_customers).astype(np.int64)

    def minor_per_customer(self) -> Int64Array:
        """The sum of each customer's amounts in minor units; shape (n_customers,)."""
        found = np.zeros(self.n_customers, np.int64)
        np.add.at(found, self.customer, self.minor)
        return found

    @property
    def n_customers(self) -> int:
        """How many customers the log has."""
        return len(self.rows.starts) - 1

    @cached_property
    def first(self) -> Touched:
        """The first one of each customer who has any."""
        return Touched(self.rows, self.index[np.diff(self.customer, prepend=-1) != 0])

    @cached_property
    def last(self) -> Touched:
        """The last one of each customer who has any."""
        return Touched(self.rows, self.index[np.diff(self.customer, append=self.n_customers) != 0])
