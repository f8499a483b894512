"""The signs of a whole base, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.engine import NAT, Record, Table, pasts
from lifecycle.errors import InvalidArgument
from lifecycle.rules import Column

from ._episodes import CAUSES, OPEN, Episodes
from ._history import History
from ._loyalty import LOYALTIES
from ._moment import BlockMoment, block_moments
from ._program import Journey, SignProgram
from ._reading import status_of

IntArray = npt.NDArray[Any]


def episodes(signs: SignProgram, record: Record, number: int) -> Episodes:
    """When one watch was up, over the whole history of everybody."""
    parts = [History(signs, past).episodes(number) for past in pasts(record)]
    return Episodes.join(parts or [Episodes.none()])


def episodes_table(signs: SignProgram, record: Record, names: Mapping[str, int], column: str) -> Table:
    """Every episode of some watches: customer, name, start, end, and what began and ended it."""
    found = {name: episodes(signs, record, place) for name, place in names.items()}
    causes = np.array([*CAUSES, None], object)  # an open episode has no cause of its end: the last one
    end = [np.where(part.end == OPEN, NAT, part.end) for part in found.values()]
    table = {
        "customer": _joined([record.log.ids(part.customer) for part in found.values()], object),
        column: np.repeat(np.array(list(found), object), [len(part) for part in found.values()]),
        "start": _joined([part.start for part in found.values()], np.int64).view("M8[us]"),
        "end": _joined(end, np.int64).view("M8[us]"),
        "start_cause": causes[_joined([part.start_cause for part in found.values()], np.int8)],
        "end_cause": causes[_joined([part.end_cause for part in found.values()], np.int8)],
    }
    return Table(table, title="episodes")


def raised_table(signs: SignProgram, record: Record, at_us: int, names: Mapping[str, int], column: str) -> Table:
    """Who is up at a moment, and since when: one row per customer and watch, in order of watch and customer."""
    stages = np.array([stage.id for stage in record.stages], object)
    rows: dict[str, list[IntArray]] = {name: [] for name in ("customer", column, "stage", "since")}
    blocks = list(block_moments(signs, record, at_us))
    for name, number in names.items():
        for block in blocks:
            who = np.flatnonzero(block.is_up(number))
            rows["customer"].append(record.log.ids(block.points.customer[who] + block.past.low))
            rows[column].append(np.full(len(who), name, object))
            rows["stage"].append(stages[block.leaf[who]])
            rows["since"].append(since(block, number, who))
    joined = {name: _joined(parts, np.int64 if name == "since" else object) for name, parts in rows.items()}
    joined["since"] = joined["since"].view("M8[us]")
    return Table(joined, title=f"{column}s at {_shown(at_us)}")


def since(block: BlockMoment, number: int, who: IntArray) -> IntArray:
    """When a watch that is up was raised, in microseconds; `who` are places among the points; shape as `who`."""
    return raised_episodes(block, number, who).start


def raised_episodes(block: BlockMoment, number: int, who: IntArray) -> Episodes:
    """The episodes in which a watch is up; `who` are places among the points of whom it is up; shape as `who`."""
    if not len(who):
        return Episodes.none()
    history, points = block.history(who)
    found, past = history.episodes(number), history.past
    begins = past.rows.starts[found.customer - past.low]
    key = past.key(found.start_stop + begins, found.start_day)
    last = np.searchsorted(key, past.key(points.stop, points.day), side="right") - 1
    return found.take(last)


def wide_table(signs: SignProgram, record: Record, at_us: int) -> Table:
    """Everybody with stage, a flag per signal and segment, and health."""

    def columns(block: BlockMoment) -> dict[str, IntArray]:
        found: dict[str, IntArray] = {}
        for name, place in (*signs.signals.items(), *signs.segments.items()):
            found[name if place in signs.segments.values() else f"signal_{name}"] = block.is_up(place)
        return found | (health_columns(block) if signs.scoring is not None else {})

    return _per_customer(signs, record, at_us, columns, "signs")


def health_columns(block: BlockMoment, *, with_shares: bool = False) -> dict[str, IntArray]:
    """Score, band, trend and staleness of everybody, and what each measure adds."""
    scoring = block.signs.scoring
    assert scoring is not None
    names = np.array([*scoring.health.bands, None], object)
    found = {
        "health": _nan(block.score),
        "band": names[block.band],
        "trend": block.trend,
        "stale_days": block.stale_days,
        "is_stale": block.stale_days > scoring.health.stale_days,
    }
    if with_shares:
        shares = scoring.share_columns(block.leaf, block.read)
        found |= {f"share_{fact}": share for fact, share in shares.items()}
    return found


def health_table(signs: SignProgram, record: Record, at_us: int) -> Table:
    """Health of everybody who has a score."""
    whole = _per_customer(signs, record, at_us, lambda block: health_columns(block, with_shares=True), "health")
    has = np.flatnonzero(~np.isnan(whole["health"]))
    return Table({name: values[has] for name, values in whole.columns.items()}, title=whole.title)


def milestones_table(signs: SignProgram, record: Record, at_us: int, status: str | None = None) -> Table:
    """Every milestone of every blueprint that has started, or those of one status, with due day and when reached."""
    names = ("customer", "stage", "blueprint", "milestone", "status", "due", "reached", "days_late", "next_best")
    rows: dict[str, list[IntArray]] = {name: [] for name in names}
    stages = np.array([stage.id for stage in record.stages], object)
    for block in block_moments(signs, record, at_us):
        for part in _milestones(block):
            chosen = np.flatnonzero(part["status"] == status) if status is not None else slice(None)
            found = {name: values[chosen] for name, values in part.items()}
            who = found.pop("who")
            found["customer"] = record.log.ids(block.points.customer[who] + block.past.low)
            found["stage"] = stages[block.leaf[who]]
            for name, values in found.items():
                rows[name].append(values)
    kinds = {"due": np.int64, "reached": np.int64, "days_late": np.float64, "next_best": np.bool_}
    joined = {name: _joined(parts, kinds.get(name, object)) for name, parts in rows.items()}
    joined["due"], joined["reached"] = joined["due"].astype("M8[D]"), joined["reached"].view("M8[us]")
    return Table(joined, title=f"milestones at {_shown(at_us)}")


def _milestones(block: BlockMoment) -> list[dict[str, IntArray]]:
    """One part per milestone in declared order; `who` are places among the points, one row each."""
    parts = []
    for number, journey in enumerate(block.signs.journeys):
        begun = started(block, number)
        parts += [_milestone(block, journey, place, begun) for place in range(len(journey.places))]
    # The next best step: what is due first among what is not reached, then what was declared first.
    best, due = np.full(len(block), -1), np.full(len(block), np.iinfo(np.int64).max)
    for place, part in enumerate(parts):
        ahead = np.flatnonzero((part["reached"] == NAT) & (part["due"] < due[part["who"]]))
        who = part["who"][ahead]
        best[who], due[who] = place, part["due"][ahead]
    for place, part in enumerate(parts):
        part["next_best"] = best[part["who"]] == place
    return parts


def _milestone(
    block: BlockMoment, journey: Journey, place: int, begun: tuple[IntArray, IntArray]
) -> dict[str, IntArray]:
    """One milestone of everybody whose blueprint has started."""
    start_day, who = begun
    milestone = journey.blueprint.milestones[place]
    reached, day = reached_at(block, journey.places[place])
    due, today = start_day[who] + milestone.due_days, int(block.points.day[0]) if len(block) else 0
    known = reached[who] != NAT
    late = np.where(known, day[who], today) - due
    codes = np.where(known, np.where(late > 0, 1, 0), np.where(late > 0, 2, 3))
    names = np.array([status_of(0, 0, 0), status_of(1, 0, 1), status_of(None, 0, 1), status_of(None, 0, 0)], object)
    return {
        "who": who,
        "blueprint": np.full(len(who), journey.blueprint.name, object),
        "milestone": np.full(len(who), milestone.name, object),
        "status": names[codes],
        "due": due.astype(np.int64),
        "reached": reached[who],
        "days_late": np.where(late > 0, late, np.nan),
    }


def started(block: BlockMoment, journey: int) -> tuple[IntArray, IntArray]:
    """The day on which a blueprint starts, shape (n_points,), and who had started it by the moment."""
    past, points = block.past, block.points
    stop, day, ever = History(block.signs, past).started(journey)
    customer = points.customer
    begun = past.key(stop[customer], day[customer]) <= past.key(points.stop, points.day)
    return day[customer].astype(np.int64), np.flatnonzero(ever[customer] & begun)


def reached_at(block: BlockMoment, number: int) -> tuple[IntArray, IntArray]:
    """When a milestone was reached, NaT's number where it was not by the moment, and its day; shape (n_points,)."""
    past, points = block.past, block.points
    at, day = np.full(len(block), NAT), np.zeros(len(block), np.int64)
    found = History(block.signs, past).episodes(number)  # each customer reaches it at most once
    place = np.full(past.n_customers, -1)
    place[points.customer] = np.arange(len(block))
    customer = found.customer - past.low
    who = place[customer]
    key = past.key(found.start_stop + past.rows.starts[customer], found.start_day)
    known = np.flatnonzero((who >= 0) & (key <= past.key(points.stop, points.day)[who]) if len(block) else who >= 0)
    at[who[known]], day[who[known]] = found.start[known], found.start_day[known]
    return at, day


def fit_table(signs: SignProgram, record: Record, at_us: int) -> Table:
    """How much of the ideal customer everybody has, per blueprint that names it, 0 to 100; nan where unknown."""

    def columns(block: BlockMoment) -> dict[str, IntArray]:
        found: dict[str, IntArray] = {}
        for journey in signs.journeys:
            if journey.fit:
                known, has = np.zeros(len(block)), np.zeros(len(block))
                for mark, condition in journey.fit:
                    surely, perhaps = condition.bounds(block.read, len(block))
                    known += np.where(surely | ~perhaps, float(mark.weight), 0.0)
                    has += np.where(surely, float(mark.weight), 0.0)
                share = has / np.where(known > 0, known, 1.0) * 100.0
                found[journey.blueprint.name] = np.where(known > 0, share, np.nan)
        return found

    return _per_customer(signs, record, at_us, columns, "fit")


def loyalty_table(signs: SignProgram, record: Record, at_us: int) -> Table:
    """Everybody who is retained: loyal, satisfied, captive or unheard."""
    if signs.loyalty is None:
        raise InvalidArgument("the definition has no loyalty; pass loyalty=Loyalty(…) to it")
    _, content, committed, watched = signs.loyalty
    names = np.array([*LOYALTIES, None], object)

    def columns(block: BlockMoment) -> dict[str, IntArray]:
        n = len(block)
        likes, acts = content.mask(block.read, n), committed.mask(block.read, n)
        code = np.where(content.heard(block.read, n), np.where(likes, np.where(acts, 0, 1), 2), 3)
        return {"loyalty": names[np.where(np.array(watched)[block.leaf], code, -1)]}

    whole = _per_customer(signs, record, at_us, columns, "loyalty")
    retained = np.flatnonzero(whole["loyalty"] != None)  # noqa: E711 - element by element
    return Table({name: values[retained] for name, values in whole.columns.items()}, title=whole.title)


def _per_customer(
    signs: SignProgram, record: Record, at_us: int, columns: Callable[[BlockMoment], Mapping[str, IntArray]], what: str
) -> Table:
    stages = np.array([stage.id for stage in record.stages], object)
    parts: list[dict[str, IntArray]] = []
    for block in block_moments(signs, record, at_us):
        who = {"customer": record.log.ids(block.points.customer + block.past.low), "stage": stages[block.leaf]}
        parts.append({**who, **columns(block)})
    names = list(parts[0]) if parts else ["customer", "stage"]
    return Table(
        {name: np.concatenate([part[name] for part in parts]) if parts else np.zeros(0, object) for name in names},
        title=f"{what} at {_shown(at_us)}",
    )


def _nan(column: Column) -> IntArray:
    return column.values if column.valid is None else np.where(column.valid, column.values, np.nan)


def _joined(parts: list[IntArray], kind: Any) -> IntArray:
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def _shown(at_us: int) -> str:
    return str(np.datetime64(at_us, "us"))[:16].replace("T", " ") + " UTC"
