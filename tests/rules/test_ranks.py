"""Ranks of chosen rows are those that counting one by one gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from lifecycle.rules._ranks import Cuts, Ranks

MASKS = some.one_of(
    some.lists(some.booleans(), max_size=300),
    # Long gaps, so that whole words hold no chosen row.
    some.lists(some.integers(0, 700), max_size=5).map(lambda rows: [row in rows for row in range(701)]),
)


@pytest.mark.smoke
@given(MASKS)
def test_counts_before_every_row(mask: list[bool]) -> None:
    """From the first row to the one behind the last."""
    chosen, rows = np.array(mask, bool), np.arange(len(mask) + 1)
    expected = [sum(mask[:row]) for row in rows.tolist()]
    for kind in (np.int64, np.int32):
        assert Ranks(chosen).before(Cuts.of(rows.astype(kind))).tolist() == expected


@given(MASKS)
def test_last_chosen_row_before_every_row(mask: list[bool]) -> None:
    """Below 0 where none is chosen before."""
    expected = [max((row for row in range(end) if mask[row]), default=-1) for end in range(len(mask) + 1)]
    found = Ranks(np.array(mask, bool)).last_before(Cuts.of(np.arange(len(mask) + 1)))
    assert np.maximum(found, -1).tolist() == expected


@pytest.mark.parametrize("n_rows", [63, 64, 65, 128])
def test_words_full_of_chosen_rows(n_rows: int) -> None:
    """All 64 bits of a word set: no float rounds the last row up."""
    ranks, rows = Ranks(np.ones(n_rows, bool)), np.arange(n_rows + 1)
    assert ranks.before(Cuts.of(rows)).tolist() == rows.tolist()
    assert np.maximum(ranks.last_before(Cuts.of(rows)), -1).tolist() == (rows - 1).tolist()
