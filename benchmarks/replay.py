"""The columnar replay of the stock SaaS lifecycle, from the raw log in order of time."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle import Definition, Story, Touchpoint, TouchpointLog, presets, replay

from .driven import Driver, StateMachineDecider
from .measure import Row, demand, rounds
from .synthetic import columns, table

SAMPLE = 20_000


def stock() -> Definition:
    """The definition that is measured."""
    return presets.saas(currency="USD")


def log_of(raw: Any) -> TouchpointLog:
    """The log of a raw table."""
    return TouchpointLog.from_frame(raw, customer="customer", at="at", kind="kind", amount="amount", currency="USD")


def sample(log: TouchpointLog, n: int = SAMPLE, *, seed: int = 5) -> dict[int, tuple[Touchpoint, ...]]:
    """Whole customers, drawn at random until they have so many touchpoints together."""
    found, total = {}, 0
    for code in np.random.default_rng(seed).permutation(log.n_customers):
        if total >= n:
            break
        found[int(code)] = log.touchpoints(int(code))
        total += len(found[int(code)])
    return found


def speed(raw: Any, data: dict[str, npt.NDArray[Any]], n_rounds: int) -> Iterator[Row]:
    """Per touchpoint against python-statemachine with one shared machine; as a whole against one lexsort."""
    definition = stock()
    story = replay(definition, log_of(raw))
    drawn = sample(story.log)
    driver = Driver(definition, StateMachineDecider(definition))
    until_us = story.record.until_us
    customer, at = data["customer"], data["at"].view(np.int64)

    def foreign() -> None:
        driver.reset()
        for touchpoints in drawn.values():
            driver.run(touchpoints, until_us)

    foreign()
    ours = int(np.isin(story.record.moved.customer, list(drawn)).sum())
    demand(driver.n_moves == ours, f"{driver.n_moves} moves by python-statemachine, {ours} by the replay")
    n_drawn = sum(map(len, drawn.values()))
    del story
    gc.collect()
    whole, machine, lexsort = rounds(
        n_rounds, lambda: replay(definition, log_of(raw)), foreign, lambda: np.lexsort((at, customer))
    )
    each = [taken / len(at) * 1e6 for taken in whole]
    theirs = [taken / n_drawn * 1e6 for taken in machine]
    about = f"python-statemachine, {n_drawn:,} touchpoints"
    yield Row("replay from the raw log, per touchpoint", about, each, theirs, "µs", 300, is_speedup=True)
    yield Row("replay from the raw log", "np.lexsort((at, customer)) of it", whole, lexsort, "s", 3)


def memory(n_rows: int, n_customers: int) -> Iterator[Row]:
    """The peak of log making and replay in a process of its own, the log included, the raw table not."""
    command = [sys.executable, "-m", "benchmarks.replay", str(n_rows), str(n_customers)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    found = json.loads(ran.stdout)
    yield Row("peak memory of log and replay", "log.nbytes", [found["peak"]], [found["log"]], "MB", 3)


def _measure_memory(n_rows: int, n_customers: int) -> None:
    """Print the figures of this process as JSON, in MB."""
    raw = table(columns(n_rows, n_customers))
    definition = stock()
    replay(definition, log_of(raw.slice(0, 1000)))
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    log = log_of(raw)
    # What the log shares with the raw table was there before, and is the log's all the same.
    shared = sum(array.nbytes for array in _arrays(log) if _is_inside(array, raw)) / 1e6
    story = replay(definition, log)
    print(json.dumps({"peak": _status("VmHWM") - before + shared, "log": log.nbytes / 1e6, "moves": _moves(story)}))


def _moves(story: Story) -> int:
    return len(story.record.moved)


def _status(name: str) -> float:
    """A size of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6


def _arrays(value: object) -> Iterator[npt.NDArray[Any]]:
    """Every array that a value of attrs classes, dicts and tuples holds."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _arrays(part)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _arrays(getattr(value, field.name))


def _is_inside(array: npt.NDArray[Any], raw: Any) -> bool:
    """Whether an array lies in a buffer of an arrow table."""
    start = array.__array_interface__["data"][0]
    buffers = [buffer for column in raw.columns for chunk in column.chunks for buffer in chunk.buffers() if buffer]
    return any(buffer.address <= start < buffer.address + buffer.size for buffer in buffers)


if __name__ == "__main__":
    _measure_memory(int(sys.argv[1]), int(sys.argv[2]))
