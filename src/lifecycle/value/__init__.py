"""What customers are worth: models of a customer base, fitted to exact tallies, with intervals."""

from ._beta_discrete_weibull import BetaDiscreteWeibull
from ._bg_bb import BgBb
from ._bg_nbd import BgNbd
from ._card import from_json, to_json
from ._comparison import Comparison, LikelihoodRatio, compare_models
from ._contracts import Contracts
from ._contractual import ContractModel
from ._customer_table import CustomerTable
from ._customer_value import customer_value
from ._discount import Discount
from ._durations import DurationTally
from ._fit import Fit
from ._gamma_gamma import GammaGamma, SpendFit
from ._gaps import GapTally, gap_tally
from ._geometric import DiscreteWeibull, Geometric
from ._holdout import holdout_report
from ._holdout_report import HoldoutReport, ModelScore
from ._intervals import Intervals
from ._kaplan_meier import KaplanMeier, kaplan_meier
from ._mbg_cnbd import MbgCnbd
from ._mbg_nbd import MbgNbd
from ._nbd import Nbd
from ._opportunity_tally import OpportunityTally
from ._origin import Origin
from ._pareto_nbd import ParetoNbd
from ._prediction import predict
from ._purchase_days import PurchaseNotes
from ._purchase_model import PurchaseModel
from ._purchase_tally import PurchaseTally
from ._purchases import Purchases, purchases
from ._scored import scored
from ._shifted_beta_geometric import ShiftedBetaGeometric
from ._spend_tally import SpendTally
from ._survivors import SurvivorTally
from ._triangle import LogoTriangle, RevenueTriangle

__all__ = [
    "BetaDiscreteWeibull",
    "BgBb",
    "BgNbd",
    "Comparison",
    "ContractModel",
    "Contracts",
    "CustomerTable",
    "Discount",
    "DiscreteWeibull",
    "DurationTally",
    "Fit",
    "GammaGamma",
    "GapTally",
    "Geometric",
    "HoldoutReport",
    "Intervals",
    "KaplanMeier",
    "LikelihoodRatio",
    "LogoTriangle",
    "MbgCnbd",
    "MbgNbd",
    "ModelScore",
    "Nbd",
    "OpportunityTally",
    "Origin",
    "ParetoNbd",
    "PurchaseModel",
    "PurchaseNotes",
    "PurchaseTally",
    "Purchases",
    "RevenueTriangle",
    "ShiftedBetaGeometric",
    "SpendFit",
    "SpendTally",
    "SurvivorTally",
    "compare_models",
    "customer_value",
    "from_json",
    "gap_tally",
    "holdout_report",
    "kaplan_meier",
    "predict",
    "purchases",
    "scored",
    "to_json",
]
