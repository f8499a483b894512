"""Facts for machines that are built inside a test."""

from __future__ import annotations

import pytest

from lifecycle.rules import Context, Count, FactSet, Flag, Last, bind_facts


@pytest.fixture(scope="session")
def facts() -> FactSet:
    """Two counts, a flag and a date."""
    declared = {
        "logins": Count("login"),
        "tickets": Count("ticket"),
        "paid": Flag("paid"),
        "renewal": Last("profile_set", of="renewal", type="date"),
        "plan": Last("profile_set", of="plan", type="text"),
    }
    return bind_facts(declared, Context({}, None, 2))
