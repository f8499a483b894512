"""Replay a definition over a log, block by block."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import CurrencyMismatch
from lifecycle.log import TouchpointLog
from lifecycle.rules import Rows

from ._program import Program
from ._record import Record
from ._state import Moved, WalkState, no_moves
from ._walk import Walk

BLOCK_ROWS = 300_000
BLOCK_CUSTOMERS = 131_072
IntArray = npt.NDArray[Any]


def replay_log(program: Program, log: TouchpointLog, until_us: int | None, *, progress: bool = False) -> Record:
    """Every customer of a log walked from its first touchpoint to an instant, exclusive.

    Args:
        program: the definition.
        log: the touchpoints; those at or after `until_us` are left out.
        until_us: the end; None is the midnight after the last touchpoint of the log (S2).
        progress: show a progress bar, if tqdm is installed.

    Raises:
        CurrencyMismatch: amounts in another currency than the definition's.
        InvalidTouchpoint: a `stage_set` names an unknown stage.
        FactOverflow: a sum goes beyond 2**53.
    """
    check_currency(program, log)
    if until_us is None:
        last = 0 if log.last_us is None else program.calendar.day_of(log.last_us) + 1
        until_us = program.calendar.start_of(last)
    elif log.last_us is not None and log.last_us >= until_us:
        log = log.before(until_us)
    limit_day = program.calendar.day_of(until_us - 1)
    n = log.n_customers
    state, started, due = WalkState.empty(program, n), np.zeros(n, np.int64), np.zeros(n, np.int32)
    parts: list[Moved] = []
    for low, high in _with_progress(list(_blocks(log)), progress=progress):
        rows = program.rows(log.block(low, high))
        started[low:high] = rows.block.at[rows.starts[:-1]]
        walk = Walk(program, rows, state.part(low, high).begin(program, rows.start_day), limit_day)
        parts.append(counted(walk.run(), rows, low))
        due[low:high] = walk.finish()
    return Record(program, log, until_us, started, Moved.join(parts or [no_moves()]), state, due)


def check_currency(program: Program, log: TouchpointLog) -> None:
    """Refuse amounts in another currency than the definition's (S13).

    Raises:
        CurrencyMismatch: with the currencies found.
    """
    wanted = program.context.currency
    others = sorted(set(log.currencies) - {wanted}) if wanted is not None else []
    if others:
        raise CurrencyMismatch(
            f"the log has amounts in {', '.join(others)}, the definition counts in {wanted}: "
            f"convert them, or keep the others out with log.in_currency({wanted!r})"
        )


def _blocks(log: TouchpointLog) -> Iterator[tuple[int, int]]:
    low = 0
    while low < log.n_customers:
        by_rows = int(np.searchsorted(log.starts, log.starts[low] + BLOCK_ROWS, side="right")) - 1
        high = min(max(low + 1, by_rows), low + BLOCK_CUSTOMERS, log.n_customers)
        yield low, high
        low = high


def _with_progress(spans: list[tuple[int, int]], *, progress: bool) -> Iterable[tuple[int, int]]:
    if not progress or len(spans) < 2:
        return spans
    try:
        from tqdm import tqdm
    except ImportError:
        return spans
    bar: Iterable[tuple[int, int]] = tqdm(spans, desc="replay", unit="block", file=sys.stderr, leave=False)
    return bar


def counted(moved: Moved, rows: Rows, offset: int) -> Moved:
    """Moves of a block as moves of the log: customers offset, rows counted from the customer's first."""
    row = np.where(moved.row >= 0, moved.row - rows.starts[moved.customer], -1)
    return attrs.evolve(moved, customer=moved.customer + np.int32(offset), row=row)
