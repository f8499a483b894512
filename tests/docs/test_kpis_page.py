"""The page on KPIs shows those of the registry as they are, and the pages on the room name all that it exports."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from lifecycle import kpi
from lifecycle.kpi import REGISTRY, IncentivePlan, Kpi, LoyaltyProgramme, Tickets

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "kpis.md").read_text(encoding="utf-8")
ROOM = (REFERENCE / "kpi.md").read_text(encoding="utf-8")
STOCK = [one for one in REGISTRY if one.calculate.__module__.startswith("lifecycle.")]
WORDS: Mapping[str, Sequence[str]] = MappingProxyType({
    "orders": ("purchase", "payment"),
    "returns": ("refund", "order_refunded", "order_cancelled", "order_canceled"),
    "payments": ("payment",),
    "voices": ("voice", "complaint"),
    "actions": ("voice_acted_on", "complaint_acted_on"),
    "answers": ("voice_answered", "complaint_answered"),
    "contacts": ("message_sent", "mail_sent", "meeting_held", "call_made"),
    "deliveries": ("mail_sent", "message_sent"),
    "reactions": ("mail_opened", "mail_clicked", "message_answered"),
})  # fmt: skip
"""Words of the page for kinds that are the default of a setting."""
VALUES = (LoyaltyProgramme, IncentivePlan, Tickets)


def codes(names: Iterable[object]) -> str:
    """Names as code, one after another."""
    return ", ".join(f"`{name}`" for name in names)


def listed(found: Iterable[Kpi]) -> str:
    """The ids of KPIs by name."""
    return codes(sorted(one.id for one in found))


def default(value: Any) -> str:
    """The default of a setting, as the page writes it."""
    for word, kinds in WORDS.items():
        if value == kinds:
            return word
    if isinstance(value, VALUES):
        assert value == type(value)(), "not the stock value"
        return f"`{type(value).__name__}()`"
    return codes(value) if isinstance(value, tuple) else f"`{value!r}`"


def settings(one: Kpi) -> str:
    """The settings of a KPI with their defaults."""
    parameters = [*inspect.signature(one.calculate).parameters.values()][1:]
    return "; ".join(f"`{parameter.name}`: {default(parameter.default)}" for parameter in parameters)


def head(one: Kpi) -> str:
    """The first cells of its row."""
    return f"| `{one.id}` | {one.unit} | {one.better or ''} |"


@pytest.mark.parametrize("one", STOCK, ids=[one.id for one in STOCK])
def test_the_page_shows_a_kpi_as_it_is(one: Kpi) -> None:
    """Id, unit, direction, a definition, and every setting with its default; in one row."""
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{one.id}` |")]
    assert row.startswith(head(one))
    cells = row.split(" | ")
    assert len(cells) == 6
    assert len(cells[3]) > 8
    assert cells[4] == settings(one)


def test_the_page_shows_no_other() -> None:
    """What is in a table of KPIs is in the registry."""
    tables = re.findall(r"^\| KPI \| unit .*\n\|---.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    ids = [line.split("`")[1] for table in tables for line in table.splitlines()]
    assert sorted(ids) == sorted(one.id for one in STOCK)


def test_the_page_says_what_its_words_mean() -> None:
    """The kinds behind each word for a default, and which KPIs look ahead or need several customers."""
    for word, kinds in WORDS.items():
        assert f"| {word} | {codes(kinds)} |" in PAGE
    assert f"Look ahead: {listed(one for one in STOCK if one.looks_ahead)}." in PAGE
    assert f"Need several customers: {listed(one for one in STOCK if one.partition != 'customer')}." in PAGE


@pytest.mark.parametrize("name", kpi.__all__)
def test_every_export_is_on_one_of_the_pages(name: str) -> None:
    """Each name that the room exports is named in the page on KPIs or in the page on the room."""
    assert re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", PAGE + ROOM)
