"""The segments of the presets, and why the retained stay."""

from __future__ import annotations

from datetime import date
from typing import Final

from lifecycle.signs import Loyalty, Segment

from ._signs import CommonSigns, any_of

AGREED: Final = date(2026, 11, 22)
"""When version 1 of all segments was agreed on."""
SATISFIED_NPS: Final = 7
"""From this answer to NPS on a customer is no detractor, as NPS defines it."""
SATISFIED_CSAT: Final = 4
"""From this answer to CSAT on, of 5, a customer is satisfied, as CSAT is read."""
_CONTENT: Final = f"nps_score >= {SATISFIED_NPS} or csat_score >= {SATISFIED_CSAT} or sentiment_365d > 0"
_SETTLED: Final = "stage == 'adoption' or stage == 'maturity'"
_TAKES_PART: Final = "advocacy_365d >= 1 or events_attended_365d >= 1"


def _segments(limits: CommonSigns, nurture: str, uses: str, grows: tuple[str, ...]) -> tuple[Segment, ...]:
    """The four segments.

    Args:
        limits: the limits of the signs.
        nurture: the condition of the customers to nurture.
        uses: the condition of lasting use.
        grows: the signals of whom one could sell more to.
    """
    found = (
        ("to_nurture", nurture, "Customers to nurture", "育成すべき顧客"),
        ("at_risk", "signal_leaving or signal_health_poor", "At risk of leaving", "離反リスクの高い顧客"),
        (
            "expansion",
            # No selling in onboarding, and none to somebody about to leave.
            f"({any_of(grows)}) and not signal_leaving and stage != 'onboarding' and {uses}",
            "Expansion customers: use it lastingly, and could use more of it",
            "拡販顧客",
        ),
        (
            "champions",
            f"nps_score >= {limits.promoter_score} and ({_SETTLED}) and not signal_health_poor",
            "Near advocacy: would recommend, do well, and are no advocates yet",
            "アンバサダー候補",
        ),
    )
    return tuple(
        Segment(name, condition, version="1", dated=AGREED, text=text, text_ja=text_ja)
        for name, condition, text, text_ja in found
    )


def saas_segments(limits: CommonSigns, *, use_least: int, habit_days: int) -> tuple[Segment, ...]:
    """The segments of accounts; to nurture is who uses it by habit, does well and is not mature yet."""
    nurture = f"stage == 'adoption' and use_days_30d >= {habit_days} and not signal_leaving and not signal_health_poor"
    grows = ("limit_near", "feature_wanted", "plan_widened", "use_risen")
    return _segments(limits, nurture, f"feature_use_30d >= {use_least}", grows)


def commerce_segments(
    limits: CommonSigns, *, nurture: str, repeat_purchases: int, currency: str | None
) -> tuple[Segment, ...]:
    """The segments of a shop's customers."""
    grows = ("worth_nurturing", "new_category", "frequency_risen", *_prices(currency))
    return _segments(limits, nurture, f"purchases_365d >= {repeat_purchases}", grows)


def service_segments(
    limits: CommonSigns, *, nurture: str, habit_visits: int, currency: str | None
) -> tuple[Segment, ...]:
    """The segments of who books."""
    grows = ("worth_nurturing", "new_service", "visits_risen", *_prices(currency))
    return _segments(limits, nurture, f"visits_365d >= {habit_visits}", grows)


def _prices(currency: str | None) -> tuple[str, ...]:
    return () if currency is None else ("price_class_risen",)


def saas_loyalty() -> Loyalty:
    """Loyal is who likes it and takes part, speaks for it or widens it; to use it out of habit is not enough."""
    return Loyalty(_CONTENT, f"{_TAKES_PART} or upgrades_365d >= 1")


def commerce_loyalty() -> Loyalty:
    """Loyal is who likes it and takes part, speaks for it, or buys across categories again and again."""
    return Loyalty(_CONTENT, f"{_TAKES_PART} or (categories_365d >= 3 and purchases_365d >= 3)")


def service_loyalty() -> Loyalty:
    """Loyal is who likes it and takes part, speaks for it, or takes several services again and again."""
    return Loyalty(_CONTENT, f"{_TAKES_PART} or (services_365d >= 2 and visits_365d >= 3)")
