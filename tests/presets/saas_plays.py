"""Small histories of accounts, and every play that a stock playbook makes of them."""

from __future__ import annotations

from .playing import Story
from .walking import Told, on, told

ONBOARDING: tuple[Told, ...] = (told(0, "welcomed", owner="kim"), told(1, "Subscription Started", plan="team"))
USE = tuple(told(day, "feature_used") for day in range(2, 12))
USED = (*ONBOARDING, *USE)
LOGINS = (*ONBOARDING, *(told(day, "login") for day in (2, 8, 14, 20)))
SEVERAL = (*ONBOARDING, *(told(day, "login") for day in range(2, 24, 3)))
RENEWAL = (told(0, "welcomed", renewal=on(150)), told(1, "Subscription Started"), told(55, "login"), told(100, "login"))
ALIVE = tuple(told(day, "login") for day in range(50, 410, 50))
WEEKLY = tuple(told(day, "login") for day in range(7, 160, 7))
HUNTER = (
    told(0, "welcomed"),
    told(1, "Subscription Started", subscription="a", discount=30),
    told(2, "Subscription Started", subscription="b", discount=40),
)

# fmt: off
ROWS = (
    Story("nobody does anything: help by a person, then the next piece", "welcome", 95, (
        *ONBOARDING,
    )),
    Story("each piece comes with the step before", "welcome", 95, (
        *ONBOARDING, told(2, "goal_agreed"), told(3, "setup_completed"), told(9, "value_confirmed"),
    )),
    Story("the goal was agreed before", "welcome", 12, (
        told(0, "goal_agreed"), told(1, "Subscription Started"), told(8, "setup_completed"),
    )),
    Story("it ends with the habit", "welcome", 95, (
        *USED,
    )),
    Story("it ends with churn", "welcome", 95, (
        *ONBOARDING, told(2, "account_closed"),
    )),
    Story("no customer yet", "welcome", 95, (
        told(0, "welcomed"), told(1, "login"),
    )),
    Story("the first value is overdue", "quick_win", 80, (
        *ONBOARDING, told(40, "login"),
    )),
    Story("felt after the call", "quick_win", 80, (
        *ONBOARDING, told(40, "login"), told(50, "value_confirmed"),
    )),
    Story("used by habit", "quick_win", 80, (
        *USED, told(40, "login"),
    )),
    Story("felt in time", "quick_win", 80, (
        *ONBOARDING, told(40, "value_confirmed"),
    )),
    Story("one sign: a mail, and nobody comes back", "churn_risk", 53, (
        *LOGINS,
    )),
    Story("one sign: a mail, and back", "churn_risk", 48, (
        *LOGINS, told(35, "login"),
    )),
    Story("several signs: a person calls", "churn_risk", 70, (
        *SEVERAL,
    )),
    Story("critical: the team takes over from the mail", "churn_risk", 56, (
        *USED, told(13, "login"),
    )),
    Story("critical at once, with a complaint", "churn_risk", 40, (
        *LOGINS, told(31, "complaint"),
    )),
    Story("log-ins go on", "churn_risk", 46, (
        *ONBOARDING, told(12, "login"), told(24, "login"), told(36, "login"),
    )),
    Story("a ticket waits too long", "support_overdue", 30, (
        *ONBOARDING, told(7, "ticket_opened", ticket="t1"),
    )),
    Story("closed after the call", "support_overdue", 30, (
        *ONBOARDING, told(7, "ticket_opened", ticket="t1"), told(15, "ticket_closed", ticket="t1"),
    )),
    Story("closed in time", "support_overdue", 30, (
        *ONBOARDING, told(7, "ticket_opened", ticket="t1"), told(14, "ticket_closed", ticket="t1"),
    )),
    Story("near the limit", "usage_near_limit", 60, (
        *USED, told(12, "usage_reported", used=85, limit=100),
    )),
    Story("under it again before the call", "usage_near_limit", 60, (
        *USED, told(12, "usage_reported", used=85, limit=100), told(14, "usage_reported", used=60, limit=100),
    )),
    Story("a larger plan before the call", "usage_near_limit", 60, (
        *USED, told(12, "usage_reported", used=85, limit=100), told(14, "subscription_upgraded", plan="pro"),
    )),
    Story("in onboarding: when that is over", "usage_near_limit", 16, (
        *ONBOARDING, told(2, "usage_reported", used=85, limit=100), *USE,
    )),
    Story("just under", "usage_near_limit", 60, (
        *USED, told(12, "usage_reported", used=79, limit=100),
    )),
    Story("tried twice, and another one while it runs", "feature_wanted", 60, (
        *USED, told(12, "feature_blocked", feature="api"), told(13, "feature_blocked", feature="api"), told(14,
        "feature_blocked", feature="sso"),
    )),
    Story("tried in onboarding: no selling", "feature_wanted", 30, (
        *ONBOARDING, told(3, "feature_blocked", feature="api"),
    )),
    Story("taken", "feature_wanted", 60, (
        *USED, told(12, "feature_blocked", feature="api"), told(13, "subscription_upgraded", plan="pro"),
    )),
    Story("use rises", "nurture", 110, (
        *USED, *(told(70 + n, "feature_used") for n in range(16)),
    )),
    Story("a promoter: beta, then a case study", "ambassador", 80, (
        *USED, told(12, "nps", score=9),
    )),
    Story("takes part: a webinar together", "ambassador", 80, (
        *USED, told(12, "nps", score=9), told(20, "beta_joined"),
    )),
    Story("not content any more", "ambassador", 80, (
        *USED, told(12, "nps", score=9), told(15, "nps", score=3),
    )),
    Story("a promoter in onboarding: when that is over", "ambassador", 13, (
        *ONBOARDING, told(2, "nps", score=9), *USE,
    )),
    Story("just no promoter", "ambassador", 80, (
        *USED, told(12, "nps", score=8),
    )),
    Story("while a ticket is open no favour is asked", "ambassador", 18, (
        *USED, told(12, "nps", score=9), told(13, "ticket_opened", ticket="t1"), told(16, "ticket_closed",
        ticket="t1"),
    )),
    Story("two friends, one of them told twice", "referral", 30, (
        *USED, told(12, "referral", referred="bob"), told(13, "referral", referred="bob"), told(14, "referral",
        referred="eve"),
    )),
    Story("came by a recommendation", "referred", 20, (
        told(0, "welcomed", source="referral"), told(1, "Subscription Started"),
    )),
    Story("came by a fair", "referred", 20, (
        told(0, "welcomed", source="fair"), told(1, "Subscription Started"),
    )),
    Story("not renewed", "renewal", 160, (
        *RENEWAL,
    )),
    Story("renewed after the review", "renewal", 160, (
        *RENEWAL, told(110, "subscription_renewed"),
    )),
    Story("no date", "renewal", 160, (
        *ONBOARDING, told(55, "login"), told(100, "login"),
    )),
    Story("each year", "anniversary", 410, (
        told(0, "welcomed", customer_since="2020-02-10"), told(1, "Subscription Started"), *ALIVE,
    )),
    Story("a prospect", "anniversary", 60, (
        told(0, "welcomed", customer_since="2020-02-10"), told(30, "login"),
    )),
    Story("handed over", "owner_handover", 40, (
        *USED, told(12, "owner_changed", owner="eve"),
    )),
    Story("met in time", "owner_handover", 40, (
        *USED, told(12, "owner_changed", owner="eve"), told(15, "meeting_held"),
    )),
    Story("handed over after churn", "owner_handover", 40, (
        *USED, told(12, "account_closed"), told(13, "owner_changed", owner="eve"),
    )),
    Story("after onboarding: asked, answered, and answered back", "survey", 40, (
        *USED, told(14, "nps", score=4),
    )),
    Story("a content answer", "survey", 40, (
        *USED, told(14, "nps", score=9),
    )),
    Story("after a solved ticket", "survey", 40, (
        *ONBOARDING, told(7, "ticket_opened", ticket="t1"), told(9, "ticket_closed", ticket="t1"),
    )),
    Story("another ticket is open", "survey", 40, (
        *ONBOARDING, told(7, "ticket_opened", ticket="t1"), told(8, "ticket_opened", ticket="t2"), told(9,
        "ticket_closed", ticket="t1"),
    )),
    Story("asked not long ago", "survey", 50, (
        *USED, told(14, "login"), told(20, "ticket_opened", ticket="t1"), told(30, "ticket_closed", ticket="t1"),
    )),
    Story("never answered", "complaint_answered", 40, (
        *USED, told(12, "complaint", complaint="c1"),
    )),
    Story("answered in time; another one is told apart", "complaint_answered", 35, (
        *USED, told(12, "complaint", complaint="c1"), told(13, "complaint_answered", complaint="c1"), told(13,
        "complaint", complaint="c2"), told(14, "complaint_answered", complaint="c1"),
    )),
    Story("a promise is late", "promise_broken", 40, (
        *USED, told(12, "promise_made", promise="p", due=on(14)),
    )),
    Story("kept before the call", "promise_broken", 40, (
        *USED, told(12, "promise_made", promise="p", due=on(14)), told(15, "promise_kept", promise="p"),
    )),
    Story("kept in time", "promise_broken", 40, (
        *USED, told(12, "promise_made", promise="p", due=on(14)), told(14, "promise_kept", promise="p"),
    )),
    Story("gone without a word", "win_back", 80, (
        *USED, told(12, "account_closed"),
    )),
    Story("the reason is known", "win_back", 80, (
        *USED, told(12, "account_closed", reason="price"),
    )),
    Story("back before the offer", "win_back", 80, (
        *USED, told(12, "account_closed", reason="price"), told(20, "login"), told(21, "payment"),
    )),
    Story("only ever came for a discount: no offer", "win_back", 80, (
        *HUNTER, told(12, "account_closed", reason="price"),
    )),
    Story("twice with a discount", "discount_hunters", 40, (
        *HUNTER,
    )),
    Story("once at the full price", "discount_hunters", 40, (
        *ONBOARDING, *HUNTER[1:],
    )),
    Story("forgotten for 75 days, and again", "keep_in_touch", 160, (
        *ONBOARDING, *WEEKLY[:10], told(76, "play_outcome", outcome="done"), *WEEKLY[10:],
    )),
    Story("at risk: another playbook writes", "keep_in_touch", 100, (
        *USED, told(50, "login"), told(80, "login"),
    )),
    Story("a mail in between", "keep_in_touch", 120, (
        *ONBOARDING, *WEEKLY[:10], told(71, "mail_sent"), *WEEKLY[10:],
    )),
    Story("a new account begins, as all do", "nurture", 80, (
        *USED, told(50, "login"),
    )),
    Story("invited, and nobody came", "referral", 30, (
        *USED, told(12, "friend_invited", referred="bob"),
    )),
)
# fmt: on
