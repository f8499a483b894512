"""The signs of the preset for services, one history each."""

from __future__ import annotations

from typing import Any

from .signing import Sign, at_midnight, by, sign
from .walking import Told, told

BEGIN = told(0, "booked")
EUR: dict[str, Any] = {"currency": "EUR"}


def came(*days: int, **attributes: Any) -> tuple[Told, ...]:
    """Visits of the customer."""
    return tuple(told(day, "visit", **attributes) for day in days)


def paid(day: int, amount: str) -> Told:
    """A payment."""
    return told(day, "payment", amount=amount, currency="EUR")


def viewed(*days: int) -> tuple[Told, ...]:
    """One page, on these days."""
    return tuple(told(day, "Page Viewed", page="/spa") for day in days)


SIGNS: tuple[Sign, ...] = (
    # Every twenty days, and now forty without.
    sign("visit_overdue", *came(1, 21, 41, 85), raised=at_midnight(81), cleared=by(85)),
    # Every second day: four days are long for nobody, two weeks are.
    sign("visit_overdue", *came(1, 3, 5, 20), raised=at_midnight(19), cleared=by(20)),
    sign("visit_overdue", *came(1, 11), until=60),
    # A year and 30 days after the last visit.
    sign("season_missed", *came(1, 400), raised=at_midnight(396), cleared=by(400)),
    # Two months early is this season too.
    sign("season_missed", *came(1, 306), until=420),
    # From four to two in a year.
    sign("visits_fallen", *came(1, 2, 3, 4, 300, 301, 372, 373), raised=at_midnight(369), cleared=by(373)),
    sign(
        "bookings_fallen",
        *(told(day, "Booking Made") for day in (1, 2, 300, 370, 371)),
        raised=at_midnight(366),
        cleared=by(371),
    ),
    sign(
        "bookings_cancelled", told(5, "booking_cancelled"), told(10, "no show"), raised=by(10), cleared=at_midnight(95)
    ),
    sign("handed_over", told(5, "owner_changed", owner="tom"), raised=by(5), cleared=at_midnight(35)),
    sign(
        "payments_fallen",
        paid(1, "10"),
        paid(300, "7"),
        paid(370, "20"),
        raised=at_midnight(366),
        cleared=by(370),
        **EUR,
    ),
    sign(
        "price_class_risen",
        paid(1, "10"),
        paid(300, "13"),
        paid(370, "1"),
        raised=at_midnight(366),
        cleared=by(370),
        **EUR,
    ),
    # Five a year ago, two, and four again: more than three quarters.
    sign(
        "bookings_fallen",
        *(told(day, "booked") for day in (1, 1, 1, 1, 300, 301, 368, 369)),
        raised=at_midnight(366),
        cleared=by(369),
    ),
    sign("bookings_fallen", told(200, "login"), until=370),
    sign("payments_fallen", paid(1, "10"), paid(300, "7.40"), until=370, **EUR),
    sign("price_class_risen", paid(1, "10"), paid(300, "12.60"), until=370, **EUR),
    sign("visits_risen", *came(*[300] * 20), told(600, "login"), *came(*[735] * 29), until=740),
    sign(
        "visits_risen",
        *came(300, 301, 302, 303, 700, 701, 702, 703, 704, 705),
        raised=at_midnight(730),
        cleared=at_midnight(1030),
    ),
    sign("new_service", *came(1, service="cut"), *came(5, service="colour"), raised=by(5), cleared=at_midnight(35)),
    sign("worth_nurturing", *came(1, 2, 3), *viewed(4, 5, 6, 7, 8), raised=by(8), cleared=at_midnight(366)),
    sign("worth_nurturing", *came(1, 2, 3), *viewed(4, 5, 6, 7), until=20),
    # A booking without a visit is judged by the days since, and by what was called off.
    sign("health_poor", *came(275), raised=at_midnight(270), cleared=by(275)),
    sign("leaving", *came(1, 11, 21, 45), told(42, "complaint"), raised=by(42), cleared=by(45)),
)
