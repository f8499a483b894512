"""What customers did, period by period: activity, cohorts, lifecycle counts, funnels, recurring revenue, RFM."""

from ._activity import Activity, activity
from ._amounts import RecurringAmounts, paid_amounts
from ._changes import MOVEMENTS
from ._cohorts import CohortBasis, CohortMatrix, Returns, cohort_matrix
from ._exact import TWELFTHS
from ._funnel import Funnel, funnel
from ._lifecycle import LifecycleCounts, NewBasis, lifecycle_counts
from ._periods import Periods, Weekday
from ._recurring import MrrMovements, mrr_movements
from ._retained import RetainedRevenue, retained_revenue
from ._rfm import Rfm, rfm
from ._segments import RFM_SEGMENTS, rfm_segment
from ._subscriptions import Subscriptions, subscribed_amounts

__all__ = [
    "Activity",
    "CohortBasis",
    "CohortMatrix",
    "Funnel",
    "LifecycleCounts",
    "MOVEMENTS",
    "MrrMovements",
    "NewBasis",
    "Periods",
    "RFM_SEGMENTS",
    "RecurringAmounts",
    "RetainedRevenue",
    "Returns",
    "Rfm",
    "Subscriptions",
    "TWELFTHS",
    "Weekday",
    "activity",
    "cohort_matrix",
    "funnel",
    "lifecycle_counts",
    "mrr_movements",
    "paid_amounts",
    "retained_revenue",
    "rfm",
    "rfm_segment",
    "subscribed_amounts",
]
