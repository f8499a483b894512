"""Numbers that add up exactly and say how sure they are: tallies, measurements, intervals, sample sizes."""

from ._arrays import Bounds
from ._clusters import ClusteredCounts, clustered_counts, lift_of, share_of
from ._estimate import Estimate, estimate, undefined
from ._exact import MICRO, exact_dot, exact_sum, micro
from ._hypergeometric import hyp2f1
from ._measurement import Better, Measurement, figure
from ._quantiles import median_ranks, normal_quantile, t_quantile
from ._sample_size import SampleSize, sample_size
from ._scores import LinkTally, NpsTally
from ._shares import newcombe, wilson
from ._special import beta_cdf, digamma, digamma_rise, log_beta, log_gamma, log_gamma_rise, trigamma
from ._spread import SpreadTally
from ._sums import CountsTally, MeanTally, QuotientTally, SumTally
from ._tally import RatioTally, Tally, UpliftTally

__all__ = [
    "Better",
    "Bounds",
    "ClusteredCounts",
    "CountsTally",
    "Estimate",
    "LinkTally",
    "MICRO",
    "MeanTally",
    "Measurement",
    "NpsTally",
    "QuotientTally",
    "RatioTally",
    "SampleSize",
    "SpreadTally",
    "SumTally",
    "Tally",
    "UpliftTally",
    "beta_cdf",
    "clustered_counts",
    "digamma",
    "digamma_rise",
    "estimate",
    "exact_dot",
    "exact_sum",
    "figure",
    "hyp2f1",
    "lift_of",
    "log_beta",
    "log_gamma",
    "log_gamma_rise",
    "median_ranks",
    "micro",
    "newcombe",
    "normal_quantile",
    "sample_size",
    "share_of",
    "t_quantile",
    "trigamma",
    "undefined",
    "wilson",
]
