"""The preset for services that are booked: visits, seasons, and customers who come once a year."""

# ruff: noqa: N801 - a compound is a class whose name is its id

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from lifecycle.chart import ENTRY, CustomerMachine, State, Timer
from lifecycle.definition import Definition
from lifecycle.playbooks import Playbook, Policy
from lifecycle.rules import Count, Declared, Distinct, First, Gap, Last, Open, Ratio, Since, Sum, Tenure

from . import _service_signs as signs_of
from . import _stages as stages
from ._blueprints import service_blueprints
from ._health import service_health
from ._kinds import ADVOCACY, CONTACT, NO_RETURN, PASSIVE, REFUND, SIGNS, WEB
from ._policies import chosen
from ._scores import score_facts
from ._segments import service_loyalty, service_segments
from ._service_playbooks import service_playbooks
from ._service_signs import ServiceSigns

ONBOARDING_DAYS: Final = 90
"""The first 90 days decide: then onboarding is over for who came."""
HABIT_VISITS: Final = 3
"""Visits on so many different days are a habit, and end onboarding early: our default."""
MATURE_VISITS: Final = 3
"""Visits in three years, the least of who comes each year: our default."""
MATURE_DAYS: Final = 365
"""One whole round of seasons, before a customer is mature: our default."""
REVIEW_DAYS: Final = 30
"""Customers are looked at once a month: our default."""
VISIT_DROP: Final = 0.5
"""Down by half is a sign of leaving; year against year, as seasons differ."""
VISIT_LEAST: Final = 4
"""Fewer visits in a year than one a quarter say nothing when they halve: our default."""
SEASON_DAYS: Final = 365
"""Who comes each year comes again within a year ..."""
GRACE_DAYS: Final = 60
"""... or two months later, as seasons move with weather and holidays: our default."""
LAPSE_DAYS: Final = 120
"""Who came in every quarter, and now not for so long, is gone: a quarter and a month."""
COOL_DAYS: Final = 365
"""An advocate who did nothing for a year is one no more: our default."""
WIN_BACK_DAYS: Final = 60
"""Silent again for so long, a returning customer is lost a second time: our default."""

_QUARTER: Final = 90
_YEAR: Final = 365
_STOCK_SIGNS: Final = ServiceSigns()
_EVENTS: Final[Mapping[str, Sequence[str]]] = {
    **CONTACT,
    **ADVOCACY,
    **SIGNS,
    "site_visited": WEB,
    "signed_up": ("signup", "account created", "customer created"),
    "booked": ("booking", "booking made", "booking created", "reservation made", "appointment booked"),
    "visit": (
        "visited",
        "attended",
        "checked in",
        "appointment completed",
        "stay completed",
        "lesson attended",
    ),
    "booking_cancelled": ("booking canceled", "reservation cancelled", "appointment cancelled", "no show"),
    "membership_cancelled": ("membership canceled", "account closed", "account deleted"),
    "payment": ("purchase", "invoice paid", "payment succeeded", "charge succeeded", "order completed"),
    "refund": REFUND,
}


def _machine(habit_visits: int, mature: tuple[int, int], drop: tuple[float, int]) -> type[CustomerMachine]:
    (visits, days), (fall, least) = mature, drop
    came_in_each_quarter = "visits_quarter >= 1 and visits_quarter_before >= 1 and visits_two_quarters_before >= 1"

    class Service(CustomerMachine):
        acquisition = stages.acquisition()

        class active(State.Compound):
            onboarding = stages.onboarding()
            adoption = stages.adoption()
            maturity = stages.maturity()
            advocacy = stages.advocacy()

            visit = onboarding.to(adoption, cond=f"visit_days >= {habit_visits}")
            onboarding_over = onboarding.to(adoption, cond="visit_days >= 1")
            # The two look at the same figures from either side, so that nobody goes to and fro.
            matured = adoption.to(
                maturity, cond=f"tenure >= {days} and visits_1095d >= {visits} and visit_change > {fall}"
            )
            relapsed = maturity.to(adoption, cond=f"visit_change <= {fall} and visits_prev_365d >= {least}")
            referral = adoption.to(advocacy) | maturity.to(advocacy)
            testimonial_given = adoption.to(advocacy.testimonial) | maturity.to(advocacy.testimonial)
            co_created = adoption.to(advocacy.co_creator) | maturity.to(advocacy.co_creator)
            cooled = advocacy.to(maturity)

        churn = stages.churn()
        win_back = stages.win_back()

        signed_up = acquisition.to.itself() | churn.to(win_back)
        lapsed = active.to(churn, cond=came_in_each_quarter)
        silence = active.to(churn)
        silent_again = win_back.to(churn)
        membership_cancelled = active.to(churn) | win_back.to(churn)

        booked = acquisition.to(active) | churn.to(active.adoption) | win_back.to(active.adoption)
        visit = acquisition.to(active) | churn.to(active.adoption) | win_back.to(active.adoption)
        # A negative amount raises the event too: the conditions let it move nobody.
        payment = (
            acquisition.to(active, cond="payments >= 1")
            | churn.to(active.adoption, cond="days_since_payment == 0")
            | win_back.to(active.adoption, cond="days_since_payment == 0")
        )
        site_visited = churn.to(win_back)
        login = churn.to(win_back)
        mail_clicked = churn.to(win_back)
        ticket_opened = churn.to(win_back)

    return Service


def _facts(lapse_days: int) -> dict[str, Declared]:
    visits = Count("visit")
    return {
        # What the moves read. The three quarters end where the silence began.
        "visit_days": Distinct("visit"),
        "visits_quarter": visits.within(_QUARTER, ago=lapse_days),
        "visits_quarter_before": visits.within(_QUARTER, ago=lapse_days + _QUARTER),
        "visits_two_quarters_before": visits.within(_QUARTER, ago=lapse_days + 2 * _QUARTER),
        "visits_365d": visits.within(_YEAR),
        "visits_prev_365d": visits.within(_YEAR, ago=_YEAR),
        "visit_change": Ratio("visits_365d", "visits_prev_365d"),
        "visits_1095d": visits.within(3 * _YEAR),
        "tenure": Tenure(),
        "payments": Count("payment", where=NO_RETURN),
        "days_since_payment": Since("payment", where=NO_RETURN, otherwise="missing"),
        # Signs of staying and of leaving: frequency, pages, mail clicks, what was called off.
        "days_since_visit": Since("visit"),
        "visit_gap_days": Gap("visit"),
        "bookings_90d": Count("booked").within(90),
        "bookings_cancelled_90d": Count("booking_cancelled").within(90),
        "site_visits_30d": Count("site_visited").within(30),
        "mail_clicks_30d": Count("mail_clicked").within(30),
        "refunds_365d": Count("refund").within(365),
        "tickets_open": Open("ticket_opened", "ticket_closed", ref="ticket"),
        # Where the customer came from, who looks after it, and why it left.
        "source": First("welcomed", of="source", type="text"),
        "owner": Last(("welcomed", "profile_set", "owner_changed"), of="owner", type="text"),
        "days_since_handover": Since("owner_changed", otherwise="missing"),
        "churn_reason": Last("membership_cancelled", of="reason", type="text"),
        # What a model of the host says, while it is fresh.
        **score_facts(),
    }


def _money() -> dict[str, Declared]:
    """Spending, net of what flows back as a negative amount."""
    return {"spent_365d": Sum("payment").within(365)}


def service(  # noqa: PLR0913 - one keyword for each threshold
    *,
    onboarding_days: int = ONBOARDING_DAYS,
    habit_visits: int = HABIT_VISITS,
    mature_visits: int = MATURE_VISITS,
    mature_days: int = MATURE_DAYS,
    review_days: int = REVIEW_DAYS,
    visit_drop: float = VISIT_DROP,
    visit_least: int = VISIT_LEAST,
    season_days: int = SEASON_DAYS,
    grace_days: int = GRACE_DAYS,
    lapse_days: int = LAPSE_DAYS,
    cool_days: int = COOL_DAYS,
    win_back_days: int = WIN_BACK_DAYS,
    signs: ServiceSigns = _STOCK_SIGNS,
    currency: str | None = None,
    zone: str = "UTC",
    playbooks: Sequence[Playbook] | None = None,
    policies: Sequence[Policy] | None = None,
) -> Definition:
    """The stock lifecycle for services that are booked: who books, comes, and comes again.

    A customer who came in each of three quarters is lost after `lapse_days` of silence. Everybody else, such
    as who comes once a year, is given a whole season and its grace. A `visit` is the customer coming; a page
    visited is `site_visited`.

    Args:
        onboarding_days: days after which onboarding is over for who came at least once.
        habit_visits: different days with a visit that end onboarding before.
        mature_visits: visits in three years that make a mature customer ...
        mature_days: ... so many days after the first touchpoint.
        review_days: how often maturity is looked at.
        visit_drop: visits of a year divided by those of the year before, at or under which a mature customer
            falls back.
        visit_least: visits in the year before that are enough to compare with.
        season_days: days within which a seasonal customer comes again.
        grace_days: days that a season may be late.
        lapse_days: days without a sign of life after which who came in every quarter is lost.
        cool_days: days without an act of advocacy after which an advocate is one no more.
        win_back_days: days without a sign of life after which a returning customer is lost again.
        signs: the limits of the signs.
        currency: the currency of amounts, needed for the fact `spent_365d` and for the signs over the price
            class; None leaves them out.
        zone: the IANA time zone of the calendar.
        playbooks: what to do when; None for the stock ones, () for none.
        policies: what may hold a play back; None for the stock ones.

    Raises:
        DefinitionError: a threshold is out of range, or a playbook names what the preset lacks.
    """
    of_signs = signs_of.sign_facts(signs, season_days=season_days, grace_days=grace_days, currency=currency)
    stock = service_playbooks(onboarding_days=onboarding_days, habit_visits=habit_visits, currency=currency)
    does, holds = chosen(playbooks, policies, stock)
    return Definition(
        _machine(habit_visits, (mature_visits, mature_days), (visit_drop, visit_least)),
        name="service",
        zone=zone,
        currency=currency,
        events=_EVENTS,
        facts=_facts(lapse_days) | of_signs | ({} if currency is None else _money()),
        timers=[
            Timer("lapsed", lapse_days),
            Timer("silence", season_days + grace_days),
            Timer("onboarding_over", onboarding_days, ENTRY),
            Timer("matured", review_days, ENTRY, every_days=review_days),
            Timer("relapsed", review_days, ENTRY, every_days=review_days),
            Timer("cooled", cool_days, tuple(ADVOCACY)),
            Timer("silent_again", win_back_days),
        ],
        passive=PASSIVE,
        signals=signs_of.signals(signs, currency, visit_drop=visit_drop, visit_least=visit_least),
        segments=service_segments(signs, nurture=signs_of.nurture(signs), habit_visits=habit_visits, currency=currency),
        health=service_health(visit_drop=visit_drop, season_days=season_days, cancellations=signs.cancellations),
        blueprints=service_blueprints(onboarding_days=onboarding_days, habit_visits=habit_visits),
        loyalty=service_loyalty(),
        playbooks=does,
        policies=holds,
    )
