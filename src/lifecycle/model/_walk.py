"""The walk through values that nobody has checked yet: bounded, iterative, no foreign code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NoReturn

import attrs

from ._amount import checked_decimal
from ._moment import offset_of
from ._refusal import Refusal, shown, wrong_type

MAX_KEYS: Final = 256
MAX_BYTES: Final = 65_536
MAX_DEPTH: Final = 16
MAX_NODES: Final = 2_000
_INT64: Final = 1 << 63
_NUMBER_BYTES: Final = 8
_WANTED: Final = "None, a bool, number, text, date, list or dict"
_FIELD: Final = "attributes"

Seal = Callable[[dict[str, Any]], Any]
"""Makes the frozen form of a checked mapping."""


@attrs.define
class _Frame:
    """One container on the way down."""

    key: str
    """Its key or index in its parent."""
    waiting: Iterator[tuple[Any, Any]]
    """What of it is still to be read."""
    mapping: dict[str, Any] | None
    """Its copy, when it is a mapping."""
    items: list[Any]
    """Its copy, when it is a list."""


def frozen_values(source: dict[Any, Any], sealed: type, seal: Seal) -> dict[str, Any]:
    """A checked copy of a plain dict: nested dicts sealed, lists as tuples, dates as ISO text.

    Args:
        source: a dict of the exact type.
        sealed: the type that `seal` gives; values of it are walked again, as a dict.
        seal: makes the frozen form of a nested mapping.

    Raises:
        Refusal: `too_many_attributes`, `too_many_nodes`, `too_large`, `too_deep`, `non_str_key`,
            `control_char`, `surrogate`, `int_range`, `not_finite`, `decimal_range`, `naive_datetime`
            or `wrong_type`.
    """
    if len(source) > MAX_KEYS:
        raise Refusal(
            "too_many_attributes",
            _FIELD,
            f"{len(source)} attributes, {MAX_KEYS} allowed; keep those that are asked for",
        )
    frozen: dict[str, Any] = {}
    size = 0
    # The usual touchpoint is flat and short: one loop, no frames. Copied, as another thread may write to it.
    for key, value in source.copy().items():
        if type(key) is not str:
            _refuse_key(key, [])
        kind = type(value)
        if kind is str and len(value) <= MAX_BYTES and value.isascii() and "\0" not in value:
            size += len(value)
        elif kind is bool or value is None:
            size += 1
        elif kind is list or kind is dict or kind is tuple or kind is sealed:
            return _Walk(sealed, seal).run(source.copy())
        else:
            value, more = _checked_scalar(value, [key])
            size += more
        size += len(key) if key.isascii() and "\0" not in key else _text_bytes(key, [key])
        if size > MAX_BYTES:
            _refuse_size()
        frozen[key] = value
    return frozen


class _Walk:
    """A walk with its own stack, so that depth costs no recursion."""

    def __init__(self, sealed: type, seal: Seal) -> None:
        self._sealed = sealed
        self._seal = seal
        self._nodes = 0
        self._bytes = 0
        self._stack: list[_Frame] = []

    def run(self, source: dict[Any, Any]) -> dict[str, Any]:
        self._enter("", source)
        while True:
            frame = self._stack[-1]
            step = next(frame.waiting, None)
            if step is not None:
                self._take(frame, *step)
                continue
            self._stack.pop()
            if not self._stack:
                assert frame.mapping is not None
                return frame.mapping
            done = tuple(frame.items) if frame.mapping is None else self._seal(frame.mapping)
            self._put(self._stack[-1], frame.key, done)

    def _take(self, frame: _Frame, key: Any, value: Any) -> None:
        if frame.mapping is not None:
            if type(key) is not str:
                _refuse_key(key, self._path())
            self._bytes += _text_bytes(key, [*self._path(), key])
        kind = type(value)
        # `in (list, dict)` would compare, and so could run code of a hostile metaclass.
        if kind is list or kind is dict or kind is tuple or kind is self._sealed:
            self._enter(key, value)
            return
        value, size = _checked_scalar(value, [*self._path(), str(key)])
        self._bytes += size
        if self._bytes > MAX_BYTES:
            _refuse_size()
        self._put(frame, key, value)

    def _enter(self, key: Any, container: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise Refusal(
                "too_deep",
                _FIELD,
                f"{_place(self._path())} is nested deeper than {MAX_DEPTH}, or holds itself; flatten it",
            )
        # Counted before it is copied, so that a long list costs nothing.
        self._nodes += len(container)
        if self._nodes > MAX_NODES:
            raise Refusal(
                "too_many_nodes", _FIELD, f"'attributes' hold more than {MAX_NODES} values in all; keep fewer"
            )
        is_mapping = type(container) is dict or type(container) is self._sealed
        pairs = container.items() if is_mapping else enumerate(container)
        self._stack.append(_Frame(str(key), iter(list(pairs)), {} if is_mapping else None, []))

    def _put(self, frame: _Frame, key: str, value: Any) -> None:
        if frame.mapping is None:
            frame.items.append(value)
        else:
            frame.mapping[key] = value

    def _path(self) -> list[str]:
        return [frame.key for frame in self._stack[1:]]


def _checked_scalar(value: Any, path: list[str]) -> tuple[Any, int]:
    """The value in the form that is kept, and how many bytes it counts for."""
    kind = type(value)
    if kind is str:
        return value, _text_bytes(value, path)
    if kind is bool or value is None:
        return value, 1
    if kind is int:
        if not -_INT64 <= value < _INT64:
            raise Refusal("int_range", _FIELD, f"{_place(path)} does not fit 64 bits ({shown(value)}); pass it as text")
        return value, _NUMBER_BYTES
    if kind is float:
        # inf - inf and nan - nan are nan. Adding 0.0 turns -0.0 into 0.0.
        if value - value != 0.0:
            raise Refusal("not_finite", _FIELD, f"{_place(path)} is {value!r}; use None where it is unknown")
        return value + 0.0, _NUMBER_BYTES
    if kind is Decimal:
        return checked_decimal(value, _FIELD, _place(path)), _NUMBER_BYTES
    if kind is datetime:
        return _iso(value, path), _NUMBER_BYTES
    if kind is date:
        return value.isoformat(), _NUMBER_BYTES
    raise wrong_type(value, _FIELD, _WANTED, _place(path))


def _iso(at: datetime, path: list[str]) -> str:
    offset = offset_of(at, _FIELD, _place(path))
    minutes, rest = divmod(offset, timedelta(minutes=1))
    if rest:
        raise Refusal("bad_time_zone", _FIELD, f"the offset of {_place(path)} is no whole minute; convert it to UTC")
    # Not at.isoformat(), which would ask the zone a second time and might hear something else.
    wall = at.replace(tzinfo=None).isoformat()
    return f"{wall}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _text_bytes(text: str, path: list[str]) -> int:
    if len(text) > MAX_BYTES:
        _refuse_size()
    if "\0" in text:
        raise Refusal("control_char", _FIELD, f"{_place(path)} has a NUL character ({shown(text)}); remove it")
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise Refusal(
            "surrogate",
            _FIELD,
            f"{_place(path)} has half of a surrogate pair ({shown(text)}); decode it properly",
        ) from None


def _refuse_key(key: object, path: list[str]) -> NoReturn:
    where = f" of {_place(path)}" if path else ""
    raise Refusal("non_str_key", _FIELD, f"a key{where} is not text ({shown(key)}); pass text keys only")


def _refuse_size() -> NoReturn:
    raise Refusal("too_large", _FIELD, f"'attributes' are larger than {MAX_BYTES} bytes; keep those that are asked for")


def _place(path: list[str]) -> str:
    return f"attribute {' → '.join(shown(part) for part in path)}" if path else "'attributes'"
