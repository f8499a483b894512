"""Purchases at every k-th stage of a random process, counted by the k roots of unity."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
ComplexArray: TypeAlias = npt.NDArray[np.complex128]
OfRoots: TypeAlias = Callable[[int, int, FloatArray, tuple[FloatArray, FloatArray]], FloatArray]


def purchases(k: int, wait: int, falls: FloatArray, rate: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Expected purchases up to the time u · alpha, where the rate of stages is Gamma(r, alpha).

    Args:
        k: stages between two purchases.
        wait: stages before the one with which the next purchase comes.
        falls: -ln s; s to the power of k is the chance to stay.
        rate: r and u.
    """
    total = np.zeros(np.broadcast_shapes(falls.shape, rate[0].shape), np.complex128)
    for turn in _turns(k):
        total += np.exp(-wait * turn) * _passed(-np.expm1(turn - falls), *rate)
    return np.asarray(np.maximum(np.exp(wait * falls) * total.real / k, 0.0))


def pairs(k: int, wait: int, falls: FloatArray, rate: tuple[FloatArray, FloatArray]) -> FloatArray:
    """The mean of N (N - 1) for the purchases N up to then."""
    total = np.zeros(np.broadcast_shapes(falls.shape, rate[0].shape), np.complex128)
    for turn in _turns(k):
        lost = -np.expm1(turn - falls)
        total -= np.exp(-wait * turn) * (
            np.exp(turn - falls) * _passed_slope(lost, *rate) + wait * _passed(lost, *rate)
        )
    return np.asarray(np.maximum(2 * np.exp(wait * falls) * total.real / k**2, 0.0))


def _turns(k: int) -> ComplexArray:
    """The logarithms of the k roots of unity."""
    return np.asarray(2j * np.pi * np.arange(k) / k, np.complex128)


def _passed(lost: ComplexArray, r: FloatArray, u: FloatArray) -> ComplexArray:
    """(1 - (1 + c u)^-r) / c, the limit r u where c is near 0."""
    step = lost * u
    near = np.abs(step) * (r + 2) < 1e-4
    safe = np.where(near, 1.0, step)
    exact = -np.expm1(-r * np.log1p(safe)) / safe
    rough = r * (1 - (r + 1) * step / 2 * (1 - (r + 2) * step / 3 * (1 - (r + 3) * step / 4)))
    return np.asarray(u * np.where(near, rough, exact), np.complex128)


def _passed_slope(lost: ComplexArray, r: FloatArray, u: FloatArray) -> ComplexArray:
    """Its derivative by c."""
    step = lost * u
    near = np.abs(step) * (r + 2) < 1e-3
    safe = np.where(near, 1.0, step)
    length = np.log1p(safe)
    exact = (r * safe * np.exp(-(r + 1) * length) + np.expm1(-r * length)) / (safe * safe)
    rough = (
        -r * (r + 1) / 2 * (1 - 2 * (r + 2) * step / 3 * (1 - 3 * (r + 3) * step / 8 * (1 - 4 * (r + 4) * step / 15)))
    )
    return np.asarray(u * u * np.where(near, rough, exact), np.complex128)
