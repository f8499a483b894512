"""A synthetic log with a fixed seed: many customers with few touchpoints, a few with very many, in order of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

KINDS = ("signup", "login", "visit", "feature_use", "purchase", "payment", "ticket", "nps")
_SHARE = (0.30, 0.30, 0.17, 0.08, 0.10, 0.03, 0.02)
_DAY = 86_400_000_000
_BEGIN = 19_358 * _DAY  # 2023-01-01
_END = 20_089 * _DAY  # 2025-01-01
MOST = 10_000


def columns(n_touchpoints: int, n_customers: int, *, seed: int = 20261121) -> dict[str, npt.NDArray[Any]]:
    """A log as columns: customer (sparse int64), at, kind (codes into `KINDS`), amount (float64, NaN for none).

    The number of touchpoints of a customer follows a Pareto law, cut at `MOST`; 24 months, in order of time.
    """
    draw = np.random.default_rng(seed)
    sizes = _sizes(draw, n_touchpoints, n_customers)
    start = _BEGIN + ((_END - _BEGIN) * np.sqrt(draw.random(n_customers)) * 0.98).astype(np.int64)
    life = (draw.exponential(150, n_customers) * _DAY).astype(np.int64) + 7 * _DAY * (sizes > 20)
    code = np.repeat(np.arange(n_customers), sizes)
    first = np.zeros(n_touchpoints, bool)
    first[np.concatenate(([0], np.cumsum(sizes)[:-1]))] = True
    at = start[code] + (draw.random(n_touchpoints) * np.minimum(life, _END - start)[code]).astype(np.int64)
    at[first] = start
    kind = draw.choice(np.arange(1, len(KINDS)), n_touchpoints, p=_SHARE).astype(np.int8)
    kind[first] = 0
    amount = np.where(kind == 4, np.round(draw.lognormal(3.2, 0.9, n_touchpoints), 2), np.nan)
    amount = np.where(kind == 5, draw.choice([9.0, 29.0, 99.0, 499.0], n_customers)[code], amount)
    ids = draw.permutation(np.unique(draw.integers(1 << 39, 1 << 40, n_customers * 2)))[:n_customers]
    order = np.argsort(at, kind="stable")
    return {
        "customer": ids[code[order]],
        "at": at[order].view("M8[us]"),
        "kind": kind[order],
        "amount": amount[order],
    }


def _sizes(draw: np.random.Generator, n_touchpoints: int, n_customers: int) -> npt.NDArray[np.int64]:
    """How many touchpoints each customer has; they sum to `n_touchpoints`, none has more than `MOST`."""
    weight = draw.pareto(1.0, n_customers) + 0.02
    low, high = 0.0, float(n_touchpoints)
    for _ in range(60):  # the scale at which the cut sizes have the wanted sum
        scale = (low + high) / 2
        total = np.clip(weight * scale, 1, MOST).astype(np.int64).sum()
        low, high = (scale, high) if total < n_touchpoints else (low, scale)
    sizes = np.clip(weight * low, 1, MOST).astype(np.int64)
    missing = n_touchpoints - int(sizes.sum())
    sizes[np.flatnonzero(sizes < MOST)[:missing]] += 1
    return sizes


def table(data: dict[str, npt.NDArray[Any]]) -> Any:
    """The columns as a pyarrow table, kinds as a dictionary column, times in UTC."""
    import pyarrow as pa

    return pa.table({
        "customer": data["customer"],
        "at": pa.array(data["at"]).cast(pa.timestamp("us", tz="UTC")),
        "kind": pa.DictionaryArray.from_arrays(pa.array(data["kind"]), list(KINDS)),
        "amount": pa.array(data["amount"], mask=np.isnan(data["amount"])),
    })  # fmt: skip
