"""Columns out of Arrow streams, read by pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle._optional import require
from lifecycle.errors import InvalidArgument

from ._column import Coded, Column, Decimals, Numbers, Objects, Texts, Times, of_values
from ._text import Text

Read = Callable[[Sequence[str]], dict[str, Column]]

_NUMBERS = {
    "int8": np.int8, "int16": np.int16, "int32": np.int32, "int64": np.int64,
    "uint8": np.uint8, "uint16": np.uint16, "uint32": np.uint32, "uint64": np.uint64,
    "halffloat": np.float16, "float": np.float32, "double": np.float64,
}  # fmt: skip


def columns_of_stream(source: Any, name: str | None = None) -> tuple[tuple[str, ...], Read]:
    """The names of the columns of whatever gives an Arrow stream, and how to read some of them.

    Args:
        source: has `__arrow_c_stream__` (or `__arrow_c_array__`, for one column).
        name: reads the source as one column of that name.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    pa = require("pyarrow", extra="frames")
    if name is not None:
        return (name,), lambda wanted: {name: of_chunked(pa.chunked_array(source), name)}
    if isinstance(source, pa.Table):
        return _of_table(source)
    reader = source if isinstance(source, pa.RecordBatchReader) else pa.RecordBatchReader.from_stream(source)
    names = tuple(reader.schema.names)

    def read(wanted: Sequence[str]) -> dict[str, Column]:
        picked = list(wanted)
        schema = pa.schema([reader.schema.field(column) for column in picked])
        table = pa.Table.from_batches([batch.select(picked) for batch in reader], schema=schema)
        return {column: of_chunked(table.column(column), column) for column in picked}

    return _distinct(names), read


def _of_table(table: Any) -> tuple[tuple[str, ...], Read]:
    names = _distinct(tuple(table.column_names))
    return names, lambda wanted: {name: of_chunked(table.column(name), name) for name in wanted}


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidArgument(f"columns have the same name: {twice}")
    return names


def of_chunked(column: Any, name: str) -> Column:
    """The column of a pyarrow ChunkedArray, or of an Array."""
    chunks = list(column.chunks) if hasattr(column, "chunks") else [column]
    parts = [_of_chunk(chunk, name) for chunk in chunks if len(chunk)]
    return joined(parts) if parts else _of_chunk(_empty(column.type), name)


def _empty(kind: Any) -> Any:
    return require("pyarrow", extra="frames").array([], kind)


def _of_chunk(chunk: Any, name: str) -> Column:
    kind, types = chunk.type, require("pyarrow", extra="frames").types
    if types.is_dictionary(kind):
        codes = _fixed(chunk.indices, _NUMBERS[str(kind.index_type)]).astype(np.int64)
        if chunk.indices.null_count:
            codes[~_valid(chunk.indices)] = -1
        return Coded(codes, _of_chunk(chunk.dictionary, name))
    if isinstance(kind, require("pyarrow", extra="frames").BaseExtensionType):
        return _of_chunk(chunk.storage, name)
    if str(kind) in _NUMBERS or types.is_boolean(kind):
        return _of_flags(chunk) if types.is_boolean(kind) else _of_numbers(chunk)
    if types.is_timestamp(kind):
        return Times(_fixed(chunk, np.int64), kind.unit, _mask(chunk), aware=kind.tz is not None)
    if types.is_date32(kind):
        return Times(_fixed(chunk, np.int32).astype(np.int64), "D", _mask(chunk))
    if types.is_date64(kind):
        return Times(_fixed(chunk, np.int64), "ms", _mask(chunk))
    if types.is_string(kind) or types.is_large_string(kind) or str(kind) == "string_view":
        return _of_strings(chunk)
    if types.is_decimal(kind):
        return _of_decimals(chunk)
    return of_values(chunk.to_pylist(), name)


def _mask(chunk: Any) -> npt.NDArray[np.bool_] | None:
    return _valid(chunk) if chunk.null_count else None


def _valid(chunk: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(chunk.is_valid().to_numpy(zero_copy_only=False), np.bool_)


def _fixed(chunk: Any, dtype: Any) -> npt.NDArray[Any]:
    """The values of a chunk without a copy; those under nulls are whatever was there."""
    buffer = chunk.buffers()[1]
    if buffer is None:
        return np.zeros(len(chunk), dtype)
    return np.frombuffer(buffer, dtype, len(chunk), chunk.offset * np.dtype(dtype).itemsize)


def _of_flags(chunk: Any) -> Numbers:
    valid = _mask(chunk)
    values = chunk.to_numpy(zero_copy_only=False)
    # With nulls inside pyarrow gives objects, None among them.
    return Numbers(values if valid is None else values == 1, valid)


def _of_numbers(chunk: Any) -> Numbers:
    values = _fixed(chunk, _NUMBERS[str(chunk.type)])
    return Numbers(
        values.astype(np.float32) if values.dtype.itemsize == 2 and values.dtype.kind == "f" else values,
        _mask(chunk),
    )


def _of_strings(chunk: Any) -> Texts:
    types = require("pyarrow", extra="frames").types
    if not (types.is_string(chunk.type) or types.is_large_string(chunk.type)):
        chunk = chunk.cast("large_string")
    width: Any = np.int64 if types.is_large_string(chunk.type) else np.int32
    _, offsets, data = chunk.buffers()
    if offsets is None:
        return Texts(Text.of([""] * len(chunk)), _mask(chunk))
    ends: npt.NDArray[np.integer] = np.frombuffer(
        offsets, width, len(chunk) + 1, chunk.offset * np.dtype(width).itemsize
    )
    held = np.frombuffer(data, np.uint8) if data is not None and data.size else np.empty(0, np.uint8)
    return Texts(Text.of_offsets(held, ends), _mask(chunk))


def _of_decimals(chunk: Any) -> Column:
    pa = require("pyarrow", extra="frames")
    scale = int(chunk.type.scale)
    if not pa.types.is_decimal128(chunk.type):
        try:
            chunk = chunk.cast(pa.decimal128(38, scale))
        except pa.ArrowInvalid:
            return of_values(chunk.to_pylist(), "decimals")
    halves = _fixed(chunk, np.dtype("V16")).view(np.int64).reshape(-1, 2)
    valid = _mask(chunk)
    low = np.ascontiguousarray(halves[:, 0])
    fits = (halves[:, 1] == low >> 63) & (np.abs(low) < 2**62)
    if not (fits if valid is None else fits | ~valid).all() or not 0 <= scale <= 18:
        return of_values(chunk.to_pylist(), "")
    return Decimals(low, scale, valid)


def joined(parts: Sequence[Column]) -> Column:
    """One column of its chunks."""
    first = parts[0]
    if len(parts) == 1:
        return first
    if any(type(part) is not type(first) for part in parts):
        return Objects(np.concatenate([np.array(part.pick(range(len(part))), np.object_) for part in parts]))
    if isinstance(first, Coded):
        return _joined_codes([part for part in parts if isinstance(part, Coded)])
    if isinstance(first, Objects):
        return Objects(np.concatenate([part.values for part in parts if isinstance(part, Objects)]))
    valid = _joined_masks([(getattr(part, "valid", None), len(part)) for part in parts])
    if isinstance(first, Texts):
        return Texts(Text.concatenate([part.text for part in parts if isinstance(part, Texts)]), valid)
    values = np.concatenate([part.values for part in parts if isinstance(part, (Numbers, Times, Decimals))])
    return attrs.evolve(first, values=values, valid=valid)


def _joined_masks(masks: Iterable[tuple[npt.NDArray[np.bool_] | None, int]]) -> npt.NDArray[np.bool_] | None:
    masks = list(masks)
    if all(mask is None for mask, _ in masks):
        return None
    return np.concatenate([np.ones(length, np.bool_) if mask is None else mask for mask, length in masks])


def _joined_codes(parts: Sequence[Coded]) -> Coded:
    """Chunks may each bring a dictionary of their own; equal ones in a row are kept once."""
    books: list[Column] = []
    codes, shift, held = [], 0, 0
    previous: list[object] | None = None
    for part in parts:
        values = part.book.pick(range(len(part.book)))
        if values != previous:
            shift, held, previous = held, held + len(values), values
            books.append(part.book)
        codes.append(np.where(part.codes >= 0, part.codes + shift, -1))
    return Coded(np.concatenate(codes), joined(books))
