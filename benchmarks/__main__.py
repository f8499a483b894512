"""How fast the library is, as ratios of one run.

    python -m benchmarks [--rows 10000000] [--customers 1000000] [--rounds 5] [--only NAME]

Each ratio is the median of interleaved rounds, with its range; a wrong result stops the run.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version

import pandas as pd

from . import importing, incremental, kpis, live, log_making, playbooks, replay, signs, value
from .measure import HEAD, Row, rounds, show
from .synthetic import columns, table

NAMES = ("replay", "memory", "incremental", "live", "signs", "playbooks", "kpis", "value", "log", "import")
PACKAGES = (
    *("numpy", "attrs", "python-statemachine", "transitions"),
    *("pandas", "pyarrow", "polars", "duckdb", "lifetimes"),
)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000, help="touchpoints")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=NAMES, action="append", help="measure this; may be repeated")
    asked = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"{asked.rows:,} touchpoints, {asked.customers:,} customers, median of {asked.rounds} rounds")
    print(f"python {platform.python_version()}, {versions}; {os.cpu_count()} CPUs\n")
    show(HEAD)
    missed = 0
    for row in measured(asked):
        show(row.cells())
        missed += not row.is_met
    print(f"\n{missed} bars missed" if missed else "\nall bars met")


def measured(asked: argparse.Namespace) -> Iterator[Row]:
    """The rows asked for, one after the other."""
    names = asked.only or NAMES
    if "memory" in names:  # first: nothing else is held then
        yield from replay.memory(asked.rows, asked.customers)
    if {"replay", "incremental", "signs", "kpis"} & set(names):
        data = columns(asked.rows, asked.customers)
        raw = table(data)
        if "replay" in names:
            yield from replay.speed(raw, data, asked.rounds)
        if "incremental" in names:
            yield from incremental.rows(raw, data, asked.rounds)
        del data
        if "signs" in names:
            yield from signs.rows(raw, asked.rounds)
        if "kpis" in names:
            yield from kpis.rows(raw, asked.rounds)
        del raw
    if "live" in names:
        yield from live.rows(asked.rounds)
    if "signs" in names:
        yield from signs.live(asked.rounds)
    if "playbooks" in names:
        yield from playbooks.rows(asked.rounds)
    if "value" in names:
        yield from value.rows(asked.rounds)
    if "log" in names:
        yield from logs(asked.rows, asked.rounds)
    if "import" in names:
        yield from importing.rows(asked.rounds)


def logs(n_rows: int, n_rounds: int) -> Iterator[Row]:
    """Log making against `pandas.factorize` of the customer column alone."""
    for name, (frame, bar) in log_making.frames(n_rows).items():
        ours, theirs = rounds(n_rounds, partial(log_making.make, frame), partial(pd.factorize, frame["customer"]))
        yield Row(f"log: {name}", "pandas.factorize of the customers", ours, theirs, "s", bar)


if __name__ == "__main__":
    main()
