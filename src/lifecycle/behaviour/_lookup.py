"""Which of some consecutive intervals each of many instants is in: a shift and a table instead of a search."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
AnyScalar = TypeVar("AnyScalar", bound=np.generic)
_BUCKETS: Final = 1 << 14
"""So many that the table stays in the cache of a core."""
_UNSURE: Final = -2
"""No interval: the bucket has an edge inside."""


def _shift_of(edges: Int64) -> int:
    span, shift = int(edges[-1]) - int(edges[0]), 0
    while span >> shift > _BUCKETS:
        shift += 1
    return shift


@attrs.frozen(eq=False)
class Lookup:
    """A table over buckets of 2**shift microseconds: the interval of each, or that it has an edge inside.

    The few instants in buckets with an edge are searched for; all others cost a subtraction, a shift and one read.
    """

    edges: Int64
    """Ascending instants in microseconds; interval i is from `edges[i]` up to `edges[i + 1]`. At least one."""
    shift: int = attrs.field(init=False)
    """The bucket of an instant is its distance to `origin`, shifted right by this."""
    origin: int = attrs.field(init=False)
    """Where the first bucket begins; it ends before the first edge."""
    table: npt.NDArray[np.int32] = attrs.field(init=False)
    """The interval of each bucket: -1 before the first edge, len(edges) - 1 from the last one on."""

    def __attrs_post_init__(self) -> None:
        shift = _shift_of(self.edges)
        origin = ((int(self.edges[0]) >> shift) - 1) << shift
        count = ((int(self.edges[-1]) - origin) >> shift) + 2
        lows = origin + (np.arange(count, dtype=np.int64) << shift)
        first, last = self._searched(lows), self._searched(lows + ((1 << shift) - 1))
        table = np.where(first == last, first, _UNSURE).astype(np.int32)
        for name, value in (("shift", shift), ("origin", origin), ("table", table)):
            object.__setattr__(self, name, value)

    def _searched(self, at: Int64) -> Int64:
        return np.searchsorted(self.edges, at, side="right") - 1

    def find(self, at: Int64) -> npt.NDArray[np.int32]:
        """The interval of each instant: -1 before the first edge, len(edges) - 1 from the last one on."""
        return self.read(at, np.arange(-1, len(self.edges), dtype=np.int32), np.int32(_UNSURE))

    def read(self, at: Int64, values: npt.NDArray[AnyScalar], unused: AnyScalar) -> npt.NDArray[AnyScalar]:
        """A value for each instant by its interval.

        Args:
            at: microseconds since 1970, in any order.
            values: the value before the first edge, of each interval, and from the last edge on;
                shape (len(edges) + 1,).
            unused: a value that is none of them.
        """
        return self.reader(values, unused)(at)

    def reader(self, values: npt.NDArray[AnyScalar], unused: AnyScalar) -> Reader[AnyScalar]:
        """What gives the value of each instant, for many calls; arguments as in `read`."""
        table = np.where(self.table == _UNSURE, unused, values[np.maximum(self.table, -1) + 1])
        return Reader(self, values, unused, table.astype(values.dtype))


@attrs.frozen(eq=False)
class Reader(Generic[AnyScalar]):
    """A lookup with a value for each interval."""

    lookup: Lookup
    """Where each instant is."""
    values: npt.NDArray[AnyScalar]
    """By interval, as in `Lookup.read`."""
    unused: AnyScalar
    """Stands in the table for buckets with an edge inside."""
    table: npt.NDArray[AnyScalar]
    """By bucket."""

    def __call__(self, at: Int64) -> npt.NDArray[AnyScalar]:
        """The value of each instant, in a new array."""
        bucket = at - self.lookup.origin
        bucket >>= self.lookup.shift
        found = np.take(self.table, bucket, mode="clip")
        unsure = np.flatnonzero(found == self.unused)
        if len(unsure):
            found[unsure] = self.values[self.lookup._searched(at[unsure]) + 1]
        return found
