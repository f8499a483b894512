"""Sums over bit masks, each distinct mask looked at once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint64]
_AT_ONCE: Final = 1 << 13


def distinct(masks: Masks) -> tuple[Masks, Int64]:
    """The distinct masks, ascending and without 0, and how often each occurs."""
    ordered = np.sort(masks)
    ordered = ordered[int(np.searchsorted(ordered, np.uint64(1))) :]
    change = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=change[1:])
    first = np.flatnonzero(change)
    return ordered[first], np.diff(np.append(first, len(ordered)))


def onehot_first(masks: Masks) -> Masks:
    """The lowest bit of each mask alone; 0 of 0."""
    return masks & (~masks + np.uint64(1))


def smeared(masks: Masks) -> Masks:
    """Each mask with all bits up to its highest set."""
    found = masks.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        found |= found >> np.uint64(shift)
    return found


def totals(masks: Masks, counts: Int64, n_bits: int) -> Int64:
    """How many of the counted have each bit; shape (n_bits,)."""
    found = np.zeros(n_bits, np.int64)
    for low in range(0, len(masks), _AT_ONCE):
        part = slice(low, low + _AT_ONCE)
        found += (counts[part].astype(np.float64) @ _unpacked(masks[part], n_bits)).astype(np.int64)
    return found


def gram(left: Masks, right: Masks, counts: Int64, n_bits: int) -> Int64:
    """How many of the counted have one bit on the left and another on the right; shape (n_bits, n_bits)."""
    found = np.zeros((n_bits, n_bits), np.int64)
    for low in range(0, len(left), _AT_ONCE):
        part = slice(low, low + _AT_ONCE)
        weighted = _unpacked(left[part], n_bits).T * counts[part]
        found += (weighted @ _unpacked(right[part], n_bits)).astype(np.int64)
    return found


def _unpacked(masks: Masks, n_bits: int) -> npt.NDArray[np.float64]:
    """The bits as 0 and 1, lowest first; floats, because their products run in BLAS and stay exact below 2**53."""
    if not n_bits:
        return np.zeros((len(masks), 0))
    octets = masks.astype("<u8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1, count=n_bits, bitorder="little").astype(np.float64)
