"""The quality of acquisition: who stays and pays, by where they came from; and who stays after a handover."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument
from lifecycle.rules import BoolArray
from lifecycle.signs import fit_table
from lifecycle.tally import MeanTally, RatioTally

from ._apart import Apart
from ._cut import Cut, Replayed
from ._groups import By, Labels, Welcomed, group_labels
from ._order_book import order_book
from ._period import AskedPeriod, Period
from ._registry import register
from ._stated import BUYS, GIVES_BACK, Share, minor_per, scaled, share_of_one
from ._table_of import table_of
from ._whereabouts import TOO_EARLY, checked_days, first_active, is_watched, newcomers, roles_of, stages_at, watched


@attrs.frozen
class WelcomedBand:
    """Groups by the size of a number that `welcomed` carries: `WelcomedBand("discount", (1, 20))` for its depth."""

    attribute: str
    """The name of the attribute."""
    edges: tuple[float, ...] = attrs.field(converter=tuple)
    """Where the bands begin, ascending."""

    def __attrs_post_init__(self) -> None:
        if not self.edges or list(self.edges) != sorted(set(self.edges)):
            raise InvalidArgument(f"WelcomedBand({self.attribute!r}): edges={self.edges!r} do not ascend")

    def __call__(self, cut: Cut) -> Labels:
        """The band of each customer, None where the number is missing."""
        touched = cut.history("welcomed").first
        values = touched.number(self.attribute)
        names = [f"under {self.edges[0]:g}"]
        names += [f"{low:g} to under {high:g}" for low, high in zip(self.edges, self.edges[1:], strict=False)]
        bands = np.array([*names, f"{self.edges[-1]:g} and more"], object)
        found = np.full(cut.n_customers, None, object)
        known = ~np.isnan(values)
        found[touched.customer[known]] = bands[np.searchsorted(np.array(self.edges), values[known], side="right")]
        return found


@attrs.frozen
class AcquiredMoney:
    """How money is counted for the quality of acquisition."""

    margin: Share = 1
    """The share of revenue that is earned, from 0 to 1."""
    kinds: tuple[str, ...] = BUYS
    """What is paid."""
    refunds: tuple[str, ...] = GIVES_BACK
    """What gives it back."""


_REVENUE = AcquiredMoney()
_BY_SOURCE = Welcomed("source")


def acquisition_quality(
    story: Replayed, period: AskedPeriod, *, by: By = _BY_SOURCE, days: int = 90, money: AcquiredMoney = _REVENUE
) -> Table:
    """What became of the customers won in a period, by where they came from; it looks ahead to the end of the story.

    One row per group and one for all: customers won (active for the first time), how many of them could be watched for
    n days and the share of those that was active then, with interval; the margin so far per customer, with interval;
    and, where the definition says who the ideal customer is, how much of it they have, 0 to 100, on average over who it
    is known of. Values to date grow with age: compare groups won in one period.

    Args:
        story: what `replay` gives.
        period: when they were won.
        by: `Welcomed("source")`, `Welcomed("campaign")`, `WelcomedBand("discount", …)`, a fact, `Banded(…)` …
        days: after how many days retention is looked at: at the end of the n-th day after the one they were won on.
        money: how money is counted.

    Returns:
        group, customers, watched, retained, retention, low, high, ltv, ltv_low, ltv_high, and a column `fit_…` for each
        blueprint with marks of the ideal customer.

    Raises:
        InvalidArgument: no such period or group, `days` is no whole number from 1 on, or the margin is no share.
    """
    cut = Cut(story, Period.of(period, story.record.program.calendar.zone))
    won = newcomers(cut)
    stays, known = _active_after(cut, np.flatnonzero(won), first_active(cut.record)[won], checked_days(days))
    share, wide = share_of_one(money.margin), watched(cut)
    earned = scaled(order_book(wide, money.kinds, money.refunds).revenue(None, wide.end_us)[won], share)
    per = minor_per(cut) * share.denominator
    labels, fits = group_labels(cut, by)[won], {name: fit[won] for name, fit in _fits(wide).items()}
    rows = []
    groups = [(name, labels == name) for name in sorted(set(labels.tolist()))]
    for name, mask in (*groups, ("(all)", np.ones(len(labels), bool))):
        kept = RatioTally.of_customers(stays[mask], known[mask])
        rate, ltv = kept.finish(), MeanTally.of(earned[mask], per=per).finish()
        row: dict[str, Any] = {"group": name, "customers": int(np.count_nonzero(mask)), "watched": kept.of}
        row |= {"retained": kept.hits, "retention": rate.value, "low": rate.low, "high": rate.high}
        row |= {"ltv": ltv.value, "ltv_low": ltv.low, "ltv_high": ltv.high}
        rows.append(row | {f"fit_{blueprint}": _mean(fit[mask]) for blueprint, fit in fits.items()})
    return table_of(rows, f"customers won in {cut.period}")


@register("retention_after_handover", unit="rate", better="higher", looks_ahead=True)
def retention_after_handover(cut: Cut, *, days: int = 90, kinds: tuple[str, ...] = ("owner_changed",)) -> Apart:
    """Of the customers who were given another owner within the period, the share that is active n days later.

    Of those who were active just before the handover; the first one of the period counts. It looks ahead n days; whose
    days are not over at the end of the story are left out, and counted in a note. Compare with `retention_rate` over as
    many days: what is lost more is what the person took along.

    Args:
        cut: the period of the handovers.
        days: active at the end of the n-th day after that of the handover.
        kinds: what is a handover.

    Raises:
        InvalidArgument: `days` is no whole number from 1 on.
    """
    handed = cut.touchpoints(*kinds).first
    is_active = roles_of(cut.record, "active")[stages_at(cut.record, handed.customer, handed.at)]
    handed = handed.where(is_active)
    stays, known = _active_after(cut, handed.customer.astype(np.int64), handed.at, checked_days(days))
    return Apart(RatioTally.of_customers(stays, known), int(np.count_nonzero(~known)), TOO_EARLY)


def _active_after(
    cut: Cut, customer: npt.NDArray[np.int64], at_us: npt.NDArray[np.int64], days: int
) -> tuple[BoolArray, BoolArray]:
    """Who is active at the end of the n-th day after an instant, and of whom the story goes on until then."""
    record, calendar = cut.record, cut.record.program.calendar
    distinct, place = np.unique(at_us, return_inverse=True)
    day = np.array([calendar.day_of(at) for at in distinct.tolist()], np.int64)
    ends = np.array([calendar.start_of(one + days + 1) for one in day.tolist()], np.int64)
    stage = stages_at(record, customer, ends[place])
    return roles_of(record, "active")[stage], is_watched(record, day[place], days)


def _fits(cut: Cut) -> dict[str, npt.NDArray[np.float64]]:
    """How much of the ideal customer everybody has at the end of the story, per blueprint; shape (n_customers,)."""
    signs = cut.story.signs
    if signs is None or not any(journey.fit for journey in signs.journeys):
        return {}
    table = fit_table(signs, cut.record, cut.end_us)
    codes, found = cut.codes(table), {}
    for name in table.columns:
        if name not in {"customer", "stage"}:
            found[name] = np.full(cut.n_customers, np.nan)
            found[name][codes] = table[name]
    return found


def _mean(values: npt.NDArray[np.float64]) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
