"""Where columns come from: mappings and dataframes, without importing any dataframe library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeGuard

import attrs
import numpy as np

from lifecycle.errors import InvalidArgument

from ._arrow import columns_of_stream
from ._column import Coded, Column, Numbers, Times, of_array, of_values


@attrs.frozen
class Source:
    """Named columns, read when they are asked for."""

    names: tuple[str, ...]
    """The names of all columns."""
    columns: Callable[[Sequence[str]], dict[str, Column]]
    """Reads some of them."""
    index: tuple[str, ...] = ()
    """What pandas keeps in the index, where it is no column."""


def source_of_columns(columns: Mapping[str, object]) -> Source:
    """The columns of a mapping.

    Raises:
        InvalidArgument: it is no mapping from texts.
    """
    if not isinstance(columns, Mapping):
        raise InvalidArgument(
            f"columns is a {type(columns).__name__}; pass a mapping from names to arrays, or use from_frame"
        )
    names = tuple(columns)
    if not all(isinstance(name, str) for name in names):
        raise InvalidArgument("the names of columns must be texts")
    return Source(names, lambda wanted: {name: of_any(columns[name], name) for name in wanted})


def source_of_frame(frame: object) -> Source:
    """The columns of a dataframe.

    Raises:
        InvalidArgument: it is no dataframe, or a lazy one.
    """
    if isinstance(frame, Mapping):
        return source_of_columns(frame)
    if _is_pandas(frame, "DataFrame"):
        return _of_pandas(frame)
    if hasattr(frame, "__arrow_c_stream__"):
        return _of_stream(frame)
    for method in ("collect", "compute"):
        if callable(getattr(frame, method, None)):
            raise InvalidArgument(f"{_kind_of(frame)} is lazy; call .{method}() first")
    raise InvalidArgument(
        f"{_kind_of(frame)} is no dataframe: it has no __arrow_c_stream__; use from_columns with arrays"
    )


def _kind_of(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _is_pandas(value: object, name: str) -> TypeGuard[Any]:
    """Whether a value is of a class of pandas, told by name so that pandas is not imported."""
    return any(c.__name__ == name and c.__module__.partition(".")[0] == "pandas" for c in type(value).__mro__)


def _of_stream(frame: object) -> Source:
    names, read = columns_of_stream(frame)
    return Source(names, read)


def of_any(value: object, name: str) -> Column:
    """The column of an array, a sequence, or a column of a dataframe library.

    Raises:
        InvalidArgument: it is none of these.
    """
    if isinstance(value, np.ndarray):
        return of_array(value, name)
    if _is_pandas(value, "Series") or _is_pandas(value, "Index"):
        return of_pandas(value, name)
    if hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__"):
        _, read = columns_of_stream(value, name)
        return read([name])[name]
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise InvalidArgument(
            f"column {name!r} is a {type(value).__name__}; pass an array or a list. One text for all rows "
            "is given by the argument, as kind='=purchase'"
        )
    if hasattr(value, "__array__") and not isinstance(value, Sequence):
        return of_array(np.asarray(value), name)
    return of_values(list(value), name)


def _of_pandas(frame: Any) -> Source:
    names = tuple(frame.columns)
    if not all(isinstance(name, str) for name in names):
        raise InvalidArgument(
            f"the names of columns must be texts, not {[n for n in names if not isinstance(n, str)][:5]}"
        )
    if len(set(names)) < len(names):
        raise InvalidArgument(f"columns have the same name: {sorted({n for n in names if names.count(n) > 1})}")

    def read(wanted: Sequence[str]) -> dict[str, Column]:
        return {name: of_pandas(frame[name], name) for name in wanted}

    hidden = tuple(str(name) for name in frame.index.names if name is not None)
    return Source(names, read, hidden)


def of_pandas(series: Any, name: str) -> Column:
    """The column of a pandas Series; pyarrow is used only where pandas itself does."""
    dtype = series.dtype
    if hasattr(dtype, "categories"):
        categories = series.array
        return Coded(np.asarray(categories.codes), of_pandas(categories.categories, name))
    if isinstance(dtype, np.dtype):
        return of_array(series.to_numpy(), name)
    if getattr(dtype, "tz", None) is not None:
        # Converting to a numpy time takes the moments to UTC.
        unit = str(dtype.unit)
        return Times(series.to_numpy(dtype=f"M8[{unit}]").view(np.int64), unit, None, aware=True)
    array = series.array
    if hasattr(array, "__arrow_array__") and getattr(dtype, "storage", "pyarrow") == "pyarrow" and _is_arrow(dtype):
        _, read = columns_of_stream(array.__arrow_array__(), name)
        return read([name])[name]
    if getattr(dtype, "kind", "O") in "biuf":
        missing = np.asarray(series.isna())
        values = (
            series.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
            if missing.any()
            else series.to_numpy(dtype.numpy_dtype)
        )
        return Numbers(values, ~missing if missing.any() else None)
    return of_values(series.to_numpy(dtype=object).tolist(), name)


def _is_arrow(dtype: Any) -> bool:
    """Whether pandas keeps the values in pyarrow: ArrowDtype, and the text type with that storage."""
    return type(dtype).__name__ == "ArrowDtype" or getattr(dtype, "storage", None) == "pyarrow"
