"""Small histories of who books, and every play that a stock playbook makes of them."""

from __future__ import annotations

from .playing import Story
from .walking import Told, told

BOOKED: tuple[Told, ...] = (told(0, "welcomed", owner="kim"), told(1, "booked", service="cut"))
CAME = (*BOOKED, told(5, "visit", service="cut"))
HABIT = (*CAME, told(15, "visit", service="cut"), told(25, "visit", service="cut"))
HUNTER = (
    told(0, "welcomed"),
    told(1, "booked", service="cut", discount=20),
    told(11, "booked", service="cut", discount=30),
)

# fmt: off
ROWS = (
    Story("came, and books again", "welcome", 60, (
        *CAME, told(15, "booked", service="dye"),
    )),
    Story("did not come", "welcome", 95, (
        *BOOKED,
    )),
    Story("came late", "welcome", 60, (
        *BOOKED, told(40, "visit", service="cut"),
    )),
    Story("no customer yet", "welcome", 60, (
        told(0, "welcomed"), told(1, "page_viewed"),
    )),
    Story("the first value is overdue", "quick_win", 80, (
        *CAME,
    )),
    Story("came again in time", "quick_win", 80, (
        *HABIT,
    )),
    Story("away for far longer than usual", "churn_risk", 70, (
        *HABIT,
    )),
    Story("away, and back", "churn_risk", 70, (
        *HABIT, told(50, "booked", service="cut"),
    )),
    Story("called off twice, then away: the team", "churn_risk", 60, (
        *HABIT, told(26, "booking_cancelled"), told(27, "booking_cancelled"),
    )),
    Story("critical: the team", "churn_risk", 49, (
        *HABIT, told(46, "complaint"),
    )),
    Story("in rhythm", "churn_risk", 60, (
        *HABIT, *(told(day, "visit", service="cut") for day in (35, 45)),
    )),
    Story("a new service", "nurture", 60, (
        *HABIT, told(30, "visit", service="dye"),
    )),
    Story("a promoter: beta, then a case study", "ambassador", 60, (
        *HABIT, told(26, "nps", score=10),
    )),
    Story("two friends", "referral", 40, (
        *HABIT, told(26, "referral", referred="bob"), told(27, "referral", referred="eve"),
    )),
    Story("came by a recommendation", "referred", 20, (
        told(0, "welcomed", source="referral"), *BOOKED[1:],
    )),
    Story("the birthday", "anniversary", 60, (
        told(0, "welcomed", birthday="1980-02-10"), *HABIT[1:],
    )),
    Story("handed over", "owner_handover", 50, (
        *HABIT, told(26, "owner_changed", owner="eve"),
    )),
    Story("booked with the new one", "owner_handover", 50, (
        *HABIT, told(26, "owner_changed", owner="eve"), told(30, "booked", service="cut"),
    )),
    Story("after onboarding", "survey", 60, (
        *HABIT,
    )),
    Story("never answered", "complaint_answered", 60, (
        *HABIT, told(26, "complaint", complaint="c1"),
    )),
    Story("a promise is broken", "promise_broken", 40, (
        *HABIT, told(26, "promise_broken", promise="p"),
    )),
    Story("the reason is known", "win_back", 100, (
        *HABIT, told(26, "membership_cancelled", reason="moved"),
    )),
    Story("twice with a discount", "discount_hunters", 40, (
        *HUNTER,
    )),
    Story("once at the full price", "discount_hunters", 40, (
        *BOOKED, *HUNTER[1:],
    )),
    Story("forgotten for 75 days", "keep_in_touch", 130, (
        *CAME,
    )),
)
# fmt: on
