"""How it goes with the customers of each preset, from 0 to 100: the measures and their weights.

All weights, those of a stage too, sum to 100, so that each is a share of the score in points.
"""

from __future__ import annotations

from typing import Final

from lifecycle.signs import Health, Measure, Signal

POOR: Final = 40
"""A score under it is poor, the lowest band of health: our default."""
MARGIN: Final = 5
"""So many points above, a score is poor no longer, as bands are kept: our default."""


def _nps(weight: int) -> Measure:
    """What the customer says; who never answered is not guessed."""
    return Measure("nps_score", bad=0, good=10, weight=weight, text="Would recommend (NPS)", text_ja="推奨度(NPS)")


def _change(fact: str, drop: float, weight: int, *, text: str, text_ja: str) -> Measure:
    """A figure against the same figure before; what has nothing to compare with is left out."""
    return Measure(fact, bad=drop, good=1 if drop < 1 else 2 * drop, weight=weight, text=text, text_ja=text_ja)


HEALTH_POOR: Final = Signal(
    "health_poor",
    f"health < {POOR}",
    clear=f"health >= {POOR + MARGIN}",
    topic="health",
    text=f"Health under {POOR} of 100",
    text_ja=f"ヘルススコアが{POOR}未満である",
)
"""The score as a sign: what reads it is woken by time only where there is a score."""

_SAAS_WEIGHTS: Final = {
    # The first weeks decide by log-in and help; use only begins, and there is no month before to compare with.
    "onboarding": {
        "days_since_login": 40,
        "use_days_30d": 20,
        "use_change": 0,
        "oldest_ticket_business_days": 30,
        "nps_score": 10,
        "contact_change": 0,
    },
    # Use goes by itself: what it becomes, and what people think, tells more than that it is there.
    "maturity": {
        "days_since_login": 16,
        "use_days_30d": 16,
        "use_change": 20,
        "oldest_ticket_business_days": 12,
        "nps_score": 20,
        "contact_change": 16,
    },
}


def saas_health(*, login_days: int, use_drop: float, habit_days: int, ticket_business_days: int) -> Health:
    """The check-up of an account: log-in, use and its change, tickets, attitude, people.

    What cannot be compared yet, and a ticket where none is open, is left out: it speaks neither for nor against.

    Args:
        login_days: days since the last log-in that are worth nothing.
        use_drop: use against the 30 days before that is worth nothing.
        habit_days: days of use in 30 that are worth all.
        ticket_business_days: age of a ticket that is worth half, twice of which is worth nothing.
    """
    return Health(
        (
            Measure(
                "days_since_login",
                bad=max(login_days, 1),
                good=0,
                weight=20,
                text="Last log-in",
                text_ja="最終ログイン",
            ),
            Measure(
                "use_days_30d",
                bad=0,
                good=max(habit_days, 1),
                weight=20,
                text="Days of use in the last 30",
                text_ja="過去30日間の利用日数",
            ),
            _change("use_change", use_drop, 16, text="Change of use", text_ja="利用の変化"),
            Measure(
                "oldest_ticket_business_days",
                bad=2 * max(ticket_business_days, 1),
                good=0,
                weight=16,
                text="Oldest open ticket",
                text_ja="未解決のサポートチケット",
            ),
            _nps(16),
            _change("contact_change", 0.5, 12, text="Change of active people", text_ja="アクティブユーザー数の変化"),
        ),
        weights=_SAAS_WEIGHTS,
    )


def commerce_health(*, lapse_days: int) -> Health:
    """The check-up of a shop's customer: recency, rhythm, frequency, visits, attitude.

    Who never bought has no health, rather than one made of visits alone; a log without visits has one without them.

    Args:
        lapse_days: days without a sign of life after which a customer is lost: worth nothing.
    """
    return Health(
        (
            Measure(
                "days_since_purchase",
                bad=lapse_days,
                good=0,
                weight=25,
                missing="undefined",
                text="Last purchase",
                text_ja="最終購入",
            ),
            Measure(
                "purchase_lateness",
                bad=3,
                good=1,
                weight=30,
                text="Days since the last purchase against the customer's own rhythm",
                text_ja="いつもの購入間隔との比較",
            ),
            _change("purchase_change", 0.5, 15, text="Change of frequency", text_ja="購入頻度の変化"),
            _change("visit_change", 0.5, 15, text="Change of visits to the site", text_ja="アクセス数の変化"),
            _nps(15),
        ),
        weights={
            # One purchase has neither rhythm nor change.
            "onboarding": {
                "days_since_purchase": 60,
                "purchase_lateness": 0,
                "purchase_change": 0,
                "visit_change": 20,
                "nps_score": 20,
            },
        },
    )


def service_health(*, visit_drop: float, season_days: int, cancellations: int) -> Health:
    """The check-up of who books: rhythm, recency, change from year to year, what was called off, attitude.

    Args:
        visit_drop: visits of a year against those of the year before that are worth nothing.
        season_days: days without a visit that are worth nothing.
        cancellations: bookings called off in 90 days that are worth half, twice of which are worth nothing.
    """
    return Health(
        (
            Measure(
                "visit_lateness",
                bad=3,
                good=1,
                weight=30,
                text="Days since the last visit against the customer's own rhythm",
                text_ja="いつもの来店間隔との比較",
            ),
            Measure("days_since_visit", bad=season_days, good=0, weight=20, text="Last visit", text_ja="最終来店"),
            _change("visit_change", visit_drop, 20, text="Change of visits", text_ja="来店数の変化"),
            Measure(
                "bookings_cancelled_90d",
                bad=2 * max(cancellations, 1),
                good=0,
                weight=15,
                text="Bookings called off in the last 90 days",
                text_ja="過去90日間の予約キャンセル",
            ),
            _nps(15),
        ),
        weights={
            # Few visits have neither rhythm nor a year before.
            "onboarding": {
                "visit_lateness": 0,
                "days_since_visit": 65,
                "visit_change": 0,
                "bookings_cancelled_90d": 15,
                "nps_score": 20,
            },
        },
    )
