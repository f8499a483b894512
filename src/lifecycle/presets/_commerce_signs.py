"""The signs of the preset for shops: frequency, price class, categories, visits."""

from __future__ import annotations

from typing import Final

import attrs

from lifecycle.rules import Count, Declared, Distinct, Favourite, Last, Mean, Most, Ratio
from lifecycle.signs import Signal

from ._health import HEALTH_POOR
from ._kinds import NO_RETURN
from ._signs import (
    CHURN,
    EXPANSION,
    LOYALTY,
    CommonSigns,
    any_of,
    contact_signals,
    fallen,
    promise_signals,
    shared_facts,
    voice_signals,
)

_OF_PURCHASE: Final = ("purchase_overdue", "purchase_stopped", "frequency_fallen", "categories_fallen")
_OF_CONTACT: Final = (
    "visits_fallen",
    "contact_stopped",
    "mail_opens_fallen",
    "negative_voice",
    "detractor",
    "returns",
    "promise_late",
    "promise_broken",
    "expectation_missed",
)


@attrs.frozen(kw_only=True)
class CommerceSigns(CommonSigns):
    """The limits of the signs of `commerce`."""

    silent_days: int = 90
    """More days without a purchase are long: contact at least once a quarter."""
    gap_factor: float = 2.0
    """So many times the customer's own days between purchases are long for this customer: our default."""
    gap_purchases: int = 3
    """Purchases on fewer different days show no rhythm: our default."""
    gap_days: int = 14
    """Fewer days than that are long for nobody: two weeks, our default."""
    purchases_least: int = 3
    """Fewer purchases in 90 days say nothing when they halve: our default."""
    categories_least: int = 2
    """Fewer categories in 90 days say nothing when they halve: our default."""
    visits_least: int = 4
    """Fewer visits in 30 days than one a week say nothing when they halve: our default."""
    price_drop: float = 0.7
    """A mean purchase at or under this share of that of the 90 days before is lower: our default."""
    price_rise: float = 1.3
    """A mean purchase at or over this share of that of the 90 days before is of a higher price class: our default."""
    returns: int = 2
    """So many returns in 90 days are a sign: one may always be, our default."""
    nurture_purchases: int = 3
    """'3 or more purchases in the past year ..."""
    nurture_views: int = 5
    """... and one product page viewed 5 or more times' marks the customers to nurture."""


def sign_facts(limits: CommerceSigns, currency: str | None) -> dict[str, Declared]:
    """What the signs read, beside the facts that the moves read."""
    bought, visited = Count("purchase", where=NO_RETURN), Count(("visit", "product_viewed"))
    categories = Distinct("purchase", of="category", where=NO_RETURN)
    price = Mean("purchase", where=NO_RETURN)
    return {
        **shared_facts(limits),
        # Frequency, and the customer's own rhythm.
        "purchases_90d": bought.within(90),
        "purchases_prev_90d": bought.within(90, ago=90),
        "purchase_change": Ratio("purchases_90d", "purchases_prev_90d"),
        "purchase_lateness": Ratio("days_since_purchase", "purchase_gap_days"),
        # Categories and pages.
        "categories_90d": categories.within(90),
        "categories_prev_90d": categories.within(90, ago=90),
        "category_change": Ratio("categories_90d", "categories_prev_90d"),
        "new_categories_30d": attrs.evolve(categories, new=True).within(30),
        "most_viewed_365d": Most("product_viewed", of="product").within(365),
        "visits_prev_30d": visited.within(30, ago=30),
        "visit_change": Ratio("visits_30d", "visits_prev_30d"),
        "refunds_90d": Count("refund").within(90),
        # The price, what was bought last and most often, and the day of the year that is the customer's own.
        "discounts": Count(("welcomed", "purchase"), where="discount > 0"),
        "discounted": Count("purchase", where=f"{NO_RETURN} and discount > 0"),
        "full_price": Count("purchase", where=f"{NO_RETURN} and not discount > 0"),
        "favourite_category": Favourite("purchase", of="category", where=NO_RETURN),
        "last_category": Last("purchase", of="category", type="text", where=NO_RETURN),
        "birthday": Last(("welcomed", "profile_set"), of="birthday", type="date"),
        **({} if currency is None else _prices(price)),
    }


def _prices(price: Mean) -> dict[str, Declared]:
    return {
        "mean_purchase_90d": price.within(90),
        "mean_purchase_prev_90d": price.within(90, ago=90),
        "price_change": Ratio("mean_purchase_90d", "mean_purchase_prev_90d"),
    }


def signals(limits: CommerceSigns, currency: str | None) -> tuple[Signal, ...]:
    """The signs of a shop's customer.

    Args:
        limits: the limits of all signs.
        currency: None leaves out the signs over the price class, which read amounts.
    """
    return (
        *_purchase_signals(limits),
        *_visit_signals(limits),
        *(() if currency is None else _price_signals(limits)),
        *contact_signals(limits),
        *voice_signals(limits),
        *promise_signals(limits),
        *_growth_signals(limits),
        HEALTH_POOR,
        Signal(
            "leaving",
            f"({any_of(_OF_PURCHASE)}) and ({any_of(_OF_CONTACT)})",
            topic=CHURN,
            severity="critical",
            text="Several signs at once: of purchases and of contact",
            text_ja="複数の危険信号が同時に点灯している",
        ),
    )


def _purchase_signals(limits: CommerceSigns) -> tuple[Signal, ...]:
    often, clear_often = fallen(
        "purchase_change", "purchases_90d", "purchases_prev_90d", limits.purchases_least, limits
    )
    wide, clear_wide = fallen(
        "category_change", "categories_90d", "categories_prev_90d", limits.categories_least, limits
    )
    return (
        Signal(
            "purchase_overdue",
            f"purchase_days >= {limits.gap_purchases} and days_since_purchase >= {limits.gap_days}"
            f" and purchase_lateness >= {limits.gap_factor}",
            topic=CHURN,
            text="Without a purchase for far longer than this customer's own rhythm",
            text_ja="本人のいつもの購入間隔を大きく超えて購入がない",
        ),
        Signal(
            "purchase_stopped",
            f"days_since_purchase > {limits.silent_days}",
            topic=CHURN,
            text=f"No purchase for more than {limits.silent_days} days",
            text_ja=f"{limits.silent_days}日を超える長期間、購入がない",
        ),
        Signal(
            "frequency_fallen",
            often,
            clear=clear_often,
            topic=CHURN,
            text="Buys far less often than in the 90 days before",
            text_ja="購入頻度がその前の90日間に比べて著しく低下した",
        ),
        Signal(
            "categories_fallen",
            wide,
            clear=clear_wide,
            topic=CHURN,
            severity="watch",
            text="Buys from fewer categories than in the 90 days before",
            text_ja="特定の商品カテゴリーの購入が途絶えた",
        ),
    )


def _visit_signals(limits: CommerceSigns) -> tuple[Signal, ...]:
    visits, clear_visits = fallen("visit_change", "visits_30d", "visits_prev_30d", limits.visits_least, limits)
    return (
        Signal(
            "visits_fallen",
            visits,
            clear=clear_visits,
            topic=CHURN,
            severity="watch",
            text="Visits the site less often than in the 30 days before",
            text_ja="ウェブサイトへのアクセス頻度がその前の30日間に比べて低下した",
        ),
        Signal(
            "returns",
            f"refunds_90d >= {limits.returns}",
            topic="service",
            severity="watch",
            text=f"{limits.returns} or more returns in the last 90 days",
            text_ja=f"過去90日間に返品が{limits.returns}回以上あった",
        ),
    )


def _price_signals(limits: CommerceSigns) -> tuple[Signal, ...]:
    return (
        Signal(
            "order_value_fallen",
            f"purchases_prev_90d >= {limits.purchases_least} and price_change <= {limits.price_drop}",
            clear=f"price_change > {(1 + limits.price_drop) / 2}",
            topic=CHURN,
            severity="watch",
            text="The mean purchase is lower than in the 90 days before",
            text_ja="購入単価がその前の90日間に比べて減少した",
        ),
        Signal(
            "price_class_risen",
            f"purchases_prev_90d >= {limits.purchases_least} and price_change >= {limits.price_rise}",
            topic=EXPANSION,
            severity="info",
            text="Buys in a higher price class than in the 90 days before",
            text_ja="単価の高い商品への移行が見られる",
        ),
    )


def _growth_signals(limits: CommerceSigns) -> tuple[Signal, ...]:
    return (
        Signal(
            "frequency_risen",
            # Whoever began in the window before has risen from nothing.
            f"purchases_90d >= {limits.purchases_least} and purchase_change >= {limits.rise} and tenure >= 180",
            topic=LOYALTY,
            severity="info",
            text="Buys more often than in the 90 days before",
            text_ja="購入頻度がその前の90日間に比べて増加した",
        ),
        Signal(
            "new_category",
            "new_categories_30d >= 1 and categories_365d >= 2 and purchase_days >= 2",
            topic=EXPANSION,
            severity="info",
            text="Bought from a category for the first time in the last 30 days",
            text_ja="過去30日間に新しい商品カテゴリーを購入した",
        ),
        Signal(
            "worth_nurturing",
            nurture(limits),
            topic=EXPANSION,
            severity="info",
            text=f"{limits.nurture_purchases} or more purchases in the past year, and one product page viewed"
            f" {limits.nurture_views} or more times",
            text_ja=f"過去1年間に{limits.nurture_purchases}回以上購入し、特定の商品ページを{limits.nurture_views}回以上閲覧した",
        ),
    )


def nurture(limits: CommerceSigns) -> str:
    """The condition of the customers to nurture."""
    return f"purchases_365d >= {limits.nurture_purchases} and most_viewed_365d >= {limits.nurture_views}"
