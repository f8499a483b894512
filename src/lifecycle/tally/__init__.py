"""Numbers that say how sure they are: intervals of shares, of their difference and their ratio, and sample sizes."""

from ._arrays import Bounds
from ._clusters import ClusteredCounts, clustered_counts, lift_of, share_of
from ._estimate import Estimate, estimate, undefined
from ._quantiles import median_ranks, normal_quantile, t_quantile
from ._sample_size import SampleSize, sample_size
from ._shares import newcombe, wilson

__all__ = [
    "Bounds",
    "ClusteredCounts",
    "Estimate",
    "SampleSize",
    "clustered_counts",
    "estimate",
    "lift_of",
    "median_ranks",
    "newcombe",
    "normal_quantile",
    "sample_size",
    "share_of",
    "t_quantile",
    "undefined",
    "wilson",
]
