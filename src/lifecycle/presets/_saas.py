"""The preset for contracts, business to business: the customer is the account (S5)."""

# ruff: noqa: N801 - a compound is a class whose name is its id

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from lifecycle.chart import ENTRY, CustomerMachine, DateOf, State, Timer
from lifecycle.definition import Definition
from lifecycle.playbooks import Playbook, Policy
from lifecycle.rules import Count, Declared, Distinct, First, InStage, Last, Open, Ratio, Since, Sum, Tenure
from lifecycle.signs import Health

from . import _saas_signs as signs_of
from . import _stages as stages
from ._blueprints import saas_blueprints
from ._health import saas_health
from ._kinds import ADVOCACY, CONTACT, NO_RETURN, PASSIVE, SIGNS, WEB
from ._policies import chosen
from ._saas_facts import SaasSigns, sign_facts
from ._saas_playbooks import saas_playbooks
from ._scores import score_facts
from ._segments import saas_loyalty, saas_segments

ONBOARDING_DAYS: Final = 90
"""The first 90 days decide: then onboarding is over, whatever came of it."""
HABIT_DAYS: Final = 10
"""Use on so many different days is a habit, and ends onboarding early: two working weeks, our default."""
MATURE_PAYMENTS: Final = 6
"""Paid so often, a contract by the month has lasted half a year: our default."""
MATURE_DAYS: Final = 90
"""Days in adoption before maturity: one quarter, our default; a relapse is not undone at once."""
REVIEW_DAYS: Final = 30
"""Mature accounts are looked at once a month, as use is compared over 30 days."""
USE_DROP: Final = 0.5
"""Use down by half in 30 days is a sign of leaving (a common alert rule)."""
USE_LEAST: Final = 4
"""Less use than once a week says nothing when it halves: our default."""
SILENCE_DAYS: Final = 90
"""Contact at least once a quarter: who gave no sign of life for one is gone."""
RENEWAL_GRACE_DAYS: Final = 30
"""Neither renewed nor paid so long after the renewal date, a contract has ended: one month, our default."""
COOL_DAYS: Final = 365
"""An advocate who did nothing for a year is one no more: our default."""
WIN_BACK_DAYS: Final = 60
"""Silent again for so long, a returning account is lost a second time: our default."""

_STOCK_SIGNS: Final = SaasSigns()
_EVENTS: Final[Mapping[str, Sequence[str]]] = {
    **CONTACT,
    **ADVOCACY,
    **SIGNS,
    "visit": WEB,
    "signed_up": ("signup", "account created", "trial started", "customer created"),
    "subscription_started": ("subscription created", "customer subscription created", "contract signed"),
    "subscription_renewed": ("contract renewed", "renewed"),
    "subscription_upgraded": ("plan upgraded", "upgraded", "seats added"),
    "subscription_downgraded": ("plan downgraded", "downgraded", "seats removed"),
    "subscription_cancelled": (
        "customer subscription deleted",
        "subscription canceled",
        "subscription ended",
    ),
    "account_closed": ("account cancelled", "account canceled", "account deleted", "contract terminated"),
    "payment": ("purchase", "invoice paid", "payment succeeded", "charge succeeded", "order completed"),
    "feature_used": ("feature use", "feature usage", "action performed"),
    "goal_agreed": ("goal set", "kickoff held", "success plan agreed"),
    "feature_blocked": ("feature locked", "feature denied", "paywall shown"),
    "data_added": ("data imported", "data uploaded", "records imported"),
    "usage_reported": ("usage metered",),
    "message_answered": ("message replied", "reply received", "email replied"),
    "meeting_held": ("meeting completed", "call held"),
    "meeting_cancelled": ("meeting canceled", "call cancelled", "call canceled", "invitee canceled"),
}


def _active(habit_days: int, mature: tuple[int, int], drop: tuple[float, int]) -> Any:
    (payments, days), (fall, least) = mature, drop
    settled = f"days_in_stage >= {days}"

    class active(State.Compound):
        onboarding = stages.onboarding()
        adoption = stages.adoption()
        maturity = stages.maturity()
        advocacy = stages.advocacy()

        feature_used = onboarding.to(adoption, cond=f"days_used >= {habit_days}")
        onboarding_over = onboarding.to(adoption)
        # Time asks, not the payment: it alone knows that the account is long enough in adoption.
        matured = adoption.to(maturity, cond=f"payments >= {payments} and feature_use_30d >= {least}")
        subscription_started = adoption.to(maturity, cond=settled)
        subscription_upgraded = adoption.to(maturity, cond=settled)
        subscription_renewed = adoption.to(maturity)
        subscription_downgraded = maturity.to(adoption)
        relapsed = maturity.to(adoption, cond=f"use_change <= {fall} and feature_use_prev_30d >= {least}")
        referral = adoption.to(advocacy) | maturity.to(advocacy)
        testimonial_given = adoption.to(advocacy.testimonial) | maturity.to(advocacy.testimonial)
        co_created = adoption.to(advocacy.co_creator) | maturity.to(advocacy.co_creator)
        cooled = advocacy.to(maturity)

    return active


def _machine(
    habit_days: int, mature: tuple[int, int], drop: tuple[float, int], renewal_grace_days: int
) -> type[CustomerMachine]:
    unpaid = f"days_since_payment > {renewal_grace_days} and days_since_renewed > {renewal_grace_days}"
    # A negative amount raises the event too: this lets it move nobody.
    paid = "days_since_payment == 0"

    class Saas(CustomerMachine):
        acquisition = stages.acquisition()

        active = _active(habit_days, mature, drop)
        churn = stages.churn()
        win_back = stages.win_back()

        signed_up = acquisition.to.itself() | churn.to(win_back)
        silence = active.to(churn)
        silent_again = win_back.to(churn)
        renewal_missed = active.to(churn, cond=unpaid)
        # Several contracts may run side by side; only the end of the last one is the end.
        subscription_cancelled = active.to(churn, cond="subscriptions_open == 0")
        account_closed = active.to(churn) | win_back.to(churn)

        payment = (
            acquisition.to(active, cond="payments >= 1")
            | churn.to(active.adoption, cond=paid)
            | win_back.to(active.adoption, cond=paid)
        )
        subscription_started = acquisition.to(active) | churn.to(active.adoption) | win_back.to(active.adoption)
        subscription_renewed = churn.to(active.adoption) | win_back.to(active.adoption)
        visit = churn.to(win_back)
        login = churn.to(win_back)
        # Lost by silence only: the contract still runs, and use takes it up again.
        feature_used = churn.to(win_back) | win_back.to(active.adoption, cond="subscriptions_open >= 1")
        mail_clicked = churn.to(win_back)
        ticket_opened = churn.to(win_back)
        nps = churn.to(win_back)

    return Saas


def _facts(main_feature: str | None, holidays: tuple[date, ...]) -> dict[str, Declared]:
    known = ("welcomed", "profile_set", "subscription_started", "subscription_renewed")
    use = Count("feature_used", where=None if main_feature is None else f"feature == {main_feature!r}")
    tickets = Open("ticket_opened", "ticket_closed", ref="ticket")
    return {
        # What the moves read.
        "days_in_stage": InStage(),
        "days_used": Distinct("feature_used"),
        "payments": Count("payment", where=NO_RETURN),
        "days_since_payment": Since("payment", where=NO_RETURN),
        "days_since_renewed": Since("subscription_renewed"),
        "subscriptions_open": Open("subscription_started", "subscription_cancelled", ref="subscription"),
        "renewal": Last(known, of="renewal", type="date"),
        "feature_use_30d": use.within(30),
        "feature_use_prev_30d": use.within(30, ago=30),
        "use_change": Ratio("feature_use_30d", "feature_use_prev_30d"),
        # Signs of leaving: log-ins, active people, tickets, contact.
        "days_since_login": Since("login"),
        "logins_30d": Count("login").within(30),
        "tickets_open": tickets,
        "oldest_ticket_business_days": tickets.oldest("business_days", holidays=holidays),
        "days_since_ticket": Since("ticket_opened", otherwise="missing"),
        # The account: who looks after it, how many people and levels of it are reached.
        "owner": Last(("welcomed", "profile_set", "owner_changed"), of="owner", type="text"),
        "days_since_handover": Since("owner_changed", otherwise="missing"),
        "contacts_active_30d": Distinct(("login", "feature_used"), of="contact").within(30),
        "levels_reached_90d": Distinct(of="level").within(90),
        "source": First("welcomed", of="source", type="text"),
        "plan": Last((*known, "subscription_upgraded", "subscription_downgraded"), of="plan", type="text"),
        "churn_reason": Last(("subscription_cancelled", "account_closed"), of="reason", type="text"),
        "tenure": Tenure(),
        # What a model of the host says, while it is fresh.
        **score_facts(),
    }


def _check_up(signs: SaasSigns, *, use_drop: float, habit_days: int) -> Health:
    return saas_health(
        login_days=signs.login_days,
        use_drop=use_drop,
        habit_days=habit_days,
        ticket_business_days=signs.ticket_business_days,
    )


def _money() -> dict[str, Declared]:
    return {"paid_365d": Sum("payment").within(365)}


def saas(  # noqa: PLR0913 - one keyword for each threshold
    *,
    onboarding_days: int = ONBOARDING_DAYS,
    habit_days: int = HABIT_DAYS,
    mature_payments: int = MATURE_PAYMENTS,
    mature_days: int = MATURE_DAYS,
    review_days: int = REVIEW_DAYS,
    use_drop: float = USE_DROP,
    use_least: int = USE_LEAST,
    silence_days: int = SILENCE_DAYS,
    renewal_grace_days: int = RENEWAL_GRACE_DAYS,
    cool_days: int = COOL_DAYS,
    win_back_days: int = WIN_BACK_DAYS,
    signs: SaasSigns = _STOCK_SIGNS,
    main_feature: str | None = None,
    holidays: tuple[date, ...] = (),
    currency: str | None = None,
    zone: str = "UTC",
    playbooks: Sequence[Playbook] | None = None,
    policies: Sequence[Policy] | None = None,
) -> Definition:
    """The stock lifecycle for contracts: accounts that subscribe, log in, use features, renew and cancel.

    An account is one customer; its touchpoints carry the person in `contact` and that person's rank in
    `level` (S5). Contracts are told apart by `subscription`, tickets by `ticket`; `renewal` is the date of
    the next renewal.

    Args:
        onboarding_days: days after which onboarding is over.
        habit_days: different days of use that end onboarding before.
        mature_payments: payments that make an account mature ...
        mature_days: ... once it is so many days in adoption.
        review_days: how often a mature account's use is looked at.
        use_drop: use of 30 days divided by the 30 before, at or under which a mature account falls back.
        use_least: use in the 30 days before that is enough to compare with.
        silence_days: days without a sign of life after which an account is lost.
        renewal_grace_days: days after the renewal date without payment or renewal after which it is lost.
        cool_days: days without an act of advocacy after which an advocate is one no more.
        win_back_days: days without a sign of life after which a returning account is lost again.
        signs: the limits of the signs.
        main_feature: the value of the attribute `feature` whose use is compared; None is any use.
        holidays: no business days, beside Saturdays and Sundays.
        currency: the currency of amounts, needed for the fact `paid_365d`; None leaves that fact out.
        zone: the IANA time zone of the calendar.
        playbooks: what to do when; None for the stock ones, () for none.
        policies: what may hold a play back; None for the stock ones.

    Raises:
        DefinitionError: a threshold is out of range, or a playbook names what the preset lacks.
    """
    machine = _machine(habit_days, (mature_payments, mature_days), (use_drop, use_least), renewal_grace_days)
    does, holds = chosen(playbooks, policies, saas_playbooks(onboarding_days=onboarding_days, habit_days=habit_days))
    return Definition(
        machine,
        name="saas",
        zone=zone,
        currency=currency,
        events=_EVENTS,
        facts=_facts(main_feature, holidays) | sign_facts(signs) | ({} if currency is None else _money()),
        timers=[
            Timer("silence", silence_days),
            Timer("renewal_missed", renewal_grace_days, DateOf("renewal")),
            Timer("onboarding_over", onboarding_days, ENTRY),
            Timer("matured", mature_days, ENTRY, every_days=review_days),
            Timer("relapsed", review_days, ENTRY, every_days=review_days),
            Timer("cooled", cool_days, tuple(ADVOCACY)),
            Timer("silent_again", win_back_days),
        ],
        passive=PASSIVE,
        signals=signs_of.signals(signs, use_drop=use_drop, use_least=use_least),
        segments=saas_segments(signs, use_least=use_least, habit_days=habit_days),
        health=_check_up(signs, use_drop=use_drop, habit_days=habit_days),
        blueprints=saas_blueprints(onboarding_days=onboarding_days, habit_days=habit_days),
        loyalty=saas_loyalty(),
        playbooks=does,
        policies=holds,
    )
