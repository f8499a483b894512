"""The stock playbooks of the presets, each made by a function that takes the few limits a host would change."""

from ._ambassador import ambassador
from ._anniversary import anniversary
from ._churn_risk import churn_risk
from ._complaint_answered import complaint_answered
from ._discount_hunters import HUNTER, discount_hunters
from ._feature_wanted import feature_wanted
from ._keep_in_touch import OURS, THEIRS, keep_in_touch
from ._nurture import nurture
from ._owner_handover import owner_handover
from ._promise_broken import promise_broken
from ._quick_win import quick_win, quick_win_by_mail
from ._referral import referral, referred
from ._renewal import renewal
from ._support_overdue import support_overdue
from ._survey import survey
from ._usage_near_limit import usage_near_limit
from ._welcome_account import welcome_account
from ._welcome_buyer import welcome_buyer
from ._welcome_guest import welcome_guest
from ._win_back import win_back

__all__ = [
    "HUNTER",
    "OURS",
    "THEIRS",
    "ambassador",
    "anniversary",
    "churn_risk",
    "complaint_answered",
    "discount_hunters",
    "feature_wanted",
    "keep_in_touch",
    "nurture",
    "owner_handover",
    "promise_broken",
    "quick_win",
    "quick_win_by_mail",
    "referral",
    "referred",
    "renewal",
    "support_overdue",
    "survey",
    "usage_near_limit",
    "welcome_account",
    "welcome_buyer",
    "welcome_guest",
    "win_back",
]
