"""Five KPIs over a log in memory, against polars and DuckDB on the same columns; equal before they are timed.

The queries are what a user of each tool would write: windows over customers, joins from step to step.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from statistics import median
from typing import Any, Final

import numpy as np

from lifecycle import TouchpointLog
from lifecycle.behaviour import cohort_matrix, funnel, lifecycle_counts, mrr_movements, paid_amounts, rfm

from .measure import Row, demand, rounds
from .replay import log_of

THREADS: Final = 2
BARS: Final = {"cohorts": 1 / 6, "lifecycle": 1 / 8, "funnel": 1 / 2, "recurring": 1 / 1.5, "rfm": 1.1}
TITLES: Final = {
    "cohorts": "monthly cohort matrix",
    "lifecycle": "lifecycle counts by month",
    "funnel": "funnel of three steps with median times",
    "recurring": "movements of recurring revenue",
    "rfm": "recency, frequency and money",
}
Figures = tuple[Any, ...]
Queries = Mapping[str, Callable[[], Figures]]


def rows(raw: Any, n_rounds: int) -> Iterator[Row]:
    """Each KPI against the faster tool of this run, the making of the log, and all together."""
    in_place = raw.sort_by([("customer", "ascending"), ("at", "ascending")])
    log = log_of(in_place)
    tools = {"polars": in_polars(raw), "DuckDB": in_duckdb(raw)}
    ours = of_the_library(log)
    for name in BARS:
        found = {tool: queries[name]() for tool, queries in tools.items()} | {"ours": ours[name]()}
        demand(len(set(found.values())) == 1, f"{name}: {found}")
    totals: dict[str, list[list[float]]] = {"ours": [], **{tool: [] for tool in tools}}
    for name, bar in BARS.items():
        mine, *theirs = rounds(n_rounds, ours[name], *(queries[name] for queries in tools.values()))
        by_tool = dict(zip(tools, theirs, strict=True))
        for who, seconds in {"ours": mine, **by_tool}.items():
            totals[who].append(seconds)
        faster, slower = sorted(tools, key=lambda tool: median(by_tool[tool]))
        yield Row(TITLES[name], f"{faster}, {THREADS} threads: the faster here", mine, by_tool[faster], "s", bar)
        yield Row(TITLES[name], f"{slower}, {THREADS} threads", mine, by_tool[slower], "s")
    sums = {who: [sum(round_) for round_ in zip(*figures, strict=True)] for who, figures in totals.items()}
    yield from _together(raw, in_place, sums, n_rounds)


def _together(raw: Any, in_place: Any, sums: Mapping[str, list[float]], n_rounds: int) -> Iterator[Row]:
    """What making the log costs, once, and all five figures with it against each tool's five."""
    sorting, in_order = rounds(n_rounds, partial(log_of, raw), partial(log_of, in_place))
    for tool in ("polars", "DuckDB"):
        told = f"{tool}, all five"
        yield Row("making the log, once, rows in order of time", told, sorting, sums[tool], "s")
        yield Row("making the log, once, rows sorted by customer", told, in_order, sums[tool], "s")
        with_log = [one + other for one, other in zip(sums["ours"], sorting, strict=True)]
        yield Row("all five and making the log in order of time", told, with_log, sums[tool], "s")


def of_the_library(log: TouchpointLog) -> Queries:
    """Each KPI from the log, told as plain figures."""
    return {
        "cohorts": lambda: tuple(cohort_matrix(log).to_table()["active"].tolist()),
        "lifecycle": partial(_our_lifecycle, log),
        "funnel": partial(_our_funnel, log),
        "recurring": partial(_our_recurring, log),
        "rfm": partial(_our_rfm, log),
    }


def _our_lifecycle(log: TouchpointLog) -> Figures:
    found = lifecycle_counts(log)
    parts = (found.new, found.returning, found.resurrecting, -found.dormant)
    return tuple(tuple(part.tolist()) for part in parts)


def _our_funnel(log: TouchpointLog) -> Figures:
    found = funnel(log)
    quartiles = (found.quartiles_us(1), found.quartiles_us(2))
    return (*found.counts.tolist(), *(None if one is None else one[1] for one in quartiles))


def _our_recurring(log: TouchpointLog) -> Figures:
    found = mrr_movements(paid_amounts(log))
    return tuple(tuple(column.tolist()) for column in (found.amounts // 12).T)


def _our_rfm(log: TouchpointLog) -> Figures:
    found = rfm(log)
    return _sums(found.recency_days, found.frequency, found.monetary_minor)


def _sums(*columns: Any) -> Figures:
    return (len(columns[0]), *(int(column.sum()) for column in columns))


# --- polars -----------------------------------------------------------------------------------------------------------


def in_polars(raw: Any) -> Queries:
    """The queries on a frame in memory."""
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)  # read when polars is imported, so not before
    import polars as pl

    demand(pl.thread_pool_size() == THREADS, f"threads of polars: {pl.thread_pool_size()}, wanted: {THREADS}")
    frame = pl.DataFrame(raw).lazy()
    month = (pl.col("at").dt.year().cast(pl.Int32) * 12 + pl.col("at").dt.month()).alias("month")
    first, last = frame.select(month).select(low=pl.col("month").min(), high=pl.col("month").max()).collect().row(0)
    given = (pl, frame, month, (first, last))
    names = {"cohorts": _pl_cohorts, "lifecycle": _pl_lifecycle, "funnel": _pl_funnel}
    names |= {"recurring": _pl_recurring, "rfm": _pl_rfm}
    return {name: partial(query, *given) for name, query in names.items()}


def _pl_cohorts(pl: Any, frame: Any, month: Any, months: tuple[int, int]) -> Figures:
    active = frame.select("customer", month).unique()
    opened = active.group_by("customer").agg(cohort=pl.col("month").min())
    return _triangle(active.join(opened, on="customer").group_by("cohort", "month").len().collect().rows(), months)


def _pl_lifecycle(pl: Any, frame: Any, month: Any, months: tuple[int, int]) -> Figures:
    here = pl.col("month")
    active = frame.select("customer", month).unique().sort("customer", "month")
    active = active.with_columns(
        before=here.shift(1).over("customer"), after=here.shift(-1).over("customer")
    )  # the usual way to look at a customer's row beside this one
    state = pl.when(pl.col("before").is_null()).then(0).when(here - pl.col("before") == 1).then(1).otherwise(2)
    gone = active.filter((pl.col("after").is_null() | (pl.col("after") - here > 1)) & (here < months[1]))
    both = pl.concat([active.select("month", state=state), gone.select(here + 1, state=pl.lit(3))])
    return _columns(both.group_by("state", "month").len().collect().rows(), 4, months)


def _pl_funnel(pl: Any, frame: Any, month: Any, months: tuple[int, int]) -> Figures:
    def first(kind: str, before: Any, name: str) -> Any:
        those = frame.filter(pl.col("kind") == kind)
        if before is not None:
            those = those.join(before, on="customer").filter(pl.col("at") >= pl.col("last"))
        kept = () if before is None else (pl.col("last").first().alias("since"),)
        return those.group_by("customer").agg(pl.col("at").min().alias(name), *kept)

    signed = first("signup", None, "last")
    used = first("feature_use", signed, "used")
    bought = first("purchase", used.select("customer", last="used"), "bought")
    wait = lambda name: (pl.col(name) - pl.col("since")).dt.total_microseconds().median()  # noqa: E731
    counted = [signed.select(pl.len()), used.select(pl.len(), wait("used").alias("wait"))]
    counted.append(bought.select(pl.len(), wait("bought").alias("wait")))
    (entered,), (second, one), (third, two) = (found.row(0) for found in pl.collect_all(counted))
    return entered, second, third, one, two


def _pl_recurring(pl: Any, frame: Any, month: Any, months: tuple[int, int]) -> Figures:
    here, paid = pl.col("month"), pl.col("amount")
    active = frame.filter(pl.col("kind") == "payment").group_by("customer", month).agg(paid.sum())
    active = active.sort("customer", "month").with_columns(
        before=here.shift(1).over("customer"),
        paid_before=paid.shift(1).over("customer"),
        after=here.shift(-1).over("customer"),
    )
    follows = (here - pl.col("before")).eq(1).fill_null(value=False)
    step = pl.when(follows).then(paid - pl.col("paid_before")).otherwise(paid)
    movement = pl.when(pl.col("before").is_null()).then(0).when(~follows).then(1).when(step > 0).then(2).otherwise(3)
    gone = active.filter((pl.col("after").is_null() | (pl.col("after") - here > 1)) & (here < months[1]))
    moved = active.select("month", movement=movement, step=step)
    both = pl.concat([moved, gone.select(here + 1, movement=pl.lit(4), step=-paid)])
    found = both.group_by("movement", "month").agg(pl.col("step").sum()).collect().rows()
    return _columns([(movement, at, round(step * 100)) for movement, at, step in found], 5, months)


def _pl_rfm(pl: Any, frame: Any, month: Any, months: tuple[int, int]) -> Figures:
    end = frame.select(pl.col("at").max().dt.date() + pl.duration(days=1)).collect().item()
    days = frame.filter(pl.col("kind") == "purchase").group_by("customer", day=pl.col("at").dt.date())
    bought = days.agg(pl.col("amount").sum()).group_by("customer")
    found = bought.agg(pl.col("day").max(), n=pl.len(), paid=pl.col("amount").sum()).collect()
    recency = found.select((pl.lit(end) - pl.col("day")).dt.total_days()).to_series()
    return _sums(recency, found["n"], (found["paid"] * 100).round().cast(pl.Int64))


# --- DuckDB -----------------------------------------------------------------------------------------------------------

_ACTIVE: Final = """
active AS (SELECT DISTINCT customer, year(moment) * 12 + month(moment) AS month FROM touchpoints)"""
_BESIDE: Final = """
beside AS (
    SELECT *, lag(month) OVER w AS before, lead(month) OVER w AS after FROM active
    WINDOW w AS (PARTITION BY customer ORDER BY month)
)"""
_SQL: Final = {
    "cohorts": f"""WITH {_ACTIVE}, opened AS (SELECT customer, min(month) AS cohort FROM active GROUP BY customer)
        SELECT cohort, month, count(*) FROM active JOIN opened USING (customer) GROUP BY ALL""",
    "lifecycle": f"""WITH {_ACTIVE}, {_BESIDE}, both_ways AS (
            SELECT CASE WHEN before IS NULL THEN 0 WHEN month - before = 1 THEN 1 ELSE 2 END AS state, month FROM beside
            UNION ALL
            SELECT 3, month + 1 FROM beside WHERE (after IS NULL OR after - month > 1) AND month < $last
        )
        SELECT state, month, count(*) FROM both_ways GROUP BY ALL""",
    "funnel": """WITH signed AS (
            SELECT customer, min(moment) AS signed FROM touchpoints WHERE kind = 'signup' GROUP BY customer
        ), used AS (
            SELECT customer, min(moment) AS used, any_value(signed) AS signed
            FROM touchpoints JOIN signed USING (customer)
            WHERE kind = 'feature_use' AND moment >= signed GROUP BY customer
        ), bought AS (
            SELECT customer, min(moment) AS bought, any_value(used) AS used
            FROM touchpoints JOIN used USING (customer)
            WHERE kind = 'purchase' AND moment >= used GROUP BY customer
        )
        SELECT (SELECT count(*) FROM signed), (SELECT count(*) FROM used), (SELECT count(*) FROM bought),
            (SELECT median(epoch_us(used) - epoch_us(signed)) FROM used),
            (SELECT median(epoch_us(bought) - epoch_us(used)) FROM bought)""",
    "recurring": """WITH active AS (
            SELECT customer, year(moment) * 12 + month(moment) AS month, sum(amount) AS paid
            FROM touchpoints WHERE kind = 'payment' GROUP BY ALL
        ), beside AS (
            SELECT *, lag(month) OVER w AS before, lag(paid) OVER w AS paid_before, lead(month) OVER w AS after
            FROM active WINDOW w AS (PARTITION BY customer ORDER BY month)
        ), both_ways AS (
            SELECT CASE WHEN before IS NULL THEN 0 WHEN month - before > 1 THEN 1 WHEN paid > paid_before THEN 2
                ELSE 3 END AS movement,
                month, CASE WHEN month - before = 1 THEN paid - paid_before ELSE paid END AS step
            FROM beside
            UNION ALL
            SELECT 4, month + 1, -paid FROM beside WHERE (after IS NULL OR after - month > 1) AND month < $last
        )
        SELECT movement, month, sum(step) FROM both_ways GROUP BY ALL""",
    "rfm": """WITH days AS (
            SELECT customer, moment::DATE AS day, sum(amount) AS paid
            FROM touchpoints WHERE kind = 'purchase' GROUP BY ALL
        )
        SELECT (SELECT max(moment)::DATE + 1 FROM touchpoints) - max(day) AS recency, count(*) AS n, sum(paid) AS paid
        FROM days GROUP BY customer""",
}


def in_duckdb(raw: Any) -> Queries:
    """The queries on a table of the database; kinds are an enumeration there."""
    import duckdb

    connection = duckdb.connect()
    for setting in (f"threads = {THREADS}", "TimeZone = 'UTC'", "preserve_insertion_order = false"):
        connection.execute(f"SET {setting}")
    kinds = ", ".join(f"'{kind}'" for kind in raw["kind"].chunk(0).dictionary.to_pylist())
    connection.execute(f"CREATE TYPE kinds AS ENUM ({kinds})")
    connection.register("raw", raw)
    wanted = """customer, kind::kinds AS kind, "at" AT TIME ZONE 'UTC' AS moment, amount"""
    connection.execute(f"CREATE TABLE touchpoints AS SELECT {wanted} FROM raw")
    connection.unregister("raw")
    spanned = "SELECT min(year(moment) * 12 + month(moment)), max(year(moment) * 12 + month(moment)) FROM touchpoints"
    months = connection.execute(spanned).fetchone()
    assert months is not None
    given = (connection, (int(months[0]), int(months[1])))
    return {name: partial(_duckdb_query, name, *given) for name in BARS}


def _duckdb_query(name: str, connection: Any, months: tuple[int, int]) -> Figures:
    asked = {"last": months[1]} if "$last" in _SQL[name] else {}
    done = connection.execute(_SQL[name], asked)
    if name == "rfm":
        found = done.fetchnumpy()
        return _sums(found["recency"], found["n"], np.rint(found["paid"] * 100).astype(np.int64))
    if name == "funnel":
        return tuple(done.fetchone())
    cells = done.fetchall()
    if name == "cohorts":
        return _triangle(cells, months)
    if name == "recurring":
        return _columns([(movement, at, round(step * 100)) for movement, at, step in cells], 5, months)
    return _columns(cells, 4, months)


# --- the same form for all --------------------------------------------------------------------------------------------


def _triangle(cells: Any, months: tuple[int, int]) -> Figures:
    """Cohort after cohort, month after month, from (cohort, month, count)."""
    found = {(cohort, month): count for cohort, month, count in cells}
    first, last = months
    return tuple(found.get((cohort, at), 0) for cohort in range(first, last + 1) for at in range(cohort, last + 1))


def _columns(cells: Any, n_columns: int, months: tuple[int, int]) -> Figures:
    """A column of figures by month for each number, from (number, month, figure)."""
    found = {(number, month): figure for number, month, figure in cells}
    first, last = months
    return tuple(tuple(found.get((one, at), 0) for at in range(first, last + 1)) for one in range(n_columns))
