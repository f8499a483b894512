"""What the tests of the log share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lifecycle.log import TouchpointLog


def content(log: TouchpointLog) -> dict[str, Any]:
    """All that a log says, as plain values, by customer."""
    block = log.block(0, log.n_customers)
    minor, known = block.read_minor(np.arange(len(block)))
    currency = block.read_currency()
    said: dict[str, Any] = {
        "ids": log.ids().tolist(),
        "starts": log.starts.tolist(),
        "at": block.at.tolist(),
        "kind": [log.kinds[code] for code in block.kind.tolist()],
        "minor": np.where(known, minor, -(10**18)).tolist() if known is not None else minor.tolist(),
        "currency": None if currency is None else [log.currencies[c] if c >= 0 else None for c in currency],
    }
    for name in log.attributes:
        column = block.read_attribute(name)
        assert column is not None
        text = [None] * len(block) if column.text is None else column.text.tolist()
        values: list[Any] = [column.book[code] if code is not None and code >= 0 else None for code in text]
        if column.number is not None:
            assert column.has_number is not None
            for row in np.flatnonzero(column.has_number).tolist():
                values[row] = float(column.number[row])
        said[f"attribute {name}"] = values
    return said


@pytest.fixture
def columns() -> dict[str, Any]:
    """Four touchpoints of three customers, not in order."""
    return {
        "customer": ["bea", "ada", "cleo", "ada"],
        "at": ["2024-01-03", "2024-01-01T10:00:00Z", "2024-02-01 09:00+01:00", "2023-12-01"],
        "kind": ["Order Completed", "login", "order_completed", "login"],
        "amount": [1.5, None, 2.0, None],
        "plan": ["basic", None, "pro", 3],
    }
