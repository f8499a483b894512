"""The playbooks of the preset for services that are booked."""

from __future__ import annotations

from typing import Final

from lifecycle.playbooks import Playbook

from . import playbooks as stock

LEAVING: Final = (
    "visit_overdue",
    "season_missed",
    "visits_fallen",
    "bookings_fallen",
    "bookings_cancelled",
    "contact_stopped",
    "mail_opens_fallen",
    "leaving",
)
"""The signs of the topic churn that need no currency."""
GROWING: Final = ("worth_nurturing", "new_service", "visits_risen")
"""The signs that a customer could use more, those that need no currency."""
_HISTORY: Final = ("last_service", "days_since_visit", "owner")
_TEAM: Final = ("owner", "marketing", "support")
_CAME: Final = ("booked", "visit")


def service_playbooks(
    *, onboarding_days: int = 90, habit_visits: int = 3, currency: str | None = None
) -> tuple[Playbook, ...]:
    """The stock playbooks of `service`.

    Args:
        onboarding_days: days after which onboarding is over for who came.
        habit_visits: different days with a visit that are a habit.
        currency: where there is one, the signs over the price class are answered too.
    """
    signs = LEAVING if currency is None else (*LEAVING, "payments_fallen")
    grows = GROWING if currency is None else (*GROWING, "price_class_risen")
    return (
        stock.welcome_guest(habit=f"visit_days >= {habit_visits}", days=onboarding_days),
        stock.referred(),
        stock.quick_win_by_mail(reached_by=("value_confirmed", "visit"), shown=_HISTORY),
        stock.churn_risk(signs, back=_CAME, shown=_HISTORY, team=_TEAM, owner="owner"),
        stock.nurture(grows, next_step=("booked",), shown=_HISTORY),
        stock.ambassador(),
        stock.referral(),
        stock.anniversary("birthday", shown=("favourite_service",), back=_CAME),
        stock.owner_handover(met=_CAME),
        stock.survey(),
        stock.complaint_answered(),
        stock.promise_broken(),
        stock.win_back(
            shown=("churn_reason", "favourite_service", *_HISTORY),
            alive=("site_visited", "login", "mail_clicked"),
            left_alone=stock.HUNTER,
        ),
        stock.discount_hunters(),
        stock.keep_in_touch(theirs=(*stock.THEIRS, *_CAME), shown=_HISTORY, unless=signs),
    )
