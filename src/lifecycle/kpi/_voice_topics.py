"""What customers speak of, the frequent and the heavy first."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument
from lifecycle.model import exponent
from lifecycle.rules import texts

from ._cut import Cut
from ._groups import UNKNOWN
from ._rows import Touched
from ._voice import ANSWERED, VOICES, loops

Int64Array = npt.NDArray[np.int64]
TopicRank: TypeAlias = Literal["count", "customers", "revenue_at_risk", "change"]
"""By what topics are ranked; ties go by the others in this order, then by name."""
_RANKS: Final = ("count", "customers", "revenue_at_risk", "change")
_YEAR: Final = 365


@attrs.frozen(eq=False)
class _Spoken:
    """Touchpoints with the place of their topic among the names."""

    voices: Touched
    topic: npt.NDArray[Any]


def voice_topics(
    cut: Cut,
    *,
    kinds: tuple[str, ...] = VOICES,
    attribute: str = "topic",
    where: str | None = None,
    rank: TopicRank = "count",
    paid: tuple[str, ...] = ("purchase", "payment"),
) -> Table:
    """Topics of the period, ranked: how often, by how many customers, worth how much, and whether it grows.

    Args:
        cut: the period.
        kinds: the touchpoints that are voices.
        attribute: what they are grouped by.
        where: a filter, such as "sentiment < 0".
        rank: the column that comes first.
        paid: the kinds whose amounts are revenue; what flows back as a negative amount is left out.

    Returns:
        `topic`, `count`, `customers`, `revenue_at_risk`, `before` (the count of the period before), `change` (count
        less before), `sentiment` (mean of the attribute, NaN without one) and `open` (not answered at the end). A topic
        that only the period before had has the count 0. Revenue at risk is what those who spoke paid in the 365 days up
        to the end, in major units; who spoke of two topics counts in both.

    Raises:
        InvalidArgument: there is no such rank, or the log has several currencies and the definition names none.
    """
    if rank not in _RANKS:
        raise InvalidArgument(f"voice_topics: rank={rank!r} is none of {', '.join(_RANKS)}")
    now, before, names = _spoken(cut, kinds, attribute, where)
    n = len(names)
    counts, earlier = (np.bincount(part.topic, minlength=n) for part in (now, before))
    who = _distinct(now.topic, now.voices.customer)
    is_open = ~loops(cut, now.voices, ANSWERED).is_closed
    columns: dict[str, npt.NDArray[Any]] = {
        "topic": names,
        "count": counts,
        "customers": np.bincount(who[0], minlength=n),
        "revenue_at_risk": _revenue(cut, paid, who, n),
        "before": earlier,
        "change": counts - earlier,
        "sentiment": _mean(now.topic, now.voices.number("sentiment"), n),
        "open": np.bincount(now.topic[is_open], minlength=n),
    }
    order = _ranked(columns, rank)
    ordered = {name: values[order] for name, values in columns.items()}
    return Table(ordered, title=f"{attribute}s of voices in {cut.period}")


def _spoken(
    cut: Cut, kinds: tuple[str, ...], attribute: str, where: str | None
) -> tuple[_Spoken, _Spoken, npt.NDArray[Any]]:
    """The voices of the period and of the one before, and the names of their topics in order."""
    ever, before = cut.history(*kinds, where=where), cut.period.previous()
    inside = (ever.at >= cut.start_us, (ever.at >= before.start_us) & (ever.at < before.end_us))
    parts = [ever.where(mask) for mask in inside]
    codes, book = texts(cut.rows, attribute, np.concatenate([part.index for part in parts]))
    shown = np.array([*(name or UNKNOWN for name in book), UNKNOWN], object)[codes]
    names, topic = np.unique(shown.astype(str), return_inverse=True)
    middle = len(parts[0])
    return _Spoken(parts[0], topic[:middle]), _Spoken(parts[1], topic[middle:]), names.astype(object)


def _distinct(topic: npt.NDArray[Any], customer: npt.NDArray[Any]) -> tuple[Int64Array, Int64Array]:
    """Each pair of topic and customer once."""
    pairs = np.unique(topic.astype(np.int64) << 32 | customer)
    return pairs >> 32, pairs & 0xFFFFFFFF


def _revenue(cut: Cut, paid: tuple[str, ...], who: tuple[Int64Array, Int64Array], n: int) -> npt.NDArray[np.float64]:
    """What the customers of each topic paid in a year, in major units; shape (n_topics,)."""
    calendar = cut.period.calendar
    payments = cut.history(*paid)
    first = calendar.start_of(calendar.day_of(cut.end_us - 1) - _YEAR + 1)
    payments = payments.where((payments.at >= first) & (payments.minor > 0))
    of_customer, of_topic = payments.minor_per_customer(), np.zeros(n, np.int64)
    np.add.at(of_topic, who[0], of_customer[who[1]])
    major: npt.NDArray[np.float64] = of_topic / 10 ** (exponent(cut.currency) if cut.currency else 0)
    return major


def _mean(topic: npt.NDArray[Any], values: npt.NDArray[np.float64], n: int) -> npt.NDArray[np.float64]:
    has = ~np.isnan(values)
    total, count = np.bincount(topic[has], values[has], n), np.bincount(topic[has], minlength=n)
    mean: npt.NDArray[np.float64] = np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
    return mean


def _ranked(columns: dict[str, npt.NDArray[Any]], rank: str) -> npt.NDArray[np.intp]:
    """The rows by the chosen column, then by the others; names are in order already, and the sort is stable."""
    order = [rank, *(name for name in _RANKS if name != rank)]
    return np.lexsort([-columns[name] for name in reversed(order)])
