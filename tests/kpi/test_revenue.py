"""Recurring revenue as KPIs of a period (D1, D8): V6, V8, V9 and one history with five answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lifecycle import Story, Touchpoint, TouchpointLog, presets, replay, report
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import REGISTRY
from lifecycle.tally import QuotientTally


def _story(*paid: tuple[str, int, str], months: int | None = None) -> Story:
    """Payments of (customer, month of 2026, amount)."""
    touchpoints = [_paid(who, month, amount, months) for who, month, amount in paid]
    return replay(presets.saas(currency="EUR"), TouchpointLog.from_touchpoints(touchpoints), until="2026-12-01")


def _paid(who: str, month: int, amount: str, months: int | None = None) -> Touchpoint:
    known = {} if months is None else {"months": months}
    at = datetime(2026, month, 5, tzinfo=UTC)
    return Touchpoint(who, "invoice paid", at, amount=amount, currency="EUR", attributes=known)


def _value(story: Story, id: str, period: str = "2026-02", **settings: object) -> float | None:
    kpi = REGISTRY[id].using(settings)
    return report(story, [kpi], period)[kpi.label].value


def test_v6_gross_and_net_retention() -> None:
    """10.0 M, of which 0.9 leave and 0.6 are taken back, and 1.8 more of others."""
    story = _story(
        ("leaves", 1, "900000"), ("less", 1, "2000000"), ("more", 1, "7100000"),
        ("less", 2, "1400000"), ("more", 2, "8900000"), ("joins", 2, "500000"),
    )  # fmt: skip
    assert _value(story, "gross_revenue_retention") == 0.85
    assert _value(story, "net_revenue_retention") == 1.03
    assert _value(story, "revenue_churn_rate") == 0.15
    assert _value(story, "mrr") == 10_800_000
    found = report(story, ["mrr_movements"], "2026-02")["mrr_movements"]
    parts = dict(found.parts)
    assert parts.pop("closing") == sum(parts.values()) == found.value


def test_v8_yearly_plans_are_twelfths_rounded_once() -> None:
    """Four yearly plans at 500 are 166.67 a month; 100 × 100 a month and 50 × 600 a year are 12,500."""
    yearly = _story(*((f"gold{n}", 1, "500") for n in range(4)), months=12)
    assert report(yearly, ["mrr"], "2026-01")["mrr"].text == "166.67 EUR"
    assert _value(yearly, "mrr", "2026-11") == pytest.approx(500 * 4 / 12)
    monthly = [_paid(f"m{n}", 1, "100") for n in range(100)]
    annual = [_paid(f"y{n}", 1, "600", 12) for n in range(50)]
    story = replay(presets.saas(currency="EUR"), TouchpointLog.from_touchpoints(monthly + annual), until="2026-02-01")
    assert _value(story, "mrr", "2026-01") == 12_500


def test_five_answers_of_one_history() -> None:
    """Point to point and summed, with and without who came back, and gross: each has its own id."""
    story = _story(
        ("stays", 1, "100"), ("stays", 2, "150"), ("stays", 3, "120"),
        ("gone", 1, "100"), ("gone", 3, "100"),  # away in February, back in March
        ("new", 2, "70"),  # joins and leaves: of no concern to the cohort
    )  # fmt: skip
    quarter = "2026-02", "2026-03"
    months = (f"{quarter[0]}-01", "2026-04-01")
    assert _value(story, "net_revenue_retention", months) == 1.1  # type: ignore[arg-type]
    assert _value(story, "gross_revenue_retention", months) == 1.0  # type: ignore[arg-type]
    assert _value(story, "gross_revenue_retention_summed", months) == 0.35  # type: ignore[arg-type]
    assert _value(story, "net_revenue_retention_summed", months) == 0.6  # type: ignore[arg-type]
    assert _value(story, "net_revenue_retention_summed", months, with_reactivation=True) == 1.1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("won", "lost", "ratio"), [(20 + 8, 5 + 3, 3.5), (25 + 10, 8 + 4, 2.92), (95 + 28, 18 + 7, 4.92)]
)
def test_v9_quick_ratios(won: int, lost: int, ratio: float) -> None:
    """Undefined where nothing was lost."""
    story = _story(("a", 1, str(lost)), ("b", 2, str(won)))
    assert _value(story, "quick_ratio") == pytest.approx(ratio, abs=0.005)
    assert REGISTRY["quick_ratio"].unit == "ratio"
    assert QuotientTally(won, 0).finish().note.startswith("undefined because")
    assert _value(_story(("a", 1, "5"), ("a", 2, "5")), "quick_ratio") is None


def test_paying_for_five_months_is_refused() -> None:
    """Five months are no whole number of twelfths."""
    with pytest.raises(InvalidArgument, match="2026-01-05 is for months=5, which does not divide a year"):
        _value(_story(("a", 1, "5"), months=5), "mrr", "2026-01")


def test_what_flows_back_is_netted_by_month() -> None:
    """As much back as paid is nothing paid."""
    story = _story(("a", 1, "100"), ("a", 1, "-100"), ("b", 1, "50"))
    assert _value(story, "mrr", "2026-01") == 50
