"""`python -m lifecycle value`: the fit beside other models, a holdout, and what customers will still bring."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lifecycle.cli import main
from lifecycle.log import TouchpointLog
from lifecycle.value import (
    BgNbd,
    Discount,
    GammaGamma,
    Intervals,
    MbgCnbd,
    ParetoNbd,
    compare_models,
    customer_value,
    gap_tally,
    holdout_report,
    predict,
    purchases,
)

ROOT = Path(__file__).parents[2]
CDNOW = ROOT / "build" / "cdnow.csv"
SAMPLE = ROOT / "build" / "lifetimes" / "lifetimes" / "datasets" / "CDNOW_sample.txt"
SPLIT = "2025-09-01"
COLUMNS = ("--kind", "=purchase", "--amount", "amount", "--currency", "USD")


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of 60 made customers, who buy at rates of their own and leave by chance; and one kind beside."""
    draw, rows = np.random.default_rng(5), ["customer,at,kind,amount,currency"]
    for number in range(60):
        day, rate = date(2025, 1, 1) + timedelta(int(draw.integers(0, 120))), float(draw.gamma(1.2, 0.04))
        while day < date(2026, 1, 1):
            kind = "payment" if number % 2 else "Purchase"
            rows.append(f"c{number},{day},{kind},{draw.gamma(4.0, 10.0) + 1:.2f},EUR")
            rows.append(f"c{number},{day},visit,,")
            if draw.random() < 0.15:
                break
            day += timedelta(1 + int(draw.exponential(1 / rate)))
    path = tmp_path_factory.mktemp("value") / "orders.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def text_of(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> str:
    """The report of a run that ends well; it says nothing on standard error."""
    status = main(["value", str(path), *more])
    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    return printed.out


def document_of(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> dict[str, Any]:
    """The same as JSON, without the numbers that JSON has no word for."""

    def refused(name: str) -> None:
        raise AssertionError(name)

    found: dict[str, Any] = json.loads(text_of(capsys, path, "--json", *more), parse_constant=refused)
    return found


def test_the_figures_are_those_of_the_library(capsys: pytest.CaptureFixture[str], orders: Path) -> None:
    """Fit, comparison, spend, holdout, the first customers and the totals."""
    told = document_of(capsys, orders, "--until", SPLIT, "--horizon", "26w", "--margin", "0.4", "--top", "3")
    log = TouchpointLog.read(orders)
    history = purchases(log, kinds=("purchase", "payment"), until=SPLIT)
    fit, spend, how = BgNbd.fit(history.tally()), GammaGamma.fit(history.spend()), Intervals(seed=1)
    assert told["purchases"]["customers"] == len(history) == told["fit"]["customers"]
    assert {name: one["value"] for name, one in told["fit"]["parameters"].items()} == fit.parameters
    assert told["fit"]["status"] == fit.status
    likelihoods = {row["model"]: row["log_likelihood"] for row in told["comparison"]["models"]}
    regular = likelihoods.pop("MbgCnbd")
    assert likelihoods == {row["model"]: row["log_likelihood"] for row in compare_models(history.tally()).rows()}
    gaps = gap_tally(log, kinds=("purchase", "payment"), until=SPLIT).sum_of_logs
    assert regular == max(MbgCnbd.fit(history.tally(), k=k, sum_log_gaps=gaps).log_likelihood for k in (2, 3))
    assert told["spend"]["log_likelihood"] == spend.log_likelihood
    assert told["spend"]["spearman"] == spend.spearman
    held = holdout_report(log, history, intervals=Intervals(n_draws=400))
    assert [row["total"] for row in told["holdout"]["scores"]] == [score.total for score in held.scores]
    assert told["holdout"]["actual"] == held.actual
    table = customer_value(fit, history, spend=spend, discount=Discount(0.1, horizon="26w"), margin=0.4, intervals=how)
    keys = ("customer", "p_alive", "spend", "value", "value_low", "value_high")
    rows = [tuple(row[key] for key in keys) for row in told["value"]["top"]]
    names = ("customer", "p_alive", "spend", "value", "low", "high")
    assert rows == [tuple(row[name] for name in names) for row in table.top(3).rows()]
    assert told["value"]["total"]["value"] == table.total.value
    assert told["value"]["total"]["low"] == table.total.low
    assert told["value"]["unit"] == "EUR"
    within = predict(fit, history, horizon="26w", intervals=Intervals(n_draws=0))
    assert told["value"]["total_purchases"]["value"] == within.total.value
    assert told["value"]["top"][0]["purchases"] == pytest.approx(
        within["purchases"][within.ids.tolist().index(told["value"]["top"][0]["customer"])]
    )


def test_another_model_is_told_where_it_is_asked_for(capsys: pytest.CaptureFixture[str], orders: Path) -> None:
    """The same models are compared, whichever gives the values."""
    told = document_of(capsys, orders, "--model", "paretonbd")
    fit = ParetoNbd.fit(purchases(TouchpointLog.read(orders), kinds=("purchase", "payment")).tally())
    assert told["fit"]["model"] == "ParetoNbd"
    assert told["fit"]["log_likelihood"] == fit.log_likelihood
    assert {row["model"] for row in told["comparison"]["models"]} == {"Nbd", "BgNbd", "MbgNbd", "ParetoNbd", "MbgCnbd"}
    assert told["holdout"] == {"reason": "no --until was given"}
    assert "MbgCnbd" in text_of(capsys, orders, "--top", "1")


def test_nothing_after_the_end_changes_the_values(
    capsys: pytest.CaptureFixture[str], orders: Path, tmp_path: Path
) -> None:
    """With --until, what came later judges the models and does nothing else."""
    lines = orders.read_text("utf-8").splitlines()
    before = tmp_path / "before.csv"
    before.write_text("\n".join([lines[0], *(line for line in lines[1:] if line.split(",")[1] < SPLIT)]), "utf-8")
    whole, cut = (document_of(capsys, path, "--until", SPLIT) for path in (orders, before))
    for part in ("fit", "comparison", "spend", "value"):
        assert whole[part] == cut[part]
    assert cut["holdout"] == {"reason": f"the log has no day from {SPLIT} on"}


def test_the_report_names_units_and_sections(capsys: pytest.CaptureFixture[str], orders: Path) -> None:
    """Everything of the document that a reader needs, in one page."""
    text = text_of(capsys, orders, "--until", SPLIT, "--top", "2")
    for part in (
        "customers with a purchase or payment before 2025-09-01",
        "BgNbd fitted to 60 customers, time in weeks",
        "standard error",
        "models side by side, the lowest AIC first",
        "correlation of repeat days and spend",
        "2025-09-01 to 2025-12-30: ",
        "mean purchases in the holdout",
        "for 52 weeks",
        "value of all: ",
        "purchases of all within 52w: ",
        "spend and value in EUR",
    ):
        assert part in text


def test_the_seed_moves_the_bounds_only(capsys: pytest.CaptureFixture[str], orders: Path) -> None:
    """The same seed gives the same bytes; another one other bounds around the same values."""
    one, again, other = (text_of(capsys, orders, "--json", "--seed", seed) for seed in ("1", "1", "2"))
    assert one == again
    first, second = (json.loads(text)["value"] for text in (one, other))
    assert first["total"]["value"] == second["total"]["value"]
    assert first["total"]["low"] != second["total"]["low"]


def test_kinds_of_purchases_can_be_named(capsys: pytest.CaptureFixture[str], orders: Path) -> None:
    """Whatever their case; the others do not count."""
    told = document_of(capsys, orders, "--purchase", "PAYMENT")
    assert told["purchases"]["kinds"] == ["PAYMENT"]
    assert told["purchases"]["customers"] == 30


@pytest.mark.parametrize(
    ("rows", "reason", "status"),
    [
        ("a,2026-01-01,purchase,10,EUR", "nobody paid on a repeat day", "boundary"),
        ("a,2026-01-01,purchase,0,EUR\nb,2026-02-01,payment,4,EUR", "nobody paid on a repeat day", "boundary"),
        ("a,2026-01-01,purchase,,\na,2026-03-01,purchase,,", "the log has no amounts", "boundary"),
    ],
    ids=["one customer", "nobody came back", "no amounts"],
)
def test_too_little_gives_a_status(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rows: str, reason: str, status: str
) -> None:
    """No crash and no number that is none: the fit says how far it can be trusted."""
    path = tmp_path / "little.csv"
    path.write_text(f"customer,at,kind,amount,currency\n{rows}\n", "utf-8")
    told = document_of(capsys, path)
    assert told["spend"]["reason"].startswith(reason)
    assert told["fit"]["status"].startswith(status)
    assert told["value"]["unit"] == "purchases"
    assert told["fit"]["status"] in text_of(capsys, path)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--purchase", "moon"),
            "nobody bought: no touchpoint is a moon that is no return; kinds of the log: Pur",
        ),
        (("--until", "2024-01-01"), "nobody bought before 2024-01-01; the first purchase is of 2025-01-0"),
        (("--until", "soon"), "'until' is no date"),
        (("--horizon", "52"), "horizon='52' is no span above 0; give '52w'"),
        (("--margin", "40"), "margin=40.0 is not above 0 and up to 1"),
        (("--discount", "nan"), "rate=nan is no number from 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    capsys: pytest.CaptureFixture[str], orders: Path, words: tuple[str, ...], message: str
) -> None:
    """In one line, with status 2."""
    assert main(["value", str(orders), *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_several_currencies_need_one_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Amounts are never added across currencies."""
    path = tmp_path / "two.csv"
    path.write_text("customer,at,kind,amount,currency\na,2026-01-01,purchase,1,EUR\na,2026-01-09,purchase,1,JPY\n")
    assert main(["value", str(path)]) == 2
    assert "the log has amounts in EUR, JPY" in capsys.readouterr().err


def test_texts_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str], orders: Path) -> None:
    """A control sign in an argument comes back as its escape."""
    assert main(["value", str(orders), "--purchase", "\x1b[2J"]) == 2
    error = capsys.readouterr().err
    assert "\x1b" not in error
    assert "\\x1b[2J" in error


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample of CDNOW is not there: 'make build/cdnow.csv' brings it")
def test_the_published_figures_of_cdnow(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Fader, Hardie and Lee (2005): parameters to the digits printed, and the log-likelihood."""
    rows = [line.split() for line in SAMPLE.read_text("ascii").splitlines()]
    path = tmp_path / "sample.csv"
    lines = [f"{row[1]},{row[2][:4]}-{row[2][4:6]}-{row[2][6:]},{row[4]}" for row in rows]
    path.write_text("\n".join(["customer,at,amount", *lines]) + "\n", "ascii")
    told = document_of(capsys, path, *COLUMNS, "--until", "1997-10-01", "--to-last-day", "--top", "1")
    found = {name: one["value"] for name, one in told["fit"]["parameters"].items()}
    assert found == {
        "r": pytest.approx(0.242595, abs=5e-7),
        "alpha": pytest.approx(4.4136, abs=5e-5),
        "a": pytest.approx(0.7929, abs=5e-5),
        "b": pytest.approx(2.4259, abs=5e-5),
    }
    assert told["fit"]["log_likelihood"] == pytest.approx(-9582.4292, abs=5e-5)
    assert told["purchases"]["customers"] == 2357
    assert told["holdout"]["actual"] == 1882


@pytest.mark.skipif(not CDNOW.is_file(), reason="build/cdnow.csv is not there: 'make build/cdnow.csv' brings it")
def test_the_first_of_a_large_base_have_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    """All 23,570 customers of CDNOW: bounds of totals, and of each customer who is shown, without drawing for all."""
    told = document_of(capsys, CDNOW, "--at", "date", *COLUMNS, "--top", "3", "--until", "1998-01-01")
    assert told["purchases"]["customers"] == 23_570
    assert told["fit"]["status"] == "converged"
    values = [row["value"] for row in told["value"]["top"]]
    assert values == sorted(values, reverse=True)
    assert all(row["value_low"] < row["value"] < row["value_high"] for row in told["value"]["top"])
    assert told["holdout"]["scores"][2]["share_held"] is None
    assert told["holdout"]["scores"][2]["low"] is not None
    assert told["value"]["total"]["low"] < told["value"]["total"]["value"] < told["value"]["total"]["high"]
