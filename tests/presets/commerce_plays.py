"""Small histories of a shop's customers, and every play that a stock playbook makes of them."""

from __future__ import annotations

from .playing import Played
from .walking import Told, told

BOUGHT: tuple[Told, ...] = (told(0, "welcomed"), told(1, "purchase", category="tea"))
TWICE = (*BOUGHT, told(11, "purchase", category="tea"))
HUNTER = (
    told(0, "welcomed", discount=20),
    told(1, "purchase", category="tea", discount=20),
    told(11, "purchase", category="tea", discount=30),
)
RHYTHM = tuple(told(day, "purchase", category="tea") for day in (1, 11, 21, 31))

ROWS = (
    Played('delivered and liked, then bought again', 'welcome', (*BOUGHT, told(4, "order_delivered"), told(9, "voice", sentiment=0.5), told(30, "purchase"),), 90, ('1 10:01 0: send_email by email (marketing) []', '7 09:00 2: send_email by email (marketing) [last_category=tea]', '12 09:00 4: send_email by email (marketing) [last_category=tea]', )),
    Played('nothing is told: each piece in its time', 'welcome', (*BOUGHT,), 90, ('1 10:01 0: send_email by email (marketing) []', '14 09:00 2: send_email by email (marketing) [last_category=tea]', '37 09:00 4: send_email by email (marketing) [last_category=tea]', )),
    Played('no customer yet', 'welcome', (told(0, "welcomed"), told(1, "visit"),), 90, ()),
    Played('the first value is overdue', 'quick_win', (*BOUGHT,), 80, ('47 09:00 0: send_email by email (support) [last_category=tea, purchases=1, days_since_purchase=46]', )),
    Played('looks at the advice', 'quick_win', (*BOUGHT, told(50, "mail_clicked"),), 80, ('47 09:00 0: send_email by email (support) [last_category=tea, purchases=1, days_since_purchase=46]', '51 10:00 1.then.0: call by phone (support) [last_category=tea, purchases=1, days_since_purchase=50]', )),
    Played('bought again in time', 'quick_win', (*TWICE,), 80, ()),
    Played('late by the own rhythm: a mail, then nobody comes', 'churn_risk', (*RHYTHM,), 68, ('51 09:00 mail/0: send_email by email (marketing) [last_category=tea, purchases=4, days_since_purchase=20]', '65 09:00 mail/1.otherwise.0: alert_team (marketing) [last_category=tea, purchases=4, days_since_purchase=34]', )),
    Played('late, and back', 'churn_risk', (*RHYTHM, told(55, "purchase"),), 68, ('51 09:00 mail/0: send_email by email (marketing) [last_category=tea, purchases=4, days_since_purchase=20]', )),
    Played('several signs, none of them of contact: a person calls', 'churn_risk', (*RHYTHM,), 135, ('51 09:00 mail/0: send_email by email (marketing) [last_category=tea, purchases=4, days_since_purchase=20]', '65 09:00 mail/1.otherwise.0: alert_team (marketing) [last_category=tea, purchases=4, days_since_purchase=34]', '111 09:00 mail/0: send_email by email (marketing) [last_category=tea, purchases=4, days_since_purchase=80]', '122 10:00 call/0: call by phone (marketing) [last_category=tea, purchases=4, days_since_purchase=91]', '132 10:00 call/1.otherwise.0: meet by meeting (marketing) [last_category=tea, purchases=4, days_since_purchase=101]', )),
    Played('critical: the team', 'churn_risk', (*RHYTHM, told(52, "complaint"),), 60, ('51 09:00 mail/0: send_email by email (marketing) [last_category=tea, purchases=4, days_since_purchase=20]', '52 10:04 team/0: alert_team (marketing, sales, support, product) [last_category=tea, purchases=4, days_since_purchase=21]', '54 10:00 team/1: call by phone (marketing, sales, support, product) [last_category=tea, purchases=4, days_since_purchase=23]', )),
    Played('in rhythm', 'churn_risk', (*RHYTHM, *(told(day, "purchase", category="tea") for day in (41, 51)),), 60, ()),
    Played('viewed again and again', 'nurture', (*TWICE, told(21, "purchase", category="tea"), *(told(40, "product_viewed", product="cup") for _ in range(5)),), 70, ('42 10:00 0: send_email by email (marketing) [last_category=tea, purchases=3, days_since_purchase=21]', '63 10:00 1.otherwise.0: send_email by email (customer success, sales) [last_category=tea, purchases=3, days_since_purchase=42]', )),
    Played('a promoter: beta, then a case study', 'ambassador', (*TWICE, told(12, "nps", score=10),), 50, ('14 10:00 0: send_email by email (customer success, marketing) [nps_score=10]', '44 10:00 1.otherwise.0: call by phone (customer success, marketing) []', )),
    Played('two friends', 'referral', (*TWICE, told(12, "referral", referred="bob"), told(13, "referral", referred="eve"),), 20, ('12 10:03 0: grant_reward (marketing) [reward=credit, for=referrer]', '12 10:03 1: send_email by email (marketing) [reward=credit]', '13 10:04 0: grant_reward (marketing) [reward=credit, for=referrer]', '13 10:04 1: send_email by email (marketing) [reward=credit]', )),
    Played('came by a recommendation', 'referred', (told(0, "welcomed", source="referral"), *BOUGHT[1:],), 20, ('1 10:01 0: grant_reward (marketing) [reward=credit, for=referred, source=referral]', )),
    Played('only looked so far', 'referred', (told(0, "welcomed", source="referral"), told(1, "visit"),), 20, ()),
    Played('the birthday', 'anniversary', (told(0, "welcomed", birthday="1980-02-10"), *TWICE[1:],), 60, ('40 09:00 0: send_email by email (owner) [birthday=1980-02-10, last_category=tea]', )),
    Played('born on 29 February: on the 28th of other years', 'anniversary', (told(0, "welcomed", birthday="1980-02-29"), *TWICE[1:], *(told(day, "purchase") for day in (150, 300)),), 430, ('59 09:00 0: send_email by email (owner) [birthday=1980-02-29, last_category=tea]', '424 09:00 0: send_email by email (owner) [birthday=1980-02-29, last_category=tea]', )),
    Played('after a solved ticket', 'survey', (*BOUGHT, told(7, "ticket_opened", ticket="t1"), told(9, "ticket_closed", ticket="t1"),), 30, ('11 10:00 0: ask_survey by email (customer success) []', )),
    Played('never answered', 'complaint_answered', (*TWICE, told(12, "complaint", complaint="c1"),), 40, ('12 10:03 0: alert_team (support, customer success) []', '12 10:03 1: send_email by email (support) []', '14 10:03 2.otherwise.0: alert_team (support lead, management) []', )),
    Played('a promise is broken', 'promise_broken', (*TWICE, told(12, "promise_broken", promise="p"),), 40, ('12 10:03 0: alert_team (owner, support) [promises_overdue=0, promises_broken_90d=1]', '14 10:00 1: call by phone (owner, support) [promises_overdue=0]', )),
    Played('gone by silence: asked, answered, and an offer', 'win_back', (*TWICE,), 250, ('194 10:00 0: ask_survey by email (sales, customer success) []', '208 10:00 1: send_email by email (sales, customer success) [churn_reason=None, last_category=tea, purchases=2, days_since_purchase=197]', '238 10:00 3: call by phone (sales, customer success) [churn_reason=None, last_category=tea, purchases=2, days_since_purchase=227]', )),
    Played('a reason is known, and an offer is not needed', 'win_back', (*TWICE, told(12, "account_closed", reason="price"), told(20, "visit"), told(25, "purchase"),), 80, ()),
    Played('twice with a discount', 'discount_hunters', (*HUNTER,), 40, ('19 10:00 0: send_email by email (marketing) [discounted=2]', )),
    Played('once at the full price', 'discount_hunters', (*BOUGHT, *HUNTER[1:],), 40, ()),
    Played('a hunter gets no offer', 'win_back', (*HUNTER, told(12, "account_closed", reason="price"),), 80, ('30 10:00 1: send_email by email (sales, customer success) [churn_reason=price, last_category=tea, purchases=2, days_since_purchase=19]', )),
    Played('forgotten for 75 days', 'keep_in_touch', (*TWICE, told(60, "visit"),), 100, ('86 10:00 0: send_email by email (owner) [last_category=tea, purchases=2, days_since_purchase=75]', )),
    Played('a mail in between', 'keep_in_touch', (*TWICE, told(60, "mail_sent"),), 100, ()),
)
