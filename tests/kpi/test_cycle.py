"""Plan, do, check, act (D14, C13)."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle import Story, report
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import Cycle, cycle_table


def test_a_cycle_is_checked_against_the_story(made_story: Story) -> None:
    """Target, actual, gap, what was done, what is next."""
    cycle = Cycle("retention_rate", "2025-Q4", 0.5, done="calls to who fell silent", next="call sooner")
    checked = cycle.check(made_story)
    actual = report(made_story, ["retention_rate"], "2025-Q4")["retention_rate"]
    assert checked.actual == actual
    assert checked.gap == pytest.approx(actual.value - 0.5)
    assert checked.is_met == (actual.value >= 0.5)
    table = cycle_table([checked])
    row = next(table.rows())
    assert (row["done"], row["next"], row["period"]) == ("calls to who fell silent", "call sooner", "2025-Q4")
    assert row["gap"] == checked.gap


def test_a_cycle_may_be_about_a_group(made_story: Story) -> None:
    """One source, for example."""
    found = Cycle("churn_rate", "2025-Q4", 0.1, by="source", group="search", done=["a", "b"]).check(made_story)
    assert found.actual == report(made_story, ["churn_rate"], "2025-Q4", by="source")["churn_rate", "search"]
    assert cycle_table([found])["done"].tolist() == ["a; b"]
    with pytest.raises(InvalidArgument, match="nobody is in the group 'moon' in 2025-Q4; groups: event"):
        Cycle("churn_rate", "2025-Q4", 0.1, by="source", group="moon").check(made_story)
    with pytest.raises(InvalidArgument, match="without by"):
        Cycle("churn_rate", "2025-Q4", 0.1, group="search")


def test_what_is_undefined_has_no_gap(made_story: Story) -> None:
    """Of a period before anybody came."""
    checked = Cycle("retention_rate", "2024-02", 0.5).check(made_story)
    assert checked.gap is None
    assert checked.is_met is None
    assert np.isnan(cycle_table([checked])["actual"]).all()
