"""Signs of a whole base as of one moment and back in time, and of one customer live.

Two of them are also asked of polars and DuckDB, on the raw columns: log-in over 14 days ago, use down by half.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle import Count, Definition, Question, Signal, Since, Story, replay
from lifecycle.backtest import Happens
from lifecycle.chart import CustomerMachine, role
from lifecycle.rules import Ratio
from lifecycle.signs import block_moments

from .driven import Driver, StateMachineDecider
from .live import advance_all, send_all
from .measure import Row, demand, rounds
from .replay import log_of, sample, stock
from .synthetic import columns, table

THREADS = 2
WEEKS = 52
LEAST = 4
Counts = tuple[int, int]
"""For how many customers each of the two signs is up."""

_SQL = """
WITH customers AS (
    SELECT
        customer,
        coalesce(max(moment) FILTER (kind = 'login'), min(moment)) AS last_seen,
        count(*) FILTER (kind = 'feature_use' AND moment >= $month) AS used,
        count(*) FILTER (kind = 'feature_use' AND moment >= $months AND moment < $month) AS used_before
    FROM touchpoints
    GROUP BY customer
)
SELECT
    count(*) FILTER (last_seen < $fortnight),
    count(*) FILTER (used_before >= $least AND used * 2 <= used_before)
FROM customers
"""


class OneStage(CustomerMachine):
    """One stage only, so that no stage keeps a signal from being watched."""

    known = role.active(initial=True)
    signup = known.to.itself()


def two_signs() -> Definition:
    """The two signs of the documents' alert rules, and nothing else."""
    use = Count("feature_use")
    return Definition(
        OneStage,
        name="two signs",
        currency="USD",
        facts={
            "days_since_login": Since("login"),
            "use": use.within(30),
            "use_before": use.within(30, ago=30),
            "change": Ratio("use", "use_before"),
        },
        signals=[
            Signal("login_stopped", "days_since_login > 14", topic="churn"),
            Signal("use_halved", f"use_before >= {LEAST} and change <= 0.5", topic="churn"),
        ],
    )


def rows(raw: Any, n_rounds: int) -> Iterator[Row]:
    """As of one moment, two signs against other tools, and a year of back-tests."""
    in_place = raw.sort_by([("customer", "ascending"), ("at", "ascending")])
    yield from two(raw, in_place, n_rounds)
    yield from all_of_them(raw, in_place, n_rounds)


# --- everything as of one moment, and back in time ------------------------------------------------------------------


def all_of_them(raw: Any, in_place: Any, n_rounds: int) -> Iterator[Row]:
    """All signs of the stock definition, of a story whose log is sorted in place."""
    definition, log = stock(), log_of(in_place)
    story = replay(definition, log)
    _check_moment(definition, story)
    _check_back()
    year = _year(story)
    works: list[Callable[[], object]] = [
        story.signs_at,
        lambda: replay(definition, log_of(raw)),
        lambda: replay(definition, log),
        lambda: story.backtests(None, year),
    ]
    asked, whole, walked, tested = rounds(n_rounds, *works)
    what = "signals, health and segments of one moment"
    yield Row(what, "the replay from the raw log", asked, whole, "s", 1)
    yield Row(what, "the replay of a log sorted in place", asked, walked, "s")
    yield Row(f"back-tests of {len(definition.signals)} signals, {WEEKS} weekly moments", what, tested, asked, "s", 15)


def _year(story: Story) -> Question:
    """Every Monday of a year, with three months behind it that tell what came."""
    last = story.until - timedelta(days=90)
    last -= timedelta(days=last.weekday())
    return Question(since=last - timedelta(weeks=WEEKS - 1), until=last + timedelta(days=1))


def _check_moment(definition: Definition, story: Story, n_touchpoints: int = 500) -> None:
    """The table of a moment says what the live engine says."""
    signs, now = story.signs_at(), story.until - timedelta(microseconds=1)
    row = {id: place for place, id in enumerate(signs["customer"].tolist())}
    codes = np.array(list(sample(story.log, n_touchpoints)))
    for id in story.log.ids(codes).tolist():
        customer, place = story.live(id), row[id]
        up = {raised.signal.name for raised in definition.signals_of(customer, now)}
        up |= set(definition.segments_of(customer, now))
        health, told = definition.health_of(customer, now), signs["health"][place]
        names = {**{f"signal_{one.name}": one.name for one in definition.signals},
                 **{one.name: one.name for one in definition.segments}}  # fmt: skip
        demand(up == {name for column, name in names.items() if signs[column][place]}, f"signs of {id}, live and not")
        score = None if health is None else health.score
        demand(told == score if score is not None else np.isnan(told), f"health of {id}, live and not")


def _check_back() -> None:
    """What a back-test looks at is what each of its moments shows."""
    story = replay(stock(), log_of(table(columns(50_000, 5_000))))
    year = attrs.evolve(_year(story), outcome=Happens("payment"))
    assert isinstance(year.since, datetime)
    tables = [story.signs_at(year.since + timedelta(weeks=week)) for week in range(WEEKS)]
    for name, result in story.backtests(None, year).items():
        flagged = 0 if result.counts is None else result.counts.true_positives + result.counts.false_positives
        shown = sum(int(np.count_nonzero(signs[f"signal_{name}"])) for signs in tables)
        demand(flagged == shown, f"{name}: {flagged} moments of the back-test, {shown} one by one")


# --- two signs, by other tools too ------------------------------------------------------------------------------------


def two(raw: Any, in_place: Any, n_rounds: int) -> Iterator[Row]:
    """Two signs as of the end, against the faster of polars and DuckDB in this run."""
    definition = two_signs()
    story, as_it_came = replay(definition, log_of(in_place)), replay(definition, log_of(raw))
    others = {"polars": in_polars(raw, story.until), "DuckDB": in_duckdb(raw, story.until)}
    found = {"ours": count(story), "unsorted": count(as_it_came), "table": count_table(story)}
    found |= {name: query() for name, query in others.items()}
    demand(len(set(found.values())) == 1, f"customers with each of the two signs: {found}")
    works = [partial(count, story), partial(count_table, story), partial(count, as_it_came), partial(log_of, raw)]
    works += [*others.values(), in_polars(in_place, story.until)]
    ours, whole, gathered, sorting, *theirs, ordered = rounds(n_rounds, *works)
    by_name = dict(zip(others, theirs, strict=True))
    faster, slower = sorted(others, key=lambda name: median(by_name[name]))
    what = "two signs of one moment, log sorted in place"
    yield Row(what, f"{faster}, {THREADS} threads: the faster here", ours, by_name[faster], "s", 1 / 4)
    yield Row(what, f"{slower}, {THREADS} threads", ours, by_name[slower], "s")
    yield Row(what, "polars on rows sorted by customer", ours, ordered, "s")
    yield Row("two signs, as a table with every id as text", faster, whole, by_name[faster], "s")
    yield Row("two signs, log in the order in which it came", faster, gathered, by_name[faster], "s")
    yield Row("what the sort costs, once: making the log", faster, sorting, by_name[faster], "s")


def count(story: Story) -> Counts:
    """By the library, without a table: block after block."""
    assert story.signs is not None
    totals = dict.fromkeys(story.signs.signals, 0)
    for block in block_moments(story.signs, story.record, story.record.until_us):
        for name, number in story.signs.signals.items():
            totals[name] += int(np.count_nonzero(block.is_up(number)))
    return totals["login_stopped"], totals["use_halved"]


def count_table(story: Story) -> Counts:
    """By the library's table of everybody."""
    signs = story.signs_at()
    stopped, halved = (int(np.count_nonzero(signs[f"signal_{name}"])) for name in ("login_stopped", "use_halved"))
    return stopped, halved


def _midnights(until: datetime) -> tuple[datetime, datetime, datetime]:
    """When the last 15, 30 and 60 days began; more than 14 days since a date is before the last 15."""
    fortnight, month, months = (until - timedelta(days=days) for days in (15, 30, 60))
    return fortnight, month, months


def in_polars(raw: Any, until: datetime) -> Callable[[], Counts]:
    """The query, ready to run on a table in memory."""
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)  # read when polars is imported, so not before
    import polars as pl

    demand(pl.thread_pool_size() == THREADS, f"threads of polars: {pl.thread_pool_size()}, wanted: {THREADS}")
    fortnight, month, months = _midnights(until)
    frame, at, is_use = pl.DataFrame(raw).lazy(), pl.col("at"), pl.col("kind") == "feature_use"
    query = (
        frame.select(
            "customer",
            "at",
            login=pl.when(pl.col("kind") == "login").then(at),
            used=is_use & (at >= month),
            used_before=is_use & at.is_between(months, month, closed="left"),
        )
        .group_by("customer")
        .agg(pl.col("login").max(), pl.col("at").min(), pl.col("used", "used_before").sum())
        .select(
            stopped=(pl.coalesce("login", "at") < fortnight).sum(),
            halved=((pl.col("used_before") >= LEAST) & (pl.col("used") * 2 <= pl.col("used_before"))).sum(),
        )
    )

    def run() -> Counts:
        stopped, halved = query.collect().row(0)
        return stopped, halved

    return run


def in_duckdb(raw: Any, until: datetime) -> Callable[[], Counts]:
    """The query, ready to run on a table of the database; kinds are an enumeration there."""
    import duckdb

    connection = duckdb.connect()
    for setting in (f"threads = {THREADS}", "TimeZone = 'UTC'", "preserve_insertion_order = false"):
        connection.execute(f"SET {setting}")
    kinds = ", ".join(f"'{kind}'" for kind in raw["kind"].chunk(0).dictionary.to_pylist())
    connection.execute(f"CREATE TYPE kinds AS ENUM ({kinds})")
    connection.register("raw", raw)
    wanted = """customer, kind::kinds AS kind, "at" AT TIME ZONE 'UTC' AS moment"""
    connection.execute(f"CREATE TABLE touchpoints AS SELECT {wanted} FROM raw")
    connection.unregister("raw")
    names = ("fortnight", "month", "months")
    given = {name: moment.replace(tzinfo=None) for name, moment in zip(names, _midnights(until), strict=True)}

    def run() -> Counts:
        found = connection.execute(_SQL, given | {"least": LEAST}).fetchone()
        assert found is not None
        return found[0], found[1]

    return run


# --- one touchpoint, live ---------------------------------------------------------------------------------------------


def live(n_rounds: int) -> Iterator[Row]:
    """What signals and health add to one `advance`, and all signs, against one event of python-statemachine."""
    whole = stock()
    plain = attrs.evolve(whole, signals=(), segments=(), health=None, blueprints=(), loyalty=None)
    some = attrs.evolve(plain, signals=whole.signals, health=whole.health)
    story = replay(whole, log_of(table(columns(200_000, 20_000))))
    _check_moment(whole, story)
    histories = list(sample(story.log).values())
    driver = Driver(whole, StateMachineDecider(whole))
    taken: list[list[float]] = [[], [], [], []]
    for number in range(n_rounds + 1):
        figures = [_advanced(definition, histories) for definition in (plain, some, whole)]
        figures.append(send_all(driver, histories, story.record.until_us))
        if number:
            for figure, into in zip(figures, taken, strict=True):
                into.append(figure)
    base, with_some, with_all, send = (np.array(figures) for figures in taken)
    about = "python-statemachine, one send, facts given"
    yield Row("advance: what signals and health add", about, _listed(with_some - base), _listed(send), "µs", 1 / 3)
    yield Row("advance: what all signs of the preset add", about, _listed(with_all - base), _listed(send), "µs")


def _advanced(definition: Definition, histories: Sequence[Any]) -> float:
    return advance_all(definition, [definition.begin(history[0]).customer for history in histories], histories)


def _listed(figures: npt.NDArray[np.float64]) -> list[float]:
    found: list[float] = figures.tolist()
    return found
