"""A customer as JSON and back (extra `json`)."""

from __future__ import annotations

import json
from typing import Any

from lifecycle._optional import require
from lifecycle.errors import InvalidArgument
from lifecycle.model import Customer


def customer_to_json(customer: Customer) -> str:
    """The customer as JSON text.

    Raises:
        MissingExtra: cattrs is not installed.
    """
    converter = require("cattrs", extra="json").Converter()
    return json.dumps(converter.unstructure(customer), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def customer_from_json(text: str) -> Customer:
    """The customer that a text holds.

    Raises:
        InvalidArgument: the text is no customer; nothing of it is used.
        MissingExtra: cattrs is not installed.
    """
    converter = require("cattrs", extra="json").Converter(forbid_extra_keys=True)
    converter.register_structure_hook_func(lambda kind: kind == tuple[Any, ...], lambda value, _: _tuples(value))
    try:
        customer: Customer = converter.structure(json.loads(text), Customer)
    except Exception as error:
        raise InvalidArgument(
            f"the text is no customer: {type(error).__name__}; use what customer_to_json wrote"
        ) from error
    return customer


def _tuples(value: Any) -> Any:
    """Lists of JSON as the tuples they were."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
