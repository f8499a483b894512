"""Small histories of who books, and every play that a stock playbook makes of them."""

from __future__ import annotations

from .playing import Played
from .walking import Told, told

BOOKED: tuple[Told, ...] = (told(0, "welcomed", owner="kim"), told(1, "booked", service="cut"))
CAME = (*BOOKED, told(5, "visit", service="cut"))
HABIT = (*CAME, told(15, "visit", service="cut"), told(25, "visit", service="cut"))
HUNTER = (
    told(0, "welcomed"),
    told(1, "booked", service="cut", discount=20),
    told(11, "booked", service="cut", discount=30),
)

ROWS = (
    Played('came, and books again', 'welcome', (*CAME, told(15, "booked", service="dye"),), 60, ('1 10:01 0: send_email by email (owner) [owner=kim]', '7 10:00 2: send_email by email (owner) [owner=kim, last_service=cut]', '18 09:00 4: send_email by email (owner) [last_service=dye]', )),
    Played('did not come', 'welcome', (*BOOKED,), 95, ('1 10:01 0: send_email by email (owner) [owner=kim]', '32 09:00 1.otherwise.0: send_email by email (owner) []', )),
    Played('came late', 'welcome', (*BOOKED, told(40, "visit", service="cut"),), 60, ('1 10:01 0: send_email by email (owner) [owner=kim]', '32 09:00 1.otherwise.0: send_email by email (owner) []', '42 10:00 2: send_email by email (owner) [owner=kim, last_service=cut]', )),
    Played('no customer yet', 'welcome', (told(0, "welcomed"), told(1, "page_viewed"),), 60, ()),
    Played('the first value is overdue', 'quick_win', (*CAME,), 80, ('47 09:00 0: send_email by email (support) [last_service=cut, days_since_visit=42, owner=kim]', )),
    Played('came again in time', 'quick_win', (*HABIT,), 80, ()),
    Played('away for far longer than usual', 'churn_risk', (*HABIT,), 70, ('45 09:00 mail/0: send_email by email (owner) [last_service=cut, days_since_visit=20, owner=kim]', '59 09:00 mail/1.otherwise.0: alert_team (owner) [last_service=cut, days_since_visit=34, owner=kim]', )),
    Played('away, and back', 'churn_risk', (*HABIT, told(50, "booked", service="cut"),), 70, ('45 09:00 mail/0: send_email by email (owner) [last_service=cut, days_since_visit=20, owner=kim]', )),
    Played('called off twice, then away: the team', 'churn_risk', (*HABIT, told(26, "booking_cancelled"), told(27, "booking_cancelled"),), 60, ('28 09:00 mail/0: send_email by email (owner) [last_service=cut, days_since_visit=3, owner=kim]', '42 09:00 mail/1.otherwise.0: alert_team (owner) [last_service=cut, days_since_visit=17, owner=kim]', '45 00:00 team/0: alert_team (owner, marketing, support) [last_service=cut, days_since_visit=20, owner=kim]', '46 10:00 team/1: call by phone (owner, marketing, support) [last_service=cut, days_since_visit=21, owner=kim]', '60 10:00 team/2.otherwise.0: alert_team (management, owner, marketing, support) [last_service=cut, days_since_visit=35, owner=kim]', )),
    Played('critical: the team', 'churn_risk', (*HABIT, told(46, "complaint"),), 49, ('45 09:00 mail/0: send_email by email (owner) [last_service=cut, days_since_visit=20, owner=kim]', '46 10:05 team/0: alert_team (owner, marketing, support) [last_service=cut, days_since_visit=21, owner=kim]', '48 10:00 team/1: call by phone (owner, marketing, support) [last_service=cut, days_since_visit=23, owner=kim]', )),
    Played('in rhythm', 'churn_risk', (*HABIT, *(told(day, "visit", service="cut") for day in (35, 45)),), 60, ()),
    Played('a new service', 'nurture', (*HABIT, told(30, "visit", service="dye"),), 60, ('32 10:00 0: send_email by email (marketing) [last_service=dye, days_since_visit=2, owner=kim]', '53 10:00 1.otherwise.0: send_email by email (customer success, sales) [last_service=dye, days_since_visit=23, owner=kim]', )),
    Played('a promoter: beta, then a case study', 'ambassador', (*HABIT, told(26, "nps", score=10),), 60, ('28 10:00 0: send_email by email (customer success, marketing) [nps_score=10]', '58 10:00 1.otherwise.0: call by phone (customer success, marketing) []', )),
    Played('two friends', 'referral', (*HABIT, told(26, "referral", referred="bob"), told(27, "referral", referred="eve"),), 40, ('26 10:05 0: grant_reward (marketing) [reward=credit, for=referrer]', '26 10:05 1: send_email by email (marketing) [reward=credit]', '27 10:06 0: grant_reward (marketing) [reward=credit, for=referrer]', '27 10:06 1: send_email by email (marketing) [reward=credit]', )),
    Played('came by a recommendation', 'referred', (told(0, "welcomed", source="referral"), *BOOKED[1:],), 20, ('1 10:01 0: grant_reward (marketing) [reward=credit, for=referred, source=referral]', )),
    Played('the birthday', 'anniversary', (told(0, "welcomed", birthday="1980-02-10"), *HABIT[1:],), 60, ('40 09:00 0: send_email by email (owner) [birthday=1980-02-10, last_service=cut]', )),
    Played('handed over', 'owner_handover', (*HABIT, told(26, "owner_changed", owner="eve"),), 50, ('26 10:05 0: alert_team (owner, customer success lead) [owner=eve, tenure=26]', '28 09:00 1: send_email by email (owner) [owner=eve]', '35 10:00 2.otherwise.0: call by phone (owner) [owner=eve, tenure=35]', )),
    Played('booked with the new one', 'owner_handover', (*HABIT, told(26, "owner_changed", owner="eve"), told(30, "booked", service="cut"),), 50, ('26 10:05 0: alert_team (owner, customer success lead) [owner=eve, tenure=26]', '28 09:00 1: send_email by email (owner) [owner=eve]', )),
    Played('after onboarding', 'survey', (*HABIT,), 60, ('27 10:00 0: ask_survey by email (customer success) []', )),
    Played('never answered', 'complaint_answered', (*HABIT, told(26, "complaint", complaint="c1"),), 60, ('26 10:05 0: alert_team (support, customer success) []', '26 10:05 1: send_email by email (support) []', '28 10:05 2.otherwise.0: alert_team (support lead, management) []', )),
    Played('a promise is broken', 'promise_broken', (*HABIT, told(26, "promise_broken", promise="p"),), 40, ('26 10:05 0: alert_team (owner, support) [promises_overdue=0, promises_broken_90d=1]', '28 10:00 1: call by phone (owner, support) [promises_overdue=0]', )),
    Played('the reason is known', 'win_back', (*HABIT, told(26, "membership_cancelled", reason="moved"),), 100, ('44 10:00 1: send_email by email (sales, customer success) [churn_reason=moved, last_service=cut, days_since_visit=19, owner=kim]', '74 10:00 3: call by phone (sales, customer success) [churn_reason=moved, last_service=cut, days_since_visit=49, owner=kim]', )),
    Played('twice with a discount', 'discount_hunters', (*HUNTER,), 40, ('19 10:00 0: send_email by email (marketing) [discounted=2]', )),
    Played('once at the full price', 'discount_hunters', (*BOOKED, *HUNTER[1:],), 40, ()),
    Played('forgotten for 75 days', 'keep_in_touch', (*HABIT,), 130, ('100 10:00 0: send_email by email (owner) [last_service=cut, days_since_visit=75, owner=kim]', )),
)
