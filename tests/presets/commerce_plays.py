"""Small histories of a shop's customers, and every play that a stock playbook makes of them."""

from __future__ import annotations

from .playing import Story
from .walking import Told, told

BOUGHT: tuple[Told, ...] = (told(0, "welcomed"), told(1, "purchase", category="tea"))
TWICE = (*BOUGHT, told(11, "purchase", category="tea"))
HUNTER = (
    told(0, "welcomed", discount=20),
    told(1, "purchase", category="tea", discount=20),
    told(11, "purchase", category="tea", discount=30),
)
RHYTHM = tuple(told(day, "purchase", category="tea") for day in (1, 11, 21, 31))

# fmt: off
ROWS = (
    Story("delivered and liked, then bought again", "welcome", 90, (
        *BOUGHT, told(4, "order_delivered"), told(9, "voice", sentiment=0.5), told(30, "purchase"),
    )),
    Story("nothing is told: each piece in its time", "welcome", 90, (
        *BOUGHT,
    )),
    Story("no customer yet", "welcome", 90, (
        told(0, "welcomed"), told(1, "visit"),
    )),
    Story("the first value is overdue", "quick_win", 80, (
        *BOUGHT,
    )),
    Story("looks at the advice", "quick_win", 80, (
        *BOUGHT, told(50, "mail_clicked"),
    )),
    Story("bought again in time", "quick_win", 80, (
        *TWICE,
    )),
    Story("late by the own rhythm: a mail, then nobody comes", "churn_risk", 68, (
        *RHYTHM,
    )),
    Story("late, and back", "churn_risk", 68, (
        *RHYTHM, told(55, "purchase"),
    )),
    Story("several signs, none of them of contact: a person calls", "churn_risk", 135, (
        *RHYTHM,
    )),
    Story("critical: the team", "churn_risk", 60, (
        *RHYTHM, told(52, "complaint"),
    )),
    Story("in rhythm", "churn_risk", 60, (
        *RHYTHM, *(told(day, "purchase", category="tea") for day in (41, 51)),
    )),
    Story("viewed again and again", "nurture", 70, (
        *TWICE, told(21, "purchase", category="tea"), *(told(40, "product_viewed", product="cup") for _ in range(5)),
    )),
    Story("a promoter: beta, then a case study", "ambassador", 50, (
        *TWICE, told(12, "nps", score=10),
    )),
    Story("two friends", "referral", 20, (
        *TWICE, told(12, "referral", referred="bob"), told(13, "referral", referred="eve"),
    )),
    Story("came by a recommendation", "referred", 20, (
        told(0, "welcomed", source="referral"), *BOUGHT[1:],
    )),
    Story("only looked so far", "referred", 20, (
        told(0, "welcomed", source="referral"), told(1, "visit"),
    )),
    Story("the birthday", "anniversary", 60, (
        told(0, "welcomed", birthday="1980-02-10"), *TWICE[1:],
    )),
    Story("born on 29 February: on the 28th of other years", "anniversary", 430, (
        told(0, "welcomed", birthday="1980-02-29"), *TWICE[1:], *(told(day, "purchase") for day in (150, 300)),
    )),
    Story("after a solved ticket", "survey", 30, (
        *BOUGHT, told(7, "ticket_opened", ticket="t1"), told(9, "ticket_closed", ticket="t1"),
    )),
    Story("never answered", "complaint_answered", 40, (
        *TWICE, told(12, "complaint", complaint="c1"),
    )),
    Story("a promise is broken", "promise_broken", 40, (
        *TWICE, told(12, "promise_broken", promise="p"),
    )),
    Story("gone by silence: asked, answered, and an offer", "win_back", 250, (
        *TWICE,
    )),
    Story("a reason is known, and an offer is not needed", "win_back", 80, (
        *TWICE, told(12, "account_closed", reason="price"), told(20, "visit"), told(25, "purchase"),
    )),
    Story("twice with a discount", "discount_hunters", 40, (
        *HUNTER,
    )),
    Story("once at the full price", "discount_hunters", 40, (
        *BOUGHT, *HUNTER[1:],
    )),
    Story("a hunter gets no offer", "win_back", 80, (
        *HUNTER, told(12, "account_closed", reason="price"),
    )),
    Story("forgotten for 75 days", "keep_in_touch", 100, (
        *TWICE, told(60, "visit"),
    )),
    Story("a mail in between", "keep_in_touch", 100, (
        *TWICE, told(60, "mail_sent"),
    )),
)
# fmt: on
