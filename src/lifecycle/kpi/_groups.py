"""Groups of customers: by stage, segment, cohort, or anything that is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._cut import Cut, End

Labels: TypeAlias = npt.NDArray[Any]
"""One text per customer, None where nothing is known; shape (n_customers,)."""
By: TypeAlias = str | Sequence[str] | Mapping[str, str] | Callable[[Cut], Labels]
"""What customers are grouped by."""
UNKNOWN: Final = "(unknown)"
"""The group of those of whom it is not known."""
_COHORTS: Final = {"cohort": "M", "cohort_year": "Y", "cohort_month": "M"}


@attrs.frozen
class Banded:
    """Groups by the size of a fact: `Banded("discount", (10, 30))` is under 10, 10 to 30, and 30 and more."""

    fact: str
    """A fact that is a number; money in major units."""
    edges: tuple[float, ...] = attrs.field(converter=tuple)
    """Where the bands begin, ascending."""

    def __attrs_post_init__(self) -> None:
        if not self.edges or list(self.edges) != sorted(set(self.edges)):
            raise InvalidArgument(f"Banded({self.fact!r}): edges={self.edges!r} do not ascend; give at least one")

    def __call__(self, cut: Cut) -> Labels:
        """The band of each customer."""
        scale = cut.record.program.facts.types[self.fact].scale if self.fact in cut.record.program.facts.types else 1
        names = [f"under {self.edges[0]:g}"]
        names += [f"{low:g} to under {high:g}" for low, high in zip(self.edges, self.edges[1:], strict=False)]
        names += [f"{self.edges[-1]:g} and more"]

        def at(end: End) -> Labels:
            values, valid = cut.fact(self.fact, end)
            band = np.searchsorted(np.array(self.edges), values / scale, side="right")
            found: Labels = np.array([*names, None], object)[np.where(valid, band, len(names))]
            return found

        return _at_start_or_end(cut, at)


@attrs.frozen
class Welcomed:
    """Groups by an attribute of the touchpoint `welcomed`: source, campaign, discount, plan, owner."""

    attribute: str
    """The name of the attribute."""

    def __call__(self, cut: Cut) -> Labels:
        """The attribute of each customer."""
        touched = cut.history("welcomed").first
        found = np.full(cut.n_customers, None, object)
        numbers, texts = touched.number(self.attribute), touched.text(self.attribute)
        shown = [None if value != value else f"{value:g}" for value in numbers.tolist()]
        found[touched.customer] = np.where(texts == None, np.array(shown, object), texts)  # noqa: E711 - elementwise
        return found


def group_labels(cut: Cut, by: By) -> Labels:
    """The group of each customer, as a text.

    Each belongs to one group: where it stood when the period began, or, who was not there yet, when it ended.

    Args:
        cut: the period.
        by: 'stage', 'role', 'cohort' (the month of the first touchpoint), 'cohort_year', a segment, a signal, or a fact
            of the definition; several of them; a group per customer id; or a function of the cut, such as `Banded` and
            `Welcomed`.

    Raises:
        InvalidArgument: nothing of that name is known.
    """
    if callable(by):
        labels = np.asarray(by(cut), object)
        if labels.shape != (cut.n_customers,):
            raise InvalidArgument(f"by gave {labels.shape} groups for {cut.n_customers} customers; give one each")
        return _known(labels)
    if isinstance(by, str):
        return _known(_named(cut, by))
    if isinstance(by, Mapping):
        groups = {str(id): group for id, group in by.items()}
        return _known(np.array([groups.get(id) for id in cut.record.log.ids().tolist()], object))
    parts = [_known(_named(cut, name)) for name in by]
    if not parts:
        raise InvalidArgument("by is empty; name what to group by")
    return np.array([" / ".join(labels) for labels in zip(*(part.tolist() for part in parts), strict=True)], object)


def _named(cut: Cut, name: str) -> Labels:
    signs = cut.story.signs
    if name in {"stage", "role"}:
        texts = np.array([*(stage.id if name == "stage" else stage.role for stage in cut.record.stages), None], object)
        return texts[np.where(cut.at_start.begun, cut.at_start.stage, cut.at_end.stage)]
    if name in _COHORTS:
        return _cohorts(cut, _COHORTS[name])
    if signs is not None and (name in signs.segments or name in signs.signals):
        words = np.array([f"not {name}", name], object)
        return _at_start_or_end(cut, lambda end: words[cut.is_up(name, end).astype(int)])
    if name in cut.record.program.facts.types:
        return _at_start_or_end(cut, lambda end: _texts(cut, name, end))
    facts = ", ".join(sorted(cut.record.program.facts.types))
    raise InvalidArgument(f"by={name!r} is no stage, role, cohort, segment, signal or fact; facts: {facts}")


def _at_start_or_end(cut: Cut, at: Callable[[End], Labels]) -> Labels:
    return np.where(cut.at_start.begun, at("start"), at("end")) if cut.at_start.begun.any() else at("end")


def _texts(cut: Cut, name: str, end: End) -> Labels:
    values, valid = cut.fact(name, end)
    kind = cut.record.program.facts.types[name]
    if kind.kind == "flag":
        shown = np.array(["no", "yes"], object)[(values != 0).astype(int)]
    elif kind.kind == "text":
        shown = values
    else:
        shown = np.array([f"{value / kind.scale:g}" for value in values.tolist()], object)
    found: Labels = shown.copy()
    found[~valid] = None
    return found


def _cohorts(cut: Cut, unit: str) -> Labels:
    """The month or year of the first sign of life, in the zone of the definition."""
    calendar, started = cut.record.program.calendar, cut.record.started
    days, place = np.unique([calendar.day_of(at) for at in started.tolist()], return_inverse=True)
    names = days.astype("M8[D]").astype(f"M8[{unit}]").astype(str).astype(object)
    return np.asarray(names[place], object)


def _known(labels: Labels) -> Labels:
    found: Labels = np.array([UNKNOWN if label is None else str(label) for label in labels.tolist()], object)
    return found
