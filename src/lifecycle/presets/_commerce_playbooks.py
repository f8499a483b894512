"""The playbooks of the preset for shops."""

from __future__ import annotations

from typing import Final

from lifecycle.playbooks import Playbook

from . import playbooks as stock

LEAVING: Final = (
    "purchase_overdue",
    "purchase_stopped",
    "frequency_fallen",
    "categories_fallen",
    "visits_fallen",
    "contact_stopped",
    "mail_opens_fallen",
    "leaving",
)
"""The signs of the topic churn that need no currency."""
GROWING: Final = ("worth_nurturing", "new_category", "frequency_risen")
"""The signs that a customer could buy more, those that need no currency."""
_HISTORY: Final = ("last_category", "purchases", "days_since_purchase")
_TEAM: Final = ("marketing", "sales", "support", "product")
_ALIVE: Final = ("visit", "login", "product_viewed", "mail_clicked")


def commerce_playbooks(*, repeat_purchases: int = 2, currency: str | None = None) -> tuple[Playbook, ...]:
    """The stock playbooks of `commerce`.

    Args:
        repeat_purchases: different days with a purchase that are a habit.
        currency: where there is one, the signs over the price class are answered too.
    """
    signs = LEAVING if currency is None else (*LEAVING, "order_value_fallen")
    grows = GROWING if currency is None else (*GROWING, "price_class_risen")
    return (
        stock.welcome_buyer(habit=f"purchase_days >= {repeat_purchases}"),
        stock.referred(),
        stock.quick_win_by_mail(shown=_HISTORY),
        # One lapse of a shop's customer raises two signs by itself: the own rhythm, and the long silence.
        stock.churn_risk(signs, back=("purchase",), shown=_HISTORY, several=3, team=_TEAM, owner="marketing"),
        stock.nurture(grows, next_step=("purchase",), shown=_HISTORY),
        stock.ambassador(),
        stock.referral(),
        stock.anniversary("birthday", shown=("favourite_category",), back=("purchase", "visit")),
        stock.survey(),
        stock.complaint_answered(),
        stock.promise_broken(),
        stock.win_back(shown=("churn_reason", "favourite_category", *_HISTORY), alive=_ALIVE, left_alone=stock.HUNTER),
        stock.discount_hunters(),
        stock.keep_in_touch(theirs=(*stock.THEIRS, "purchase"), shown=_HISTORY, unless=signs),
    )
