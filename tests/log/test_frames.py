"""Dataframes and files of every make give the same log."""

from __future__ import annotations

import gzip
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lifecycle.errors import BadRows, InvalidArgument, MissingExtra
from lifecycle.log import TouchpointLog, read_log

from .conftest import content

pa = pytest.importorskip("pyarrow")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

ROWS: dict[str, list[Any]] = {
    "customer": ["bea", "ada", "a customer of many letters", "ada"],
    "at": np.array(["2024-01-03", "2024-01-01T10", "2024-02-01T08", "2023-12-01"], "M8[us]").tolist(),
    "kind": ["Order Completed", "login", "order_completed", "login"],
    "amount": [1.5, None, 2.0, None],
    "plan": ["basic", None, "pro", "basic"],
    "seats": [1, 2, 3, 4],
    "trial": [True, False, None, True],
}


def table() -> Any:
    """The rows as a pyarrow table."""
    return pa.table(ROWS)


def make(frame: object, **more: Any) -> dict[str, Any]:
    """What the log of a frame says."""
    return content(TouchpointLog.from_frame(frame, currency="EUR", **more))


WANTED = make(ROWS)


def pandas_numpy() -> Any:
    """A pandas frame of numpy and object columns only."""
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in ROWS.items()})
    return frame.astype({"at": "M8[ns]", "amount": "float64", "seats": "int32"})


FRAMES: dict[str, Any] = {
    "pyarrow table": table,
    "pyarrow many chunks": lambda: pa.concat_tables([table().slice(i, 1) for i in range(4)]),
    "pyarrow sliced": lambda: pa.concat_tables([table(), table()]).combine_chunks().slice(4),
    "pyarrow record batch": lambda: table().to_batches()[0],
    "pyarrow one-shot reader": lambda: table().to_reader(),
    "pandas": lambda: pd.DataFrame(ROWS),
    "pandas objects": pandas_numpy,
    "pandas arrow types": lambda: table().to_pandas(types_mapper=pd.ArrowDtype),
    "pandas nullable": lambda: pd.DataFrame(ROWS).convert_dtypes(),
    "pandas categories": lambda: pd.DataFrame(ROWS).astype(
        {"customer": "category", "kind": "category", "plan": "category"}
    ),
    "pandas aware": lambda: pd.DataFrame(ROWS).assign(
        at=lambda f: f["at"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    ),
    "polars": lambda: pl.DataFrame(ROWS),
    "polars categories": lambda: pl.DataFrame(ROWS).with_columns(
        pl.col("customer", "kind", "plan").cast(pl.Categorical)
    ),
    "polars milliseconds": lambda: pl.DataFrame(ROWS).with_columns(
        pl.col("at").cast(pl.Datetime("ms", "Europe/Paris"))
    ),
    "polars decimals": lambda: pl.DataFrame(ROWS).with_columns(pl.col("amount").cast(pl.Decimal(20, 4))),
    "mapping of series": lambda: {name: pl.DataFrame(ROWS)[name] for name in ROWS},
    "mapping of pandas series": lambda: {name: pd.DataFrame(ROWS)[name] for name in ROWS},
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_gives_the_same_log(name: str) -> None:
    """What a frame is made of makes no difference."""
    assert make(FRAMES[name]()) == WANTED


def test_duckdb_relations_are_read() -> None:
    """A relation, also with its text of SQL and its decimals, is a frame."""
    duckdb = pytest.importorskip("duckdb")
    source = table()  # noqa: F841 (DuckDB finds it by name)
    with duckdb.connect() as connection:
        relation = connection.sql("select * replace (amount::decimal(10, 2) as amount) from source")
        assert make(relation) == WANTED


def test_dictionaries_may_differ_between_chunks() -> None:
    """Each chunk's codes are read by its own dictionary; unused and null entries do no harm."""
    one = pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int8()), pa.array(["a", "b", "never"]))
    two = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array(["c", "b"]))
    three = pa.DictionaryArray.from_arrays(pa.array([0, None], pa.int8()), pa.array(["a", None]))
    kinds = pa.chunked_array([one, two])
    frame = pa.table({"customer": [1, 2, 3, 4], "at": np.arange(4).astype("M8[s]"), "kind": kinds})
    assert content(TouchpointLog.from_frame(frame))["kind"] == ["b", "a", "c", "b"]
    lacking = frame.set_column(2, "kind", pa.chunked_array([one, three]))
    with pytest.raises(BadRows) as told:
        TouchpointLog.from_frame(lacking)
    assert told.value.rows == (3,)


def test_a_null_inside_a_dictionary_is_missing() -> None:
    """A row that points at a null of the dictionary has no value."""
    ids = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int8()), pa.array(["a", None]))
    frame = pa.table({"customer": ids, "at": np.arange(3).astype("M8[s]"), "kind": ["k"] * 3, "x": ids})
    log = TouchpointLog.from_frame(frame, on_error="quarantine")
    assert (log.quarantine.rows, content(log)["attribute x"]) == ((1,), ["a", "a"])


def test_categories_of_numbers_are_ids() -> None:
    """Integer categories are the ids they stand for, in order of value."""
    frame = pd.DataFrame(
        {"customer": pd.Categorical([30, 4, 30]), "at": pd.to_datetime(["2024-01-01"] * 3), "kind": "k"}
    )
    assert TouchpointLog.from_frame(frame).ids().tolist() == ["4", "30"]


def test_whole_floats_are_ids_because_pandas_makes_them_so() -> None:
    """A column of integers with one missing is of floats in pandas."""
    frame = pd.DataFrame({"customer": [7, None, 10], "at": pd.to_datetime(["2024-01-01"] * 3), "kind": "k"})
    log = TouchpointLog.from_frame(frame, on_error="quarantine")
    assert (log.ids().tolist(), log.quarantine.rows) == (["7", "10"], (1,))


def test_missing_times_are_bad_rows_in_every_frame() -> None:
    """NaT and null are told by row."""
    frame = pd.DataFrame({"customer": [1, 2], "at": pd.to_datetime(["2024-01-01", None]), "kind": "k"})
    for given in (frame, pl.from_pandas(frame), pa.Table.from_pandas(frame)):
        with pytest.raises(BadRows, match="row 1: 'at' is missing"):
            TouchpointLog.from_frame(given)


def test_decimals_of_any_width_are_exact() -> None:
    """decimal128 and decimal256 become minor units without a float between."""
    for kind in (pa.decimal128(30, 2), pa.decimal256(60, 2), pa.decimal128(30, 6)):
        amounts = pa.array([Decimal("90071992547409.91"), None, Decimal("-0.01")], kind)
        frame = pa.table(
            {"customer": [1, 2, 3], "at": np.arange(3).astype("M8[s]"), "kind": ["k"] * 3, "amount": amounts}
        )
        log = TouchpointLog.from_frame(frame, currency="EUR")
        assert content(log)["minor"] == [9007199254740991, -(10**18), -1]


def test_lazy_frames_are_told_to_collect() -> None:
    """Nothing is collected behind the caller's back."""
    with pytest.raises(InvalidArgument, match=r"\.collect\(\)"):
        TouchpointLog.from_frame(pl.DataFrame(ROWS).lazy())


def test_what_is_no_frame_is_refused() -> None:
    """A list is no frame."""
    with pytest.raises(InvalidArgument, match="no dataframe"):
        TouchpointLog.from_frame([1, 2])


def test_a_pandas_index_is_no_column() -> None:
    """A customer in the index is pointed out with the remedy."""
    with pytest.raises(InvalidArgument, match="reset_index"):
        TouchpointLog.from_frame(pd.DataFrame(ROWS).set_index("customer"), customer="customer", currency="EUR")


def test_columns_of_one_name_are_refused() -> None:
    """Which of two would be meant, nobody can tell."""
    doubled = pd.concat([pd.DataFrame(ROWS), pd.DataFrame(ROWS)[["plan"]]], axis=1)
    with pytest.raises(InvalidArgument, match="same name"):
        TouchpointLog.from_frame(doubled)
    with pytest.raises(InvalidArgument, match="same name"):
        TouchpointLog.from_frame(pa.Table.from_arrays([table()["plan"]] * 2, ["plan", "plan"]))


def test_columns_that_are_not_asked_for_are_not_read() -> None:
    """A column of a type that no log can hold does no harm when attributes leave it out."""
    frame = table().append_column("when", pa.array([1, 2, 3, 4], pa.duration("s")))
    assert TouchpointLog.from_frame(frame, currency="EUR", attributes=["plan"]).attributes == ("plan",)


def test_pandas_works_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames of numpy and object columns need no pyarrow; others say which extra they need."""
    frame, other = pandas_numpy(), pl.DataFrame(ROWS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert make(frame) == WANTED
    kinds = pd.Categorical(
        frame["kind"], categories=pd.Index(["login", "Order Completed", "order_completed"], dtype=object)
    )
    assert make(frame.assign(kind=kinds)) == WANTED
    with pytest.raises(MissingExtra, match=r"customer-lifecycle\[frames\]"):
        make(other)


# --- files --------------------

CSV = """\ufeffcustomer_id,timestamp,event,amount,note
007,2024-01-02,login,,"two
lines"
7,2024-01-01 10:00:00+01:00,Order,59.90,
NULL,2024-01-01,login,,x
"""


def test_csv_keeps_ids_as_texts_and_reads_times(tmp_path: Path) -> None:
    """'007' is not '7', a byte order mark is skipped, an empty field missing, 'NULL' told as a customer."""
    path = tmp_path / "events.csv"
    path.write_text(CSV, encoding="utf-8")
    with pytest.raises(BadRows, match="row 2: 'customer_id' is 'NULL'"):
        TouchpointLog.read(path, currency="EUR")
    log = TouchpointLog.read(path, currency="EUR", on_error="quarantine")
    assert log.ids().tolist() == ["7", "007"]
    said = content(log)
    assert (said["minor"], said["attribute note"]) == ([5990, -(10**18)], [None, "two\nlines"])


def test_packed_csv_and_parquet_are_read(tmp_path: Path) -> None:
    """.csv.gz, .tsv and .parquet hold the same log."""
    rows = "customer,at,kind\na,2024-01-01,k\nb,2024-01-02,k\n"
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(rows.encode()))
    (tmp_path / "e.tsv").write_text(rows.replace(",", "\t"))
    frame = pd.DataFrame({"customer": ["a", "b"], "at": pd.to_datetime(["2024-01-01", "2024-01-02"]), "kind": "k"})
    frame.to_parquet(tmp_path / "e.parquet")
    logs = [content(read_log(tmp_path / name)) for name in ("e.csv.gz", "e.tsv", "e.parquet")]
    assert logs[0] == logs[1] == logs[2]


def test_numbers_as_times_in_csv_need_a_unit(tmp_path: Path) -> None:
    """unit= reads a column of digits."""
    path = tmp_path / "e.csv"
    path.write_text("customer,at,kind\na,1704067200000,k\n")
    assert TouchpointLog.read(path, unit="ms").first_us == 1_704_067_200_000_000


@pytest.mark.parametrize("name", ["missing.csv", "events.xlsx", "broken.parquet", "empty.csv", "ragged.csv", ""])
def test_files_that_are_no_tables_are_refused(tmp_path: Path, name: str) -> None:
    """No such file, another kind of file, garbage, nothing, and rows of different lengths."""
    (tmp_path / "events.xlsx").write_bytes(b"PK")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "ragged.csv").write_text("customer,at,kind\na,2024-01-01,k\nb\n")
    with pytest.raises(InvalidArgument):
        TouchpointLog.read(tmp_path / name)


SUBSCRIPTIONS = """subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,is_trial
S-1,A-1,12/23/2023,4/12/2024,Enterprise,14,2786,False
S-2,A-2,6/11/2024,,Pro,17,833,False
S-3,A-3,11/25/2024,,Enterprise,62,0,True
S-4,A-1,2/3/2024,,Basic,5,95.50,False
S-5,A-2,3/2/2024,6/11/2024,Basic,9,171,False
S-6,A-4,1/31/2023,,Pro,30,1470,False
S-7,A-4,2/29/2024,,Pro,31,1519,False
S-8,A-3,12/1/2024,,Enterprise,62,12338,False
"""


def test_two_date_formats_of_one_company_are_refused_then_read(tmp_path: Path) -> None:
    """Subscriptions with American dates: every row is refused, none guessed; read with date_format, amounts too."""
    path = tmp_path / "subscriptions.csv"
    path.write_text(SUBSCRIPTIONS, "utf-8")
    asked = {"customer": "account_id", "at": "start_date", "kind": "=subscribed"}
    with pytest.raises(BadRows, match="row 0: 'start_date' is not an ISO 8601 time") as told:
        TouchpointLog.read(path, **asked)
    assert len(told.value.rows) == 8
    log = TouchpointLog.read(path, **asked, amount="mrr_amount", currency="USD", date_format="%m/%d/%Y")
    assert (len(log), log.n_customers) == (8, 4)
    known = {
        (one.customer, one.at.date().isoformat(), one.amount) for code in range(4) for one in log.touchpoints(code)
    }
    assert known >= {("A-1", "2024-02-03", Decimal("95.50")), ("A-2", "2024-03-02", 171), ("A-4", "2024-02-29", 1519)}
