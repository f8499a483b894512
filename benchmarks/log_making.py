"""How long making a log takes, as ratios to `pandas.factorize` of the customer column alone in the same run.

    python benchmarks/log_making.py [--rows 10000000] [--rounds 5]

Each figure is the median of interleaved rounds, with the range. The bars: whole-number ids 1.0 when rows are
in time order, 3.0 when shuffled; text ids 1.5.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecycle.log import TouchpointLog

KINDS = ["signup", "login", "visit", "feature use", "purchase", "payment", "ticket", "nps"]
TWO_YEARS_US = 2 * 365 * 86_400_000_000
START_US = 1_672_531_200_000_000


def heavy_tail(rows: int, seed: int = 20261121) -> npt.NDArray[np.int64]:
    """Customer of each row: a tenth as many customers as rows, the heaviest with 10,000 rows at most."""
    random = np.random.default_rng(seed)
    customers = max(rows // 10, 1)
    weights = random.pareto(1.3, customers) + 0.15
    weights = np.minimum(weights / weights.sum(), 10_000 / rows)
    drawn = random.choice(customers, rows - customers, p=weights / weights.sum())
    return random.permutation(np.concatenate([np.arange(customers), drawn]))


def frames(rows: int) -> dict[str, tuple[pd.DataFrame, float | None]]:
    """The inputs and the bar of each; None where a row only shows what a further column costs."""
    random = np.random.default_rng(7)
    code = heavy_tail(rows)
    ids = random.permutation(np.unique(random.integers(1 << 39, 1 << 40, int((code.max() + 1) * 1.1))))
    at = np.sort(random.integers(START_US, START_US + TWO_YEARS_US, rows)).view("M8[us]")
    kind = pd.Categorical.from_codes(random.integers(0, len(KINDS), rows).astype(np.int8), KINDS)
    amount = np.where(random.random(rows) < 0.2, random.integers(100, 100_000, rows) / 100, np.nan)
    ordered = pd.DataFrame({"customer": ids[code], "at": at, "kind": kind}, copy=False)
    shuffled = ordered.take(random.permutation(rows)).reset_index(drop=True)
    text = np.array([f"c_{number:010x}" for number in ids.tolist()], dtype=object)[code]
    return {
        "whole numbers, time-ordered": (ordered, 1.0),
        "whole numbers, time-ordered, with amounts": (ordered.assign(amount=amount), None),
        "whole numbers, shuffled": (shuffled, 3.0),
        "texts, time-ordered": (ordered.assign(customer=pd.Series(text, dtype="str")), 1.5),
    }


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes; what it made is given back before the clock is read again."""
    gc.collect()
    begin = time.perf_counter()
    made = work()
    taken = time.perf_counter() - begin
    del made
    return taken


def make(frame: pd.DataFrame) -> TouchpointLog:
    """The log of a frame."""
    return TouchpointLog.from_frame(frame, currency="EUR")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    versions = f"python {sys.version.split()[0]}, numpy {np.__version__}, pandas {pd.__version__}"
    print(f"{asked.rows:,} rows; {versions}")
    print(f"{'input':<44}{'factorize s':>12}{'log s':>8}{'ratio':>8}{'range':>14}{'bar':>6}")
    for name, (frame, bar) in frames(asked.rows).items():
        make(frame.head(1000))
        base, ours = [], []
        for _ in range(asked.rounds):
            base.append(seconds(lambda f=frame: pd.factorize(f["customer"])))  # type: ignore[misc]
            ours.append(seconds(lambda f=frame: make(f)))  # type: ignore[misc]
        ratios = [log / factorize for log, factorize in zip(ours, base, strict=True)]
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
        print(
            f"{name:<44}{statistics.median(base):>12.2f}{statistics.median(ours):>8.2f}"
            f"{statistics.median(ratios):>8.2f}{spread:>14}{bar or '–':>6}"
        )


if __name__ == "__main__":
    main()
