"""Spans of positions written out in chunks, so that memory stays bounded however many spans overlap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

IntArray: TypeAlias = npt.NDArray[Any]

CHUNK = 4_000_000
"""About how many positions are written out at once."""


@attrs.frozen(eq=False)
class Chunk:
    """Some neighbouring spans, written out."""

    spans: slice
    """Which spans."""
    owner: IntArray
    """The span of each position, counted from the first one of the chunk; ascending; shape (n,)."""
    place: IntArray
    """The positions; shape (n,)."""

    def __len__(self) -> int:
        """How many spans."""
        return int(self.spans.stop - self.spans.start)


def chunks(low: IntArray, high: IntArray) -> Iterator[Chunk]:
    """All positions of the spans [low, high), in order, chunk by chunk; a span is never cut.

    Args:
        low: where each span begins; shape (n_spans,).
        high: where it ends, not below `low`.
    """
    sizes = (high - low).astype(np.int64)
    total = np.cumsum(sizes)
    begin = 0
    while begin < len(low):
        done = total[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, done + CHUNK, side="right")))
        size = sizes[begin:end]
        owner = np.repeat(np.arange(end - begin), size)
        place = np.arange(len(owner)) + np.repeat(low[begin:end] - (np.cumsum(size) - size), size)
        yield Chunk(slice(begin, end), owner, place)
        begin = end
