"""What plays amount to: per week, per customer, per role; and who gets none."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import numpy as np

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument
from lifecycle.model import DAY_US, Calendar, moment_us

from ._checked_columns import NOT_REACHED, Column, IntColumn, codes_of, column, instants, together
from ._measured import HeldColumns, PlayColumns

ALL_CHANNELS: Final = "(all)"
"""The row of `contacts_per_customer` for all channels together."""
NO_OWNER: Final = "(nobody)"
"""The column of `load_by_role` for plays without an owner."""


def plays_by_week(decided: PlayColumns, held: HeldColumns | None = None, *, zone: str = "UTC") -> Table:
    """How many plays are decided in each week, and how many are held, by which policy.

    A play that a policy holds at several tries of one week counts once for it in that week.

    Args:
        decided: the decided plays.
        held: the tries that were held back.
        zone: whose weeks, from Monday; the definition's.

    Returns:
        One row per week from the first to the last with a play: `week` (its Monday), `decided`, `held` (by whichever
        policy), and `held_by_…` for each policy.

    Raises:
        InvalidArgument: there is no such zone.
    """
    tries = HeldColumns(decided.rows(np.zeros(0, np.int64)), (), np.zeros(0, np.int64)) if held is None else held
    mondays, (week, held_week) = _weeks(zone, decided.at_us, tries.plays.at_us)
    n_weeks = len(mondays)
    columns: dict[str, Column] = {"week": mondays, "decided": np.bincount(week, minlength=n_weeks)}
    play = _identity(tries.plays)
    columns["held"] = _distinct(play, held_week, n_weeks)
    for place, policy in enumerate(tries.policies):
        mine = tries.policy == place
        columns[f"held_by_{policy}"] = _distinct(play[mine], held_week[mine], n_weeks)
    return Table(columns, title="plays by week")


def contacts_per_customer(decided: PlayColumns) -> Table:
    """How many plays reach a customer, by channel; plays that need no channel are no contacts.

    Returns:
        One row per channel and one for all of them: `channel`, `plays`, `customers` (with at least one), and of these
        the `mean`, the `median`, `p95` (95 % have no more) and `most`.
    """
    customer = codes_of(decided.customer)[0]
    channel = np.array([kind.channel for kind in decided.kinds], object)[decided.kind]
    names = sorted({kind.channel for kind in decided.kinds} - {""})
    rows = []
    for name in [*names, ALL_CHANNELS]:
        mine = channel != "" if name == ALL_CHANNELS else channel == name
        counts = np.bincount(customer[mine])
        counts = counts[counts > 0]
        if len(counts):
            p95 = int(np.quantile(counts, 0.95, method="inverted_cdf"))
            row = (counts.sum(), len(counts), counts.mean(), np.median(counts), p95, counts.max())
            rows.append((name, *row))
    names_of_columns = ("channel", "plays", "customers", "mean", "median", "p95", "most")
    columns = zip(*rows, strict=True) if rows else [()] * len(names_of_columns)
    return Table(
        {
            name: np.array(values, object if name == "channel" else None)
            for name, values in zip(names_of_columns, columns, strict=True)
        },
        title="plays per customer who was contacted",
    )


def load_by_role(decided: PlayColumns, *, zone: str = "UTC") -> Table:
    """How many plays each role has to carry out in each week; a play with several owners counts for each.

    Args:
        decided: the decided plays, those without a channel too.
        zone: whose weeks, from Monday; the definition's.

    Returns:
        One row per week from the first to the last with a play: `week` (its Monday), and one column per role.

    Raises:
        InvalidArgument: there is no such zone, or a role is called 'week'.
    """
    mondays, (week,) = _weeks(zone, decided.at_us)
    owners = [kind.owners or (NO_OWNER,) for kind in decided.kinds]
    used = np.bincount(decided.kind, minlength=len(owners)) > 0
    roles = sorted({role for place in np.flatnonzero(used) for role in owners[place]})
    if "week" in roles:
        raise InvalidArgument("load_by_role: a role is called 'week' like the first column; give it another name")
    columns: dict[str, Column] = {"week": mondays}
    for role in roles:
        has = np.array([role in own for own in owners], bool)
        columns[role] = np.bincount(week[has[decided.kind]], minlength=len(mondays))
    return Table(columns, title="plays by owner role and week")


def forgotten(decided: PlayColumns, customer: Any, heard_us: Any, *, until: datetime, days: int) -> Table:
    """Who has had no play and given no sign of life for longer than some days.

    Args:
        decided: the decided plays.
        customer: who should not be forgotten, as in the plays; shape (n_customers,).
        heard_us: the last sign of life of each, microseconds since 1970 UTC or `datetime64`; NaT for none.
        until: an aware datetime: as of when.
        days: of 24 hours; more than these: `at_most_days` of your `Cadence`.

    Returns:
        `customer`, `last_heard`, `last_play` (NaT where there was none), `days` since the later of them (NaN where
        there was neither); the longest forgotten first.

    Raises:
        InvalidArgument: columns of two lengths, no aware datetime, or days below 1.
    """
    end = moment_us(until, "until")
    if type(days) is not int or days < 1:
        raise InvalidArgument(f"forgotten: days={days!r} is not a whole number from 1; give 92 for a quarter")
    names, heard = column(customer), instants(heard_us)
    if len(names) != len(heard):
        raise InvalidArgument(f"forgotten: {len(names)} customers and {len(heard)} instants; give one of each")
    code, player = codes_of(names, decided.customer)
    last_play = np.full(int(max(code.max(initial=-1), player.max(initial=-1))) + 1, NOT_REACHED, np.int64)
    past = decided.at_us < end
    np.maximum.at(last_play, player[past], decided.at_us[past])
    played, heard = last_play[code], np.where(heard < end, heard, NOT_REACHED)
    last = np.maximum(played, heard)
    places = np.flatnonzero((last == NOT_REACHED) | (end - last > days * DAY_US))
    places = places[np.argsort(last[places], kind="stable")]
    silent = np.where(last == NOT_REACHED, np.nan, (end - last) / DAY_US)
    return Table(
        {
            "customer": names[places],
            "last_heard": _shown(heard[places]),
            "last_play": _shown(played[places]),
            "days": silent[places],
        },
        title=f"neither heard of nor contacted for more than {days} days",
    )


def _shown(at_us: IntColumn) -> Column:
    shown: Column = at_us.view("M8[us]").copy()
    shown[at_us == NOT_REACHED] = np.datetime64("NaT")
    return shown


def _identity(plays: PlayColumns) -> IntColumn:
    return together(codes_of(plays.customer)[0], plays.kind, plays.entered_us, codes_of(plays.occasion)[0])


def _distinct(play: IntColumn, week: IntColumn, n_weeks: int) -> IntColumn:
    """How many different plays there are in each week."""
    size = int(play.max(initial=0)) + 1
    pairs = np.sort(week * size + play)
    is_first = np.ones(len(pairs), bool)
    is_first[1:] = pairs[1:] != pairs[:-1]
    return np.asarray(np.bincount(pairs[is_first] // size, minlength=n_weeks), np.int64)


def _weeks(zone: str, *columns: IntColumn) -> tuple[Column, list[IntColumn]]:
    """The Mondays from the first instant to the last, and for each column the place of the week of every instant."""
    calendar = Calendar(zone)
    filled = [values for values in columns if len(values)]
    if not filled:
        return np.zeros(0, "M8[D]"), [np.zeros(0, np.int64) for _ in columns]
    first = calendar.day_of(int(min(values.min() for values in filled)))
    last = calendar.day_of(int(max(values.max() for values in filled)))
    # 1970-01-01 was a Thursday.
    days = np.arange(first - (first + 3) % 7, last + 1, 7)
    starts = np.array([calendar.start_of(int(day)) for day in days], np.int64)
    places = [np.searchsorted(starts, values, "right").astype(np.int64) - 1 for values in columns]
    return days.astype("M8[D]"), places
