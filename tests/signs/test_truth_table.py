"""The truth table of signals in the documentation, row by row, live and in columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

from lifecycle import Definition
from lifecycle.signs import Signal

from .club import both, tp

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "signals.md"
CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BEGIN, END = "2026-01-01T12:00", "2026-01-31T00:00"

pytestmark = pytest.mark.smoke


@attrs.frozen
class Row:
    """One row of the table."""

    number: int
    rule: str
    signal: str
    happens: str
    does: str


def rows() -> list[Row]:
    """The numbered rows of the page."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    return [Row(int(number), *rest) for number, *rest in cells]


@cache
def clubs() -> Callable[[Signal], Definition]:
    """The function that makes the club, as the page defines it."""
    (block,) = CODE.findall(PAGE.read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    exec(compile(block, str(PAGE), "exec"), names)
    club: Callable[[Signal], Definition] = names["club"]
    return club


def signal_of(text: str) -> Signal:
    """The signal that a cell declares, such as '`score <= 6`, clear `score >= 8`, dwell 3, stages `lost`'."""
    found = re.fullmatch(r"`([^`]+)`(?:, clear `([^`]+)`)?(?:, dwell (\d+))?(?:, stages `([^`]+)`)?", text)
    assert found, text
    condition, clear, dwell, stages = found.groups()
    return Signal(
        "sign", condition, clear=clear, dwell_days=int(dwell or 0), stages=None if stages is None else stages.split()
    )


def does(row: Row) -> str:
    """What the signal of a row does, in the words of the table; both engines agree."""
    touchpoints = [tp("joined", BEGIN)]
    for part in row.happens.split(", "):
        day, time, kind, *value = part.split()
        known: dict[str, object] = {"value": _value(value[0])} if value else {}
        touchpoints.append(tp(kind, f"2026-01-{day}T{time}", **known))
    told = both(clubs()(signal_of(row.signal)), *touchpoints, until=END)
    changes = [
        f"{'raised' if change.is_raised else 'cleared'} {change.at:%d %H:%M} {change.cause}"
        for change in told.signals
        if change.signal == "sign"
    ]
    return ", ".join(changes) or "nothing"


def _value(text: str) -> object:
    return int(text) if text.isdigit() else text


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.number}-{row.rule}")
def test_a_row_of_the_table(row: Row) -> None:
    """The signal of the row is raised and cleared as the page says, live and over a log."""
    assert does(row) == row.does


def test_the_table_is_whole() -> None:
    """Rows are numbered one by one, and no two of them say the same."""
    table = rows()
    assert [row.number for row in table] == list(range(1, len(table) + 1))
    assert len(table) >= 50
    assert len({(row.signal, row.happens) for row in table}) == len(table)


def test_every_word_of_the_table_matters() -> None:
    """Another number in the signal, or another hour in what it does, would be noticed: no row is read past."""
    (dwelling,) = (row for row in rows() if row.number == 26)
    assert does(attrs.evolve(dwelling, signal=dwelling.signal.replace("3", "4"))) != dwelling.does
    (between,) = (row for row in rows() if row.number == 9)
    assert does(attrs.evolve(between, signal="`score <= 6`")) != between.does
    (by_role,) = (row for row in rows() if row.number == 44)
    assert does(attrs.evolve(by_role, signal="`quiet > 5`")) != by_role.does
    for row in rows():
        assert re.fullmatch(
            r"nothing|(?:(?:raised|cleared) \d\d \d\d:\d\d (?:touchpoint|time|stage)(?:, |$))+", row.does
        )
