"""How figures are taken and shown: a ratio is the median of interleaved rounds of one run, with its range."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from .log_making import seconds

WIDTHS: Final = (58, 10, 44, 10, 8, 17, 9, 4)
HEAD: Final = ("what", "ours", "compared with", "theirs", "ratio", "min–max", "bar", "met")


@attrs.frozen
class Row:
    """One line of the table."""

    what: str
    """What was measured."""
    against: str
    """What it is compared with."""
    ours: Sequence[float]
    """Our figure of each round, in `unit`."""
    theirs: Sequence[float]
    """Their figure of each round."""
    unit: str
    """s, µs, ms or MB."""
    bar: float | None = None
    """What the ratio must reach; None for a line that only informs."""
    is_speedup: bool = False
    """The ratio is theirs / ours, and must be at least the bar; else ours / theirs, and at most."""

    @property
    def ratios(self) -> list[float]:
        """The ratio of each round."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return [theirs / ours if self.is_speedup else ours / theirs for ours, theirs in pairs]

    @property
    def is_met(self) -> bool:
        """Whether the bar is reached."""
        ratio = statistics.median(self.ratios)
        return self.bar is None or (ratio >= self.bar if self.is_speedup else ratio <= self.bar)

    def cells(self) -> tuple[str, ...]:
        """The line as texts."""
        bar = "" if self.bar is None else f"{'≥' if self.is_speedup else '≤'} {self.bar:.3g}"
        ours, theirs = (f"{statistics.median(figures):.3g} {self.unit}" for figures in (self.ours, self.theirs))
        spread = f"{_short(min(self.ratios))}–{_short(max(self.ratios))}"
        met = "" if self.bar is None else "yes" if self.is_met else "NO"
        return self.what, ours, self.against, theirs, _short(statistics.median(self.ratios)), spread, bar, met


def _short(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.3g}"


def show(cells: Sequence[str]) -> None:
    """Print one line of the table."""
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip(), flush=True)


def rounds(n: int, *works: Callable[[], Any]) -> list[list[float]]:
    """Seconds of each piece of work in each round; the pieces take turns. One round before is not counted."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(n + 1):
        for place, work in enumerate(works):
            lasted = seconds(work)
            if number:
                taken[place].append(lasted)
    return taken


def demand(truth: bool, claim: str) -> None:  # noqa: FBT001 (reads as a sentence)
    """Stop where two ways to the same result differ: a figure for the wrong result is worth nothing.

    Raises:
        AssertionError: the claim does not hold.
    """
    if not truth:
        raise AssertionError(f"the results differ: {claim}")
