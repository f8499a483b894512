"""Kinds of touchpoints are compared without case, separators and camel humps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import InvalidArgument
from lifecycle.model import normalise_kind


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Order Completed", "order_completed"),
        ("order_completed", "order_completed"),
        ("OrderCompleted", "order_completed"),
        ("orderCompleted", "order_completed"),
        ("order-completed", "order_completed"),
        ("order.completed", "order_completed"),
        ("order:completed", "order_completed"),
        ("order/completed", "order_completed"),
        ("  ORDER \u3000 COMPLETED ", "order_completed"),
        ("__order__completed__", "order_completed"),
        ("ordercompleted", "ordercompleted"),
        ("NPSScore", "nps_score"),
        ("HTTPRequestSent", "http_request_sent"),
        ("nps", "nps"),
        ("NPS", "nps"),
        ("Plan2Upgraded", "plan2_upgraded"),
        ("v2.1", "v2_1"),
        ("$pageview", "$pageview"),
        ("購入", "購入"),
        ("購入 完了", "購入_完了"),
        ("ÉtéFini", "été_fini"),
        ("заказВыполнен", "заказ_выполнен"),
        ("🎉", "🎉"),
    ],
)
def test_a_kind_has_one_key(text: str, key: str) -> None:
    """Spellings of one kind share its key; letters of every script stay."""
    assert normalise_kind(text) == key


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_a_key_is_its_own_key(text: str) -> None:
    """Normalising twice changes nothing, whatever the letters."""
    try:
        key = normalise_kind(text)
    except InvalidArgument:
        return
    assert normalise_kind(key) == key


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=4))
def test_every_way_to_join_words_is_one_kind(words: list[str]) -> None:
    """Words joined by any separator, in lower case, capitals or upper case, are the same kind."""
    expected = "_".join(words)
    for separator in " _-.:/\t".replace("\t", "\u00a0"):
        assert normalise_kind(separator.join(words)) == expected
        assert normalise_kind(separator.join(words).upper()) == expected
        assert normalise_kind(separator.join(word.capitalize() for word in words)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'kind' is empty"),
        (" ", "'kind' is empty"),
        ("-_-", "only separators"),
        ("a\nb", "U\\+000A"),
        ("a" * 201, "longer than 200 bytes"),
        (3, "must be text, not int"),
    ],
)
def test_a_text_that_is_no_kind_is_refused(text: str, message: str) -> None:
    """What cannot be a kind is an invalid argument, with the reason."""
    with pytest.raises(InvalidArgument, match=message):
        normalise_kind(text)
