"""A small club with a playbook for each thing that can go wrong, and every policy there is."""

from __future__ import annotations

from collections.abc import Sequence

from lifecycle import Count, CustomerMachine, Definition, Last, Ratio, Signal, Since, Timer, role
from lifecycle.playbooks import Action, Goal, Playbook, Policy, Tier, Wait, entered, happened, on_date, raised, silent


class Club(CustomerMachine):
    guest = role.prospect(initial=True)
    member = role.active()
    friend = role.active()
    gone = role.lost()
    joined = guest.to(member) | gone.to(member)
    visit = member.to(friend, cond="visits_30d >= 3")
    went_quiet = member.to(gone) | friend.to(gone)


GREET = Playbook(
    "greet",
    on=entered("member"),
    purpose="onboard",
    steps=[
        Action("send_mail", channel="email"),
        Action("send_mail", channel="email", after_hours=20),
        Wait("visit", days=5, otherwise=(Action("call", channel="phone"),)),
        Action("send_mail", channel="email", after_days=3),
    ],
    goal=Goal("visits_30d >= 3", within_days=30, exits=False),
    exit_on="complaint",
)
MISS = Playbook(
    "miss",
    on=raised("fading"),
    tiers=[
        Tier("light", [Action("send_mail", channel="email")]),
        Tier("heavy", [Action("call", channel="phone"), Action("send_sms", channel="sms")], least_signals=2),
    ],
    goal=Goal(touchpoint="visit", within_days=10),
    priority=5,
)
OFFER = Playbook(
    "offer",
    on=happened("price_viewed", where="page == 'price'"),
    purpose="expand",
    steps=[
        Action("offer", channel="email", discount_percent=15, expires_days=30),
        Action("offer", channel="email", discount_percent=25, after_days=10, expires_days=30),
    ],
    exit="stage == 'gone'",
    reentry="after_exit",
)
ASK = Playbook("ask", on=silent(5), purpose="listen", steps=[Action("ask", channel="email", at="22:30")], reentry=7)
BOOKED = Playbook(
    "booked",
    on=happened("booked"),
    key="court",
    purpose="serve",
    steps=[Action("receipt", transactional=True), Action("remind", channel="email", after_hours=2)],
)
BIRTHDAY = Playbook(
    "birthday", on=on_date("birthday", yearly=True), purpose="advocate", steps=[Action("card", channel="post")]
)
PLAYBOOKS = (GREET, MISS, OFFER, ASK, BOOKED, BIRTHDAY)


def club(
    *, playbooks: Sequence[Playbook] = PLAYBOOKS, policies: Sequence[Policy] = (), zone: str = "Europe/London"
) -> Definition:
    """The club with some playbooks and policies."""
    return Definition(
        Club,
        name="club",
        zone=zone,
        facts={
            "visits_30d": Count("visit").within(30),
            "visits_prev": Count("visit").within(30, ago=30),
            "visit_change": Ratio("visits_30d", "visits_prev"),
            "days_since_visit": Since("visit"),
            "complaints": Count("complaint").within(20),
            "birthday": Last("profile_set", of="birthday", type="date"),
        },
        timers=[Timer("went_quiet", 40)],
        passive=["price_viewed"],
        signals=[
            Signal("fading", "days_since_visit > 10"),
            Signal("halved", "visit_change <= 0.5 and visits_prev >= 2", severity="critical"),
        ],
        playbooks=playbooks,
        policies=policies,
    )
