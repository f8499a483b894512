"""What the signs of the preset for contracts read, and their limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import attrs

from lifecycle.errors import DefinitionError
from lifecycle.rules import Count, Declared, Distinct, Favourite, Flag, Last, Paired, Ratio, Sum

from ._signs import CommonSigns, shared_facts

LEVELS: Final = ("operator", "manager", "executive")
"""The levels of people in an account, from those who operate to those who decide: our default names."""
_USERS: Final = ("login", "feature_used")
_PEOPLE: Final = (*_USERS, "ticket_opened", "inquiry", "message_answered", "meeting_held", "event_attended", "voice")
_CONTRACTS: Final = ("subscription_started", "subscription_renewed")
_NO_NAME: Final = r"\W+"


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class SaasSigns(CommonSigns):
    """The limits of the signs of `saas`."""

    login_days: int = 14
    """More days since the last log-in are a sign: '14 days', as the alert rule says."""
    login_drop: float = 0.7
    """Log-ins at or under this share of those in the 30 days before are a first, weak sign: our default."""
    login_least: int = 8
    """Fewer log-ins in 30 days say nothing when they fall: twice a week, our default."""
    ticket_business_days: int = 5
    """A ticket open for more business days is a sign: '5 business days', as the alert rule says."""
    contacts_least: int = 3
    """Fewer active people in 30 days say nothing when they halve: our default."""
    data_least: int = 4
    """Data on fewer days in 30 says nothing when it halves, such as one great import: once a week, our default."""
    reply_factor: float = 2.0
    """Replies that take so many times as long as in the 90 days before are a sign: our default."""
    reply_hours: int = 24
    """Replies within so many hours are no sign, however fast they were before: one day, our default."""
    reply_least: int = 2
    """So many messages without a reply in 30 days are a sign, of who replied before: our default."""
    meetings: int = 2
    """So many meetings cancelled in 60 days are a sign: one may always be, our default."""
    handover_days: int = 30
    """So many days after a handover the relation is new: our default."""
    near_limit: float = 0.8
    """From this share of what the plan holds it is near its limit: our default ..."""
    off_limit: float = 0.7
    """... and under this share it no longer is: our default."""
    levels: tuple[str, ...] = attrs.field(default=LEVELS, converter=_texts)
    """The values of the attribute `level` that have a fact of their own, `contacts_<level>_90d`."""

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        names = [_fact_of(level) for level in self.levels if isinstance(level, str)]
        if len(set(names)) < len(self.levels):
            raise DefinitionError(f"SaasSigns(levels={self.levels!r}): not texts that give a fact each another name")


def _fact_of(level: str) -> str:
    return f"contacts_{re.sub(_NO_NAME, '_', level.lower())}_90d"


def sign_facts(limits: SaasSigns) -> dict[str, Declared]:
    """What the signs read, beside the facts that the moves read."""
    people, data, answered = Distinct(_USERS, of="contact"), Sum("data_added", of="volume"), Count("message_answered")
    reply = Paired("message_sent", "message_answered", ref="message", value="hours", statistic="mean")
    return {
        **shared_facts(limits),
        "has_goal": Flag("goal_agreed"),
        # Use: how often, on how many days, by how many people, with how much data.
        "logins_prev_30d": Count("login").within(30, ago=30),
        "login_change": Ratio("logins_30d", "logins_prev_30d"),
        "use_days_30d": Distinct("feature_used").within(30),
        "contacts_known": people,
        "contacts_active_prev_30d": people.within(30, ago=30),
        "contact_change": Ratio("contacts_active_30d", "contacts_active_prev_30d"),
        "data_days_30d": Distinct("data_added").within(30),
        "data_days_prev_30d": Distinct("data_added").within(30, ago=30),
        "data_30d": data.within(30),
        "data_prev_30d": data.within(30, ago=30),
        "data_change": Ratio("data_30d", "data_prev_30d"),
        # Contact: how fast they reply, and what they call off.
        "messages_sent_30d": Count("message_sent").within(30),
        "replies_30d": answered.within(30),
        "replies_prev_90d": answered.within(90, ago=30),
        "reply_hours_90d": reply.within(90),
        "reply_hours_prev_90d": reply.within(90, ago=90),
        "reply_change": Ratio("reply_hours_90d", "reply_hours_prev_90d"),
        "meetings_cancelled_60d": Count("meeting_cancelled").within(60),
        # Room for more.
        "plan_used": Last("usage_reported", of="used"),
        "plan_limit": Last("usage_reported", of="limit"),
        "plan_share": Ratio("plan_used", "plan_limit"),
        "features_blocked_30d": Count("feature_blocked").within(30),
        "upgrades_90d": Count("subscription_upgraded").within(90),
        "upgrades_365d": Count("subscription_upgraded").within(365),
        "renewals": Count("subscription_renewed"),
        # What the customer likes best, the price, and the day of the year that a customer has with us.
        "favourite_feature": Favourite("feature_used", of="feature"),
        "discounts": Count(("welcomed", "subscription_started"), where="discount > 0"),
        "discounted": Count(_CONTRACTS, where="discount > 0"),
        "full_price": Count(_CONTRACTS, where="not discount > 0"),
        "customer_since": Last(("welcomed", "profile_set"), of="customer_since", type="date"),
        # The account: how many people of each level are reached.
        **{_fact_of(level): _contacts(f"level == {level!r}") for level in limits.levels},
    }


def _contacts(where: str) -> Distinct:
    """How many people of an account did something of their own in 90 days."""
    return Distinct(_PEOPLE, of="contact", where=where).within(90)
