"""The preset for shops: no contract, only purchases."""

# ruff: noqa: N801 - a compound is a class whose name is its id

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from lifecycle.chart import ENTRY, CustomerMachine, State, Timer
from lifecycle.definition import Definition
from lifecycle.playbooks import Playbook, Policy
from lifecycle.rules import (
    Count,
    Declared,
    Distinct,
    First,
    Gap,
    InStage,
    Last,
    Mean,
    Open,
    Since,
    Sum,
    Tenure,
)

from . import _commerce_signs as signs_of
from . import _stages as stages
from ._blueprints import commerce_blueprints
from ._commerce_playbooks import commerce_playbooks
from ._commerce_signs import CommerceSigns
from ._health import commerce_health
from ._kinds import ADVOCACY, CONTACT, NO_RETURN, PASSIVE, REFUND, SIGNS, WEB
from ._policies import chosen
from ._scores import score_facts
from ._segments import commerce_loyalty, commerce_segments

REPEAT_PURCHASES: Final = 2
"""Bought on so many different days, a customer buys by habit: the first repeat purchase."""
MATURE_PURCHASES: Final = 3
"""'3 or more purchases in the past year' marks the customers to nurture."""
REVIEW_DAYS: Final = 30
"""Mature customers are looked at once a month: our default."""
LAPSE_DAYS: Final = 180
"""Contact at least once a quarter: who was silent for two is gone, our default."""
COOL_DAYS: Final = 365
"""An advocate who did nothing for a year is one no more: our default."""
WIN_BACK_DAYS: Final = 60
"""Silent again for so long, a returning customer is lost a second time: our default."""

_STOCK_SIGNS: Final = CommerceSigns()
_EVENTS: Final[Mapping[str, Sequence[str]]] = {
    **CONTACT,
    **ADVOCACY,
    **SIGNS,
    "visit": WEB,
    "signed_up": ("signup", "account created", "customers create", "customer created"),
    "purchase": ("order completed", "orders paid", "checkout session completed", "purchased"),
    "refund": REFUND,
    "product_viewed": ("product view", "product page viewed"),
    "setup_completed": (*SIGNS["setup_completed"], "order delivered", "shipment delivered"),
    "account_closed": ("account deleted", "customers delete", "customer deleted"),
}


def _machine(repeat_purchases: int, mature_purchases: int) -> type[CustomerMachine]:
    # A negative amount raises the event too: these let it move nobody.
    bought = "days_since_purchase == 0"

    class Commerce(CustomerMachine):
        acquisition = stages.acquisition()

        class active(State.Compound):
            onboarding = stages.onboarding()
            adoption = stages.adoption()
            maturity = stages.maturity()
            advocacy = stages.advocacy()

            purchase = onboarding.to(adoption, cond=f"purchase_days >= {repeat_purchases}") | adoption.to(
                maturity, cond=f"purchases_365d >= {mature_purchases} and {bought} and days_in_stage >= 1"
            )
            relapsed = maturity.to(adoption, cond=f"purchases_365d < {mature_purchases}")
            referral = adoption.to(advocacy) | maturity.to(advocacy)
            testimonial_given = adoption.to(advocacy.testimonial) | maturity.to(advocacy.testimonial)
            co_created = adoption.to(advocacy.co_creator) | maturity.to(advocacy.co_creator)
            cooled = advocacy.to(maturity)

        churn = stages.churn()
        win_back = stages.win_back()

        signed_up = acquisition.to.itself() | churn.to(win_back)
        silence = active.to(churn)
        silent_again = win_back.to(churn)
        account_closed = active.to(churn) | win_back.to(churn)
        purchase = (
            acquisition.to(active, cond="purchases >= 1")
            | churn.to(active.adoption, cond=bought)
            | win_back.to(active.adoption, cond=bought)
        )
        visit = churn.to(win_back)
        login = churn.to(win_back)
        product_viewed = churn.to(win_back)
        mail_clicked = churn.to(win_back)
        event_attended = churn.to(win_back)
        ticket_opened = churn.to(win_back)

    return Commerce


def _facts() -> dict[str, Declared]:
    purchases = Count("purchase", where=NO_RETURN)
    return {
        # What the moves read.
        "days_in_stage": InStage(),
        "purchases": purchases,
        "purchase_days": Distinct("purchase", where=NO_RETURN),
        "purchases_365d": purchases.within(365),
        "days_since_purchase": Since("purchase", where=NO_RETURN, otherwise="missing"),
        # Signs of staying: frequency, categories, pages, mail clicks, events.
        "purchase_gap_days": Gap("purchase", where=NO_RETURN),
        "categories_365d": Distinct("purchase", of="category", where=NO_RETURN).within(365),
        "product_views_30d": Count("product_viewed").within(30),
        "visits_30d": Count(("visit", "product_viewed")).within(30),
        "mail_clicks_30d": Count("mail_clicked").within(30),
        # Signs of leaving.
        "days_since_login": Since("login"),
        "refunds_365d": Count("refund").within(365),
        "tickets_open": Open("ticket_opened", "ticket_closed", ref="ticket"),
        # Where the customer came from, and why it left.
        "source": First("welcomed", of="source", type="text"),
        "churn_reason": Last("account_closed", of="reason", type="text"),
        "tenure": Tenure(),
        # What a model of the host says, while it is fresh.
        **score_facts(),
    }


def _money() -> dict[str, Declared]:
    """Spending, net of what flows back as a negative amount; and the price class."""
    return {"spent_365d": Sum("purchase").within(365), "mean_purchase": Mean("purchase", where=NO_RETURN)}


def commerce(  # noqa: PLR0913 - one keyword for each threshold
    *,
    repeat_purchases: int = REPEAT_PURCHASES,
    mature_purchases: int = MATURE_PURCHASES,
    review_days: int = REVIEW_DAYS,
    lapse_days: int = LAPSE_DAYS,
    cool_days: int = COOL_DAYS,
    win_back_days: int = WIN_BACK_DAYS,
    signs: CommerceSigns = _STOCK_SIGNS,
    currency: str | None = None,
    zone: str = "UTC",
    playbooks: Sequence[Playbook] | None = None,
    policies: Sequence[Policy] | None = None,
) -> Definition:
    """The stock lifecycle for shops: customers who buy, come back, fall silent and return.

    What flows back, a purchase of a negative amount or a refund, is a sign of life, but no purchase.
    A purchase may carry the text `category`, a page the text `product`.

    Args:
        repeat_purchases: different days with a purchase that make a habit.
        mature_purchases: purchases in a year that make a mature customer.
        review_days: how often that is looked at again.
        lapse_days: days without a sign of life after which a customer is lost.
        cool_days: days without an act of advocacy after which an advocate is one no more.
        win_back_days: days without a sign of life after which a returning customer is lost again.
        signs: the limits of the signs.
        currency: the currency of amounts, needed for the facts `spent_365d` and `mean_purchase` and for the
            signs over the price class; None leaves them out.
        zone: the IANA time zone of the calendar.
        playbooks: what to do when; None for the stock ones, () for none.
        policies: what may hold a play back; None for the stock ones.

    Raises:
        DefinitionError: a threshold is out of range, or a playbook names what the preset lacks.
    """
    does, holds = chosen(playbooks, policies, commerce_playbooks(repeat_purchases=repeat_purchases, currency=currency))
    return Definition(
        _machine(repeat_purchases, mature_purchases),
        name="commerce",
        zone=zone,
        currency=currency,
        events=_EVENTS,
        facts=_facts() | signs_of.sign_facts(signs, currency) | ({} if currency is None else _money()),
        timers=[
            Timer("silence", lapse_days),
            Timer("relapsed", review_days, ENTRY, every_days=review_days),
            Timer("cooled", cool_days, tuple(ADVOCACY)),
            Timer("silent_again", win_back_days),
        ],
        passive=PASSIVE,
        signals=signs_of.signals(signs, currency),
        segments=commerce_segments(
            signs, nurture=signs_of.nurture(signs), repeat_purchases=repeat_purchases, currency=currency
        ),
        health=commerce_health(lapse_days=lapse_days),
        blueprints=commerce_blueprints(repeat_purchases=repeat_purchases),
        loyalty=commerce_loyalty(),
        playbooks=does,
        policies=holds,
    )
