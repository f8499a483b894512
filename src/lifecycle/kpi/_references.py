"""Touchpoints that speak of the same thing of one customer: an order, an offer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.rules import BoolArray, texts

from ._rows import Touched

Int64Array = npt.NDArray[np.int64]


def reference_keys(touched: Touched, attribute: str) -> Int64Array:
    """A number per customer and reference, -1 without reference; shape (len,). Comparable within one call only."""
    codes, book = texts(touched.rows, attribute, touched.index)
    is_empty = np.array([text == "" for text in book] + [True])
    keys = touched.customer.astype(np.int64) << 32 | codes.astype(np.int64) & 0xFFFFFFFF
    return np.where(is_empty[codes], -1, keys)


def is_first(keys: Int64Array) -> BoolArray:
    """Whether each is the first of its key; all without reference are."""
    found = keys < 0
    named = np.flatnonzero(~found)
    found[named[np.unique(keys[named], return_index=True)[1]]] = True
    return np.asarray(found)


def places_of(asked: Int64Array, keys: Int64Array) -> npt.NDArray[Any]:
    """For each key asked for, where it stands among distinct keys, -1 for nowhere; shape as `asked`."""
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], asked)
    found = np.append(order, -1)[place]
    is_same = (asked >= 0) & (np.append(keys, -2)[found] == asked)
    return np.asarray(np.where(is_same, found, -1))
