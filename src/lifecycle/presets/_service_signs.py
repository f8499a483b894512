"""The signs of the preset for services: visits, bookings, seasons."""

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

_MONTH: Final = 30
_YEAR: Final = 365
_OF_VISITS: Final = ("visit_overdue", "season_missed", "visits_fallen", "bookings_fallen")
_OF_CONTACT: Final = (
    "bookings_cancelled",
    "contact_stopped",
    "mail_opens_fallen",
    "negative_voice",
    "detractor",
    "promise_late",
    "promise_broken",
    "expectation_missed",
)


@attrs.frozen(kw_only=True)
class ServiceSigns(CommonSigns):
    """The limits of the signs of `service`."""

    gap_factor: float = 2.0
    """So many times the customer's own days between visits are long for this customer: our default."""
    gap_visits: int = 3
    """Visits on fewer different days show no rhythm: our default."""
    gap_days: int = 14
    """Fewer days than that are long for nobody: two weeks, our default."""
    season_late_days: int = 30
    """So many days after the day of last year's visit, a season without one is missed: half the grace, our default."""
    bookings_least: int = 2
    """Fewer bookings in the same 90 days of the year before say nothing when they halve: our default."""
    cancellations: int = 2
    """So many bookings called off in 90 days are a sign: one may always be, our default."""
    handover_days: int = 30
    """So many days after a handover the relation is new: our default."""
    price_rise: float = 1.3
    """A mean payment at or over this share of that of the year before is of a higher price class: our default."""
    price_drop: float = 0.7
    """A mean payment at or under this share of that of the year before is lower: our default."""
    nurture_visits: int = 3
    """'3 or more in the past year ...': of shops, and here of visits."""
    nurture_views: int = 5
    """... and one page viewed 5 or more times' marks the customers to nurture."""


def sign_facts(limits: ServiceSigns, *, season_days: int, grace_days: int, currency: str | None) -> dict[str, Declared]:
    """What the signs read, beside the facts that the moves read."""
    visits, booked = Count("visit"), Count("booked")
    services = Distinct(("booked", "visit"), of="service")
    late = limits.season_late_days
    return {
        **shared_facts(limits),
        # The customer's own rhythm, and the season: who came a year ago, and not again around that day.
        "visit_lateness": Ratio("days_since_visit", "visit_gap_days"),
        "visits_last_season": visits.within(_MONTH, ago=season_days + late),
        "visits_this_season": visits.within(late + _MONTH + grace_days),
        # Bookings against the same days of the year before, as seasons differ.
        "bookings_prev_year_90d": booked.within(90, ago=_YEAR),
        "booking_change": Ratio("bookings_90d", "bookings_prev_year_90d"),
        # Services and pages.
        "services_365d": services.within(_YEAR),
        "new_services_30d": attrs.evolve(services, new=True).within(30),
        "most_viewed_365d": Most("site_visited", of="page").within(_YEAR),
        # The price, what was used last and most often, and the day of the year that is the customer's own.
        "discounts": Count(("welcomed", "booked"), where="discount > 0"),
        "discounted": Count("booked", where="discount > 0"),
        "full_price": Count("booked", where="not discount > 0"),
        "favourite_service": Favourite("visit", of="service"),
        "last_service": Last(("booked", "visit"), of="service", type="text"),
        "birthday": Last(("welcomed", "profile_set"), of="birthday", type="date"),
        **({} if currency is None else _prices()),
    }


def _prices() -> dict[str, Declared]:
    price = Mean("payment", where=NO_RETURN)
    return {
        "mean_payment_365d": price.within(_YEAR),
        "mean_payment_prev_365d": price.within(_YEAR, ago=_YEAR),
        "price_change": Ratio("mean_payment_365d", "mean_payment_prev_365d"),
    }


def signals(limits: ServiceSigns, currency: str | None, *, visit_drop: float, visit_least: int) -> tuple[Signal, ...]:
    """The signs of who books.

    Args:
        limits: the limits of all signs but that of visits.
        currency: None leaves out the signs over the price class, which read amounts.
        visit_drop: visits of a year at or under this share of those of the year before have fallen.
        visit_least: visits in the year before that are enough to compare with.
    """
    return (
        *_visit_signals(limits, attrs.evolve(limits, drop=visit_drop), visit_least),
        *_booking_signals(limits),
        *(() if currency is None else _price_signals(limits)),
        *contact_signals(limits),
        *voice_signals(limits),
        *promise_signals(limits),
        *_growth_signals(limits, visit_least),
        HEALTH_POOR,
        Signal(
            "leaving",
            f"({any_of(_OF_VISITS)}) and ({any_of(_OF_CONTACT)})",
            topic=CHURN,
            severity="critical",
            text="Several signs at once: of visits and of contact",
            text_ja="複数の危険信号が同時に点灯している",
        ),
    )


def _visit_signals(limits: ServiceSigns, of_visits: ServiceSigns, visit_least: int) -> tuple[Signal, ...]:
    often, clear_often = fallen("visit_change", "visits_365d", "visits_prev_365d", visit_least, of_visits)
    return (
        Signal(
            "visit_overdue",
            f"visit_days >= {limits.gap_visits} and days_since_visit >= {limits.gap_days}"
            f" and visit_lateness >= {limits.gap_factor}",
            topic=CHURN,
            text="Stays away for far longer than this customer's own rhythm",
            text_ja="本人のいつもの来店間隔を大きく超えて来店がない",
        ),
        Signal(
            "season_missed",
            "visits_last_season >= 1 and visits_this_season == 0",
            clear="visits_this_season >= 1",
            topic=CHURN,
            text="Came around this time last year, and not this year",
            text_ja="昨年の同じ季節には来店したが、今年は来店がない",
        ),
        Signal(
            "visits_fallen",
            often,
            clear=clear_often,
            topic=CHURN,
            text="Comes far less often than in the year before",
            text_ja="来店頻度が前年に比べて著しく低下した",
        ),
    )


def _booking_signals(limits: ServiceSigns) -> tuple[Signal, ...]:
    least = limits.bookings_least
    bookings, clear_bookings = fallen("booking_change", "bookings_90d", "bookings_prev_year_90d", least, limits)
    return (
        Signal(
            "bookings_fallen",
            bookings,
            clear=clear_bookings,
            topic=CHURN,
            text="Books far less than in the same 90 days of the year before",
            text_ja="予約が前年の同じ時期の90日間に比べて大きく減少した",
        ),
        Signal(
            "bookings_cancelled",
            f"bookings_cancelled_90d >= {limits.cancellations}",
            topic=CHURN,
            severity="watch",
            text=f"{limits.cancellations} or more bookings called off in the last 90 days",
            text_ja=f"過去90日間に予約が{limits.cancellations}回以上キャンセルされた",
        ),
        Signal(
            "handed_over",
            f"days_since_handover < {limits.handover_days}",
            topic="account",
            severity="watch",
            text=f"Handed over to another owner in the last {limits.handover_days} days",
            text_ja=f"過去{limits.handover_days}日間に担当者が交代した",
        ),
    )


def _price_signals(limits: ServiceSigns) -> tuple[Signal, ...]:
    return (
        Signal(
            "payments_fallen",
            f"price_change <= {limits.price_drop}",
            clear=f"price_change > {(1 + limits.price_drop) / 2}",
            topic=CHURN,
            severity="watch",
            text="The mean payment is lower than in the year before",
            text_ja="支払単価が前年に比べて減少した",
        ),
        Signal(
            "price_class_risen",
            f"price_change >= {limits.price_rise}",
            topic=EXPANSION,
            severity="info",
            text="Takes services of a higher price class than in the year before",
            text_ja="単価の高いサービスへの移行が見られる",
        ),
    )


def _growth_signals(limits: ServiceSigns, visit_least: int) -> tuple[Signal, ...]:
    return (
        Signal(
            "visits_risen",
            # Whoever began in the window before has risen from nothing.
            f"visits_prev_365d >= {visit_least} and visit_change >= {limits.rise} and tenure >= {2 * _YEAR}",
            topic=LOYALTY,
            severity="info",
            text="Comes more often than in the year before",
            text_ja="来店頻度が前年に比べて増加した",
        ),
        Signal(
            "new_service",
            "new_services_30d >= 1 and services_365d >= 2 and visit_days >= 2",
            topic=EXPANSION,
            severity="info",
            text="Took a service for the first time in the last 30 days",
            text_ja="過去30日間に新しいサービスを利用した",
        ),
        Signal(
            "worth_nurturing",
            nurture(limits),
            topic=EXPANSION,
            severity="info",
            text=f"{limits.nurture_visits} or more visits in the past year, and one page viewed"
            f" {limits.nurture_views} or more times",
            text_ja=f"過去1年間に{limits.nurture_visits}回以上来店し、特定のページを{limits.nurture_views}回以上閲覧した",
        ),
    )


def nurture(limits: ServiceSigns) -> str:
    """The condition of the customers to nurture."""
    return f"visits_365d >= {limits.nurture_visits} and most_viewed_365d >= {limits.nurture_views}"
