"""Each stage and each move of each preset, walked by a short told history."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest

from lifecycle import presets
from lifecycle.definition import Definition

from . import commerce_cases, saas_cases, service_cases
from .walking import Case, result, walk_columns, walk_live

pytestmark = pytest.mark.smoke

PRESETS: dict[str, tuple[Callable[..., Definition], Any]] = {
    "saas": (presets.saas, saas_cases),
    "commerce": (presets.commerce, commerce_cases),
    "service": (presets.service, service_cases),
}
ALL_CASES = [
    pytest.param(make, case, id=f"{name}-{case}") for name, (make, told) in PRESETS.items() for case in told.CASES
]
ALL_CHANGES = [
    pytest.param(make, {**told.LIMITS}, keyword, change, id=f"{name}-{keyword}")
    for name, (make, told) in PRESETS.items()
    for keyword, change in told.CHANGES.items()
]


@pytest.mark.parametrize(("make", "case"), ALL_CASES)
def test_the_move_is_walked(make: Callable[..., Definition], case: Case) -> None:
    """A told history ends with the move, live; and the columns tell the same moves and the same customer."""
    definition = make(**case.limits)
    customer, moves = walk_live(definition, case.history, case.days)
    last = moves[-1]
    assert (last.source.id, last.event, last.target.id) == (case.source, case.event, case.target)
    replayed, told, _ = walk_columns(definition, case.history, case.days)
    assert told == moves
    assert replayed == customer


@pytest.mark.parametrize("name", PRESETS)
def test_no_move_is_left_unwalked(name: str) -> None:
    """The told histories walk every route of the preset, and so every stage."""
    make, told = PRESETS[name]
    chart = make().program.chart
    routes = {
        (chart.stages[leaf].id, event, chart.stages[route.target].id)
        for (leaf, event), found in chart.routes.items()
        for route in found
        if not route.is_touch
    }
    walked = {(case.source, case.event, case.target) for case in told.CASES}
    assert walked == routes


@pytest.mark.parametrize(("make", "limits", "keyword", "change"), ALL_CHANGES)
def test_a_threshold_is_overridden_by_keyword(
    make: Callable[..., Definition], limits: dict[str, Any], keyword: str, change: tuple[Any, Any, int]
) -> None:
    """Another value of each keyword makes something else of the same history, and another definition."""
    value, history, days = change
    limits.pop(keyword, None)
    stock, other = make(**limits), make(**limits, **{keyword: value})
    assert result(stock, history, days) != result(other, history, days)
    assert stock.digest != other.digest


@pytest.mark.parametrize("name", PRESETS)
def test_every_keyword_has_a_changed_history(name: str) -> None:
    """No keyword of a factory is left out of the test above; what to do has tests of its own."""
    make, told = PRESETS[name]
    assert set(told.CHANGES) == set(signature(make).parameters) - {"playbooks", "policies"}
