"""KPIs: one definition each, exact and mergeable, with an interval and a method."""

from ._acquisition import AcquiredMoney, WelcomedBand, acquisition_quality, retention_after_handover
from ._affinity import ProductAffinity, product_affinity
from ._annual import Annualised, annualise
from ._apart import Apart
from ._attitude import CSAT_BOXES, ces_mean, ces_share, csat, nps, nps_reasons, nps_transactional
from ._business_hours import BusinessHours
from ._conduct import contact_kept_rate, play_on_time_rate, revenue_kept
from ._customers import (
    churn_rate,
    churn_rate_with_joiners,
    customer_balance,
    retention_rate,
    returning_share,
    snapshot_retention_rate,
)
from ._cut import Cut, Replayed, part_of_story
from ._cycle import CheckedCycle, Cycle, cycle_table
from ._economics import RetentionEconomics, retention_economics
from ._engagement import engagement_rate
from ._expected_value import ltv_expected, ltv_expected_total, ltv_scored_share
from ._groups import UNKNOWN, Banded, By, Welcomed, group_labels
from ._growth import GrowthTally
from ._incentive import IncentivePlan, Incentives, incentive_vested, incentives
from ._leaky_bucket import Worth, leaks, leaky_bucket
from ._lifetime_value import (
    acquisition_to_retention,
    arpa,
    cac,
    cac_payback_months,
    ltv_growth,
    ltv_simple,
    ltv_to_cac,
    ltv_to_date,
)
from ._line import Line
from ._loyalty_ledger import LoyaltyLedger, loyalty_ledger
from ._loyalty_programme import LoyaltyProgramme
from ._loyalty_shares import (
    captive_share,
    delight_rate,
    expectation_met_rate,
    loyal_share,
    satisfaction_retention_link,
    satisfied_share,
    unheard_share,
)
from ._offers import cross_sell_rate, upsell_rate
from ._onboarding import milestone_rate, onboarding_completion_rate, overdue_milestones, time_to_first_value
from ._orders import (
    average_order_value,
    cohort_repeat_rate,
    order_count,
    order_value_growth,
    purchase_interval_mean,
    purchase_interval_median,
    repeat_purchase_rate,
    returning_customer_rate,
)
from ._owners import owner_labels
from ._period import AskedPeriod, Period
from ._plays import Played, play_goal_rate, play_uplift, plays_per_customer
from ._points import Earning
from ._programme_cost import points_balance, points_liability, programme_cost_ratio, tier_census
from ._promises import promise_kept_rate, promises
from ._referral import ReferralTree, referral_tree
from ._referral_rates import LongestTally, longest_referral_chain, referral_depth, referral_rate, referred_share
from ._registry import REGISTRY, Kpi, Registry, register
from ._report import Report, Targets, measure, report
from ._revenue import (
    gross_revenue_retention,
    gross_revenue_retention_summed,
    mrr,
    mrr_movements,
    net_revenue_retention,
    net_revenue_retention_summed,
    quick_ratio,
    revenue_churn_rate,
)
from ._rows import Touched
from ._scorecard import Scorecard, owner_scorecard, team_scorecard
from ._service import (
    first_response_time,
    first_response_time_p90,
    handover_breach_rate,
    resolution_time,
    resolution_time_p90,
    sla_breach_rate,
)
from ._stages import stage_census, stage_conversion, stage_flow, time_in_stage
from ._standing import Standing
from ._tickets import Tickets
from ._tiers import Tier
from ._value_tally import ValueTally
from ._voice import time_to_answer_voice, voice_closed_rate, voice_count, voice_states
from ._voice_topics import TopicRank, voice_topics
from ._waiting import WaitTally
from ._win_back import win_back_rate
from ._win_backs import WinBackKinds, WinBacks, win_backs

__all__ = [
    "AcquiredMoney",
    "Annualised",
    "Apart",
    "AskedPeriod",
    "Banded",
    "BusinessHours",
    "By",
    "CSAT_BOXES",
    "CheckedCycle",
    "Cut",
    "Cycle",
    "Earning",
    "GrowthTally",
    "IncentivePlan",
    "Incentives",
    "Kpi",
    "Line",
    "LongestTally",
    "LoyaltyLedger",
    "LoyaltyProgramme",
    "Period",
    "Played",
    "ProductAffinity",
    "REGISTRY",
    "ReferralTree",
    "Registry",
    "Replayed",
    "Report",
    "RetentionEconomics",
    "Scorecard",
    "Standing",
    "Targets",
    "Tickets",
    "Tier",
    "TopicRank",
    "Touched",
    "UNKNOWN",
    "ValueTally",
    "WaitTally",
    "Welcomed",
    "WelcomedBand",
    "WinBackKinds",
    "WinBacks",
    "Worth",
    "acquisition_quality",
    "acquisition_to_retention",
    "annualise",
    "arpa",
    "average_order_value",
    "cac",
    "cac_payback_months",
    "captive_share",
    "ces_mean",
    "ces_share",
    "churn_rate",
    "churn_rate_with_joiners",
    "cohort_repeat_rate",
    "contact_kept_rate",
    "cross_sell_rate",
    "csat",
    "customer_balance",
    "cycle_table",
    "delight_rate",
    "engagement_rate",
    "expectation_met_rate",
    "first_response_time",
    "first_response_time_p90",
    "gross_revenue_retention",
    "gross_revenue_retention_summed",
    "group_labels",
    "handover_breach_rate",
    "incentive_vested",
    "incentives",
    "leaks",
    "leaky_bucket",
    "longest_referral_chain",
    "loyal_share",
    "loyalty_ledger",
    "ltv_expected",
    "ltv_expected_total",
    "ltv_growth",
    "ltv_scored_share",
    "ltv_simple",
    "ltv_to_cac",
    "ltv_to_date",
    "measure",
    "milestone_rate",
    "mrr",
    "mrr_movements",
    "net_revenue_retention",
    "net_revenue_retention_summed",
    "nps",
    "nps_reasons",
    "nps_transactional",
    "onboarding_completion_rate",
    "order_count",
    "order_value_growth",
    "overdue_milestones",
    "owner_labels",
    "owner_scorecard",
    "part_of_story",
    "play_goal_rate",
    "play_on_time_rate",
    "play_uplift",
    "plays_per_customer",
    "points_balance",
    "points_liability",
    "product_affinity",
    "programme_cost_ratio",
    "promise_kept_rate",
    "promises",
    "purchase_interval_mean",
    "purchase_interval_median",
    "quick_ratio",
    "referral_depth",
    "referral_rate",
    "referral_tree",
    "referred_share",
    "register",
    "repeat_purchase_rate",
    "report",
    "resolution_time",
    "resolution_time_p90",
    "retention_after_handover",
    "retention_economics",
    "retention_rate",
    "returning_customer_rate",
    "returning_share",
    "revenue_churn_rate",
    "revenue_kept",
    "satisfaction_retention_link",
    "satisfied_share",
    "sla_breach_rate",
    "snapshot_retention_rate",
    "stage_census",
    "stage_conversion",
    "stage_flow",
    "team_scorecard",
    "tier_census",
    "time_in_stage",
    "time_to_answer_voice",
    "time_to_first_value",
    "unheard_share",
    "upsell_rate",
    "voice_closed_rate",
    "voice_count",
    "voice_states",
    "voice_topics",
    "win_back_rate",
    "win_backs",
]
