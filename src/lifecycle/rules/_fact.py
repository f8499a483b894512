"""What a fact is: one declaration, a scalar meaning and an array meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import FactOverflow
from lifecycle.model import Touchpoint, normalise_kind

from ._ageing import DAILY, Ageing
from ._rows import Column, Filter, Points, Rows
from ._where import LIMIT

Value: TypeAlias = int | float | str | None
"""The stored value of a fact: whole units, a quotient, a text; None where missing."""
FoldState: TypeAlias = Any
"""What a scalar fold keeps: JSON values and tuples only, so that a customer serialises."""


@attrs.frozen
class FactType:
    """What a condition may do with a fact."""

    kind: Literal["number", "text", "flag"] = "number"
    """Numbers compare with numbers, texts by equality, flags stand bare."""
    scale: int = 1
    """How many stored units make one (minor units of money, millionths of an attribute)."""
    is_real: bool = False
    """Stored as float64 (a quotient), not int64."""
    may_miss: bool = False
    """Whether it can be missing: a comparison with missing is false (S12)."""
    unit: str = ""
    """The unit for people: 'days', 'EUR', or nothing."""


@attrs.frozen(eq=False)
class BoundFact:
    """A fact in a definition: its two meanings, held equal by the law tests."""

    type: FactType
    """What a condition may do with it."""
    kinds: frozenset[str] | None
    """The touchpoints that change it; None: every sign of life."""
    start: FoldState
    """The state before the first touchpoint."""
    fold: Callable[[FoldState, Touchpoint, int], FoldState]
    """(state, touchpoint, day) → state; never changes the old state."""
    read: Callable[[FoldState, int, int], Value]
    """(state, today, first day of the customer) → value, None if missing; days since 1970-01-01."""
    query: Callable[[Rows, Points], Column]
    """(rows, points) → the values as of each point, later rows unseen."""
    ageing: Ageing = DAILY
    """How the value changes while nothing happens."""
    where: Filter | None = None
    """A filter that every touchpoint passes that changes it."""
    is_count: bool = False
    """Whether it lies between 0 and the number of touchpoints that changed it."""
    on_touch: Literal[-1, 0, 1] = 0
    """What a touchpoint does to it, on the same day and on all days after: never lower it (1), never raise it (-1), or
    either; then it is never missing."""
    enters_after: int = 0
    """After how many days a touchpoint first counts."""

    def heard(self, rows: Rows, points: Points) -> npt.NDArray[Any]:
        """How many touchpoints changed it until each point, or more; shape (n_points,)."""
        selection = rows.select(self.kinds, self.where)
        heard: npt.NDArray[Any] = selection.stop(points) - selection.start(points)
        return heard


@attrs.frozen
class Context:
    """What a definition lends its facts."""

    keys: Mapping[str, str]
    """Normalised kind → event; kinds not listed mean themselves."""
    currency: str | None
    """The currency in which money is compared."""
    exponent: int
    """Decimals of that currency."""

    def key(self, kind: str) -> str:
        """The event or normalised kind that a kind means here."""
        normal = normalise_kind(kind)
        return self.keys.get(normal, normal)

    def kind_set(self, kinds: tuple[str, ...]) -> frozenset[str] | None:
        """The kinds as a set; empty means every sign of life (None)."""
        return frozenset(self.key(kind) for kind in kinds) or None


@runtime_checkable
class Fact(Protocol):
    """A declared fact. A host's own kind of fact needs this one method."""

    def bind(self, context: Context, /) -> BoundFact:
        """The fact's two meanings inside a definition."""
        ...


def as_kinds(kinds: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """One kind, several, or none, as a tuple."""
    if kinds is None:
        return ()
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


def check_limit(value: int) -> int:
    """The value, if float64 still holds it exactly.

    Raises:
        FactOverflow: 2**53 or more.
    """
    if -LIMIT < value < LIMIT:
        return value
    raise FactOverflow(f"a sum reached {value}, beyond 2**53: count in larger units")


def check_limits(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The values, if float64 still holds each exactly.

    Raises:
        FactOverflow: any is 2**53 or more.
    """
    if len(values) and (int(values.max()) >= LIMIT or int(values.min()) <= -LIMIT):
        raise FactOverflow("a sum went beyond 2**53: count in larger units")
    return values
