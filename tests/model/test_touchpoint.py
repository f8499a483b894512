"""A touchpoint holds what it was given, checked, and is a value."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidTouchpoint
from lifecycle.model import END_US, FIRST_US, Attributes, Money, Touchpoint, customer_id, moment_us

AT = datetime(2026, 1, 9, 14, tzinfo=UTC)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**9), 10**9, places=4),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def full(**changes: Any) -> Touchpoint:
    """A touchpoint with every field set."""
    fields: dict[str, Any] = {
        "customer": "ada", "kind": "Order Completed", "at": AT, "amount": "59.90", "currency": "EUR",
        "channel": "web", "attributes": {"plan": "gold", "seats": 3}, "id": "e1", "sequence": 2,
    }  # fmt: skip
    return Touchpoint(**(fields | changes))


def test_fields_are_kept_and_derived() -> None:
    """A touchpoint keeps the words of the source and knows key, moment and minor units."""
    made = full()
    assert (made.customer, made.kind, made.kind_key) == ("ada", "Order Completed", "order_completed")
    assert (made.at, made.at_us) == (AT, 1_767_967_200_000_000)
    assert (made.amount, made.currency, made.minor) == (Decimal("59.90"), "EUR", 5990)
    assert made.money == Money(5990, "EUR")
    assert (made.channel, made.id, made.sequence) == ("web", "e1", 2)
    assert made.attribute("plan") == "gold"
    assert made.attribute("unheard") is None


def test_what_is_left_out_is_none() -> None:
    """Only customer, kind and time are needed."""
    made = Touchpoint("ada", "purchase", AT)
    assert made == Touchpoint("ada", "purchase", at=AT)
    assert (made.amount, made.minor, made.money, made.currency) == (None, None, None, None)
    assert (made.channel, made.id, made.sequence, made.attributes) == (None, None, None, {})


def test_an_integer_customer_is_its_text() -> None:
    """The customer 1 is "1" (S3)."""
    assert Touchpoint(1, "purchase", AT) == Touchpoint("1", "purchase", AT)
    assert customer_id(-7) == "-7"
    with pytest.raises(InvalidTouchpoint, match="stands for nobody"):
        customer_id("null")


def test_times_of_every_zone_become_utc() -> None:
    """One moment told in three zones is one touchpoint."""
    tokyo = full(at=datetime(2026, 1, 9, 23, tzinfo=ZoneInfo("Asia/Tokyo")))
    fixed = full(at=datetime(2026, 1, 9, 9, tzinfo=timezone(-timedelta(hours=5))))
    assert tokyo == fixed == full()
    assert tokyo.at.tzinfo is UTC
    assert tokyo.at_us == full().at_us


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 12, 30), timezones=st.timezones()))
def test_the_moment_is_exact_to_the_microsecond(at: datetime) -> None:
    """Whatever the zone, the microseconds lead back to the moment."""
    made = Touchpoint("ada", "purchase", at)
    assert made.at == at.astimezone(UTC)
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=made.at_us) == made.at
    assert made.at_us == moment_us(at)
    assert FIRST_US <= made.at_us < END_US


def test_equality_is_by_value() -> None:
    """Equal fields make equal touchpoints with equal hashes; each field counts."""
    assert full(amount=Decimal("59.9")) == full()
    assert hash(full(amount=Decimal("59.900"))) == hash(full())
    changes: list[dict[str, Any]] = [
        {"customer": "bob"}, {"kind": "order_completed"}, {"at": AT + timedelta(microseconds=1)},
        {"amount": "59.91"}, {"currency": "USD"}, {"channel": None}, {"attributes": {}},
        {"id": "e2"}, {"sequence": 1},
    ]  # fmt: skip
    for change in changes:
        assert full(**change) != full()


def test_a_touchpoint_is_frozen() -> None:
    """Neither fields nor attributes can be changed."""
    made = full()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.customer = "bob"  # type: ignore[misc]
    with pytest.raises(TypeError):
        made.attributes["plan"] = "lead"  # type: ignore[index]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.attributes._values = {}  # type: ignore[misc]


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_a_touchpoint_survives_pickle_and_copy(attributes: dict[str, Any]) -> None:
    """Pickle and deep copy give an equal touchpoint, and so does giving its attributes again."""
    made = full(attributes=attributes)
    assert pickle.loads(pickle.dumps(made)) == made
    assert pickle.loads(pickle.dumps(made)).at_us == made.at_us
    assert copy.deepcopy(made) == made
    assert full(attributes=made.attributes) == made
    assert full(attributes=dict(made.attributes)) == made


def test_attrs_evolve_checks_and_derives_again() -> None:
    """A changed copy has the derived fields of its own values."""
    changed = attrs.evolve(full(), kind="Refund", amount="-1.00")
    assert (changed.kind_key, changed.minor, changed.attributes) == ("refund", -100, full().attributes)
    with pytest.raises(InvalidTouchpoint):
        attrs.evolve(full(), currency=None)


def test_an_error_survives_pickle() -> None:
    """The error crosses process borders with its code and field."""
    with pytest.raises(InvalidTouchpoint) as caught:
        full(at=datetime(2026, 1, 9))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.code, again.field) == (str(caught.value), "naive_datetime", "at")


def test_a_message_says_value_place_and_remedy() -> None:
    """The refusal of a naive time shows the time and what to pass."""
    with pytest.raises(InvalidTouchpoint, match=r"'at' has no time zone \(2026-01-09 00:00:00\); pass an aware time"):
        full(at=datetime(2026, 1, 9))
    with pytest.raises(InvalidTouchpoint, match="attribute 'plan' → 'tags' → '1' must be"):
        full(attributes={"plan": {"tags": ["a", {1}]}})


def test_a_currency_may_stand_alone() -> None:
    """A currency without an amount is kept: a column of one currency has rows without amounts."""
    made = full(amount=None)
    assert (made.currency, made.minor, made.money) == ("EUR", None, None)


def test_the_channel_is_found_as_an_attribute() -> None:
    """The field comes before an attribute of that name."""
    assert full().attribute("channel") == "web"
    assert full(attributes={"channel": "shop"}).attribute("channel") == "web"
    assert full(channel=None, attributes={"channel": "shop"}).attribute("channel") == "shop"


def test_attributes_take_their_kept_form() -> None:
    """Dates become ISO text, lists tuples and dicts Attributes; other values stay as they are."""
    kept = Attributes(
        {
            "renewal": date(2026, 3, 1),
            "met": datetime(2026, 3, 1, 9, 30, tzinfo=ZoneInfo("Asia/Kolkata")),
            "left": datetime(2026, 3, 1, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
            "tags": ["a", ("b", [True])],
            "plan": {"name": "gold", "price": Decimal("9.50")},
            "none": None,
        }
    )
    assert dict(kept) == {
        "renewal": "2026-03-01",
        "met": "2026-03-01T09:30:00+05:30",
        "left": "2026-03-01T00:00:00-03:30",
        "tags": ("a", ("b", (True,))),
        "plan": {"name": "gold", "price": Decimal("9.50")},
        "none": None,
    }
    assert isinstance(kept["plan"], Attributes)
    assert list(kept) == ["renewal", "met", "left", "tags", "plan", "none"]


def test_attributes_are_a_mapping() -> None:
    """Attributes compare with dicts and with each other, and have the members of a mapping."""
    kept = Attributes({"a": 1, "b": "x"})
    assert kept == {"a": 1, "b": "x"}
    assert kept == Attributes({"b": "x", "a": 1})
    assert kept != Attributes({"a": 1})
    assert kept != 3
    assert (len(kept), list(kept.keys()), list(kept.values())) == (2, ["a", "b"], [1, "x"])
    assert "a" in kept
    assert kept.get("c") is None
    assert repr(kept) == "Attributes({'a': 1, 'b': 'x'})"
    assert Attributes() == {}
    with pytest.raises(InvalidTouchpoint, match="'attributes' must be a dict"):
        Attributes([("a", 1)])  # type: ignore[arg-type]
