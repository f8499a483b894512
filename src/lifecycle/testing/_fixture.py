"""The pytest fixture `walk`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from lifecycle.definition import Definition

from ._walk import Walk


@pytest.fixture
def walk(request: pytest.FixtureRequest) -> Iterator[Callable[..., Walk]]:
    """Begins walks as `Walk` does, for pytest: a test that fails shows the diary of each."""
    made: list[Walk] = []

    def begin(
        definition: Definition,
        customer: str,
        at: str | datetime,
        *,
        begins: str = "welcomed",
        attributes: Mapping[str, Any] | None = None,
    ) -> Walk:
        made.append(Walk(definition, customer, at, begins=begins, attributes=attributes))
        return made[-1]

    yield begin
    for one in made:
        # Shown by pytest where the test failed, and nowhere else.
        request.node.add_report_section("teardown", f"walk of {one.customer.id}", one.why())
