"""The signs of the preset for shops, one history each."""

from __future__ import annotations

from typing import Any

from .shared_signs import n_times
from .signing import Sign, at_midnight, by, sign
from .walking import Told, told

BEGIN = told(0, "purchase", amount=10, currency="EUR", category="tea")
EUR: dict[str, Any] = {"currency": "EUR"}


def bought(*days: int, amount: str = "10", category: str = "tea") -> tuple[Told, ...]:
    """Purchases of one price and category."""
    return tuple(told(day, "Order Completed", amount=amount, currency="EUR", category=category) for day in days)


def viewed(*days: int) -> tuple[Told, ...]:
    """One product page, on these days, among others."""
    return tuple(one for day in days for one in (told(day, "Product Viewed", product="cup"), told(day, "visit")))


SIGNS: tuple[Sign, ...] = (
    # Every twenty days, and now forty without.
    sign("purchase_overdue", *bought(20, 40, 85), raised=at_midnight(80), cleared=by(85)),
    # Every second day: four days are long for nobody, two weeks are.
    sign("purchase_overdue", *bought(2, 4, 30), raised=at_midnight(18), cleared=by(30)),
    sign("purchase_overdue", *bought(10), until=80),
    sign("purchase_stopped", *bought(95), raised=at_midnight(91), cleared=by(95)),
    # From four to two in 90 days.
    sign("frequency_fallen", *bought(1, 2, 3, 50, 51, 95, 96), raised=at_midnight(93), cleared=by(96)),
    # Five, two, and four again: more than three quarters.
    sign("frequency_fallen", *bought(1, 1, 1, 1, 50, 51, 94, 95), raised=at_midnight(91), cleared=by(95)),
    sign(
        "categories_fallen",
        *bought(1, category="cups"),
        *bought(50),
        *bought(95, category="cups"),
        raised=at_midnight(91),
        cleared=by(95),
    ),
    sign(
        "order_value_fallen",
        *bought(1, 2),
        *bought(50, amount="7"),
        *bought(95, amount="20"),
        raised=at_midnight(92),
        cleared=by(95),
        **EUR,
    ),
    sign("categories_fallen", *(told(day, "visit") for day in (50, 100)), until=150),
    sign("order_value_fallen", *bought(1, 2), *bought(50, amount="7.40"), until=100, **EUR),
    sign("visits_fallen", *n_times(3, 1, "visit"), until=45),
    sign(
        "visits_fallen",
        *n_times(4, 1, "visit"),
        *n_times(2, 20, "visit"),
        *n_times(2, 40, "Product Viewed"),
        raised=at_midnight(31),
        cleared=by(40),
    ),
    sign("returns", told(5, "refund"), told(10, "Order Refunded"), raised=by(10), cleared=at_midnight(95)),
    sign("frequency_risen", *bought(50, 51, 185, 186, 187), raised=by(187), cleared=at_midnight(275)),
    sign(
        "price_class_risen",
        *bought(1, 2),
        *bought(50, amount="13"),
        *bought(95, amount="1"),
        raised=at_midnight(92),
        cleared=by(95),
        **EUR,
    ),
    sign("price_class_risen", *bought(1, 2), *bought(50, amount="12.60"), until=100, **EUR),
    sign("frequency_risen", *bought(*[50] * 20), *bought(*[185] * 29), until=200),
    # Began 90 days ago: there is no window before to have risen from.
    sign("frequency_risen", *bought(91, 92, 93), until=170),
    sign("new_category", *bought(5, category="cups"), raised=by(5), cleared=at_midnight(35)),
    sign("new_category", *bought(5), until=40),
    # '3 or more purchases in the past year and one product page viewed 5 or more times.'
    sign(
        "worth_nurturing",
        *bought(1, 2),
        *viewed(3, 4, 5, 6, 7),
        told(170, "visit"),
        told(340, "visit"),
        raised=by(7),
        cleared=at_midnight(365),
    ),
    sign("worth_nurturing", *bought(1, 2), *viewed(3, 4, 5, 6), told(7, "Product Viewed", product="pot"), until=20),
    sign("worth_nurturing", *bought(1), *viewed(3, 4, 5, 6, 7), until=20),
    # One purchase is judged by its age alone: under 40 after three fifths of the lapse.
    sign("health_poor", *bought(115), raised=at_midnight(109), cleared=by(115), lapse_days=181),
    sign("leaving", told(92, "complaint"), *bought(95), raised=by(92), cleared=by(95)),
    sign("leaving", told(5, "complaint"), told(6, "refund"), told(7, "refund"), until=60),
)
