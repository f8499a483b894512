"""Expected lifetime value by stage, from scores that a host feeds back (D4, S15)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lifecycle import Story, Touchpoint, TouchpointLog, presets, replay, report
from lifecycle.kpi import ltv_expected, ltv_expected_total, ltv_scored_share

START = datetime(2026, 1, 1, tzinfo=UTC)


def _story(*scores: tuple[str, int, float]) -> Story:
    """Three buyers; scores of (customer, day, value)."""
    bought = [
        Touchpoint(who, "purchase", START + timedelta(day), amount="10", currency="EUR")
        for who in "abc"
        for day in (0, 1, 40, 80)
    ]
    known = [
        Touchpoint(who, "scored", START + timedelta(day), attributes={"model": "BgNbd", "ltv": value})
        for who, day, value in scores
    ]
    return replay(presets.commerce(currency="EUR"), TouchpointLog.from_touchpoints(bought + known), until="2026-04-01")


def test_the_last_score_of_each_counts() -> None:
    """The mean over the active, and their sum."""
    story = _story(("a", 50, 100.25), ("a", 60, 120.5), ("b", 60, 79.5))
    found = report(story, [ltv_expected, ltv_expected_total, ltv_scored_share], "2026-Q1")
    assert found["ltv_expected"].value == 100.0
    assert found["ltv_expected_total"].value == 200.0
    assert found["ltv_expected_total"].text == "200.00 EUR"
    assert found["ltv_scored_share"].value == pytest.approx(2 / 3)


def test_a_stale_score_is_left_out_and_that_is_seen() -> None:
    """Ninety calendar days after the day of the score it still counts, as the fact does."""
    fresh = _story(("a", 1, 50.0))  # 2026-01-02; the last day is 03-31, 88 days later
    assert report(fresh, [ltv_expected], "2026-Q1")["ltv_expected"].value == 50.0
    shorter = ltv_expected.using({"stale_days": 87})
    found = report(fresh, [shorter, ltv_scored_share.using({"stale_days": 87})], "2026-Q1")
    assert found["ltv_expected[stale_days=87]"].notes == ("undefined because there is nothing to average",)
    assert found["ltv_scored_share[stale_days=87]"].value == 0


def test_it_is_read_by_stage() -> None:
    """As any KPI."""
    found = report(_story(("a", 60, 10.0), ("b", 60, 20.0)), [ltv_expected], "2026-03", by="stage")
    assert {line.measurement.group for line in found.lines} == {"", "maturity"}
    assert found["ltv_expected", "maturity"].value == 15.0
