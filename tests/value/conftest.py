"""Real purchases for the tests of this room: the tenth of the CDNOW log on which the published figures stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle.log import TouchpointLog
from lifecycle.value import Purchases, purchases

DATASETS = Path(__file__).parents[2] / "build" / "lifetimes" / "lifetimes" / "datasets"


def _lines(name: str) -> list[str]:
    source = DATASETS / name
    if not source.is_file():
        pytest.skip(f"{source} is not there: 'make build/cdnow.csv' brings it")
    return source.read_text(encoding="ascii").splitlines()


@pytest.fixture(scope="session")
def cdnow() -> TouchpointLog:
    """The CDNOW sample: 6,919 purchases of 2,357 customers from 1997-01-01 to 1998-06-30, those of 0 dollars too."""
    rows = [line.split() for line in _lines("CDNOW_sample.txt")]
    days = [f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in rows]
    columns = {"customer": [str(int(row[1])) for row in rows], "at": days, "amount": [row[4] for row in rows]}
    return TouchpointLog.from_columns(columns, kind="=purchase", currency="=USD")


@pytest.fixture(scope="session")
def cdnow_39_weeks(cdnow: TouchpointLog) -> Purchases:
    """The first 39 weeks, up to and with 1997-09-30; ages count to that day, as in the papers."""
    return purchases(cdnow, until="1997-10-01", age_on="1997-09-30")


@pytest.fixture(scope="session")
def cdnow_78_weeks(cdnow: TouchpointLog) -> Purchases:
    """All 78 weeks, up to and with 1998-06-30; ages count to that day."""
    return purchases(cdnow, until="1998-07-01", age_on="1998-06-30")


@pytest.fixture(scope="session")
def example_purchases() -> Purchases:
    """The example log of the lifetimes package: 5,000 customers in 2014, up to and with 2014-12-31."""
    rows = [line.split(",") for line in _lines("example_transactions.csv")[1:]]
    columns = {"customer": [row[1] for row in rows], "at": [row[0][:10] for row in rows]}
    log = TouchpointLog.from_columns(columns, kind="=purchase")
    return purchases(log, until="2015-01-01", age_on="2014-12-31")
