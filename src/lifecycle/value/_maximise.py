"""The largest value of a log-likelihood over positive parameters: damped Newton steps on their logarithms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
ValueAndGradient: TypeAlias = Callable[[FloatArray], tuple[float, FloatArray]]

BOUND: Final = 20.0
OTHER_HILL: Final = np.array([1.5, 1.5, -1.5, -1.5])  # more alike in buying, less in leaving
OTHER_HILL.flags.writeable = False
_MOST_STEPS: Final = 200
_MOST_HALVINGS: Final = 40
_LONGEST_STEP: Final = 2.0  # along one direction of the logarithms: a factor of 7
_ENOUGH: Final = 1e-9  # what another step could still add to the log-likelihood
_NEAR: Final = 1e-2
_UNKNOWN: Final = 30.0  # a standard error of a logarithm from which nothing is known of the parameter
_FORWARD: Final = 1e-6
_CENTRAL: Final = 1e-4


@attrs.frozen(eq=False)
class Maximum:
    """Where a log-likelihood is largest, and how well that is known."""

    point: FloatArray
    """The logarithms of the parameters; shape (k,)."""
    value: float
    """The log-likelihood there."""
    gradient: FloatArray
    """Its derivatives there, by the logarithms."""
    hessian: FloatArray
    """Its second derivatives there, by the logarithms; shape (k, k)."""
    covariance: FloatArray
    """Of the logarithms; nan in the rows and columns of parameters at a boundary."""
    iterations: int
    """How many Newton steps were made."""
    status: Literal["converged", "boundary", "not converged"]
    """'boundary': some parameters grow or shrink without end, or nothing is known of them."""
    boundary: tuple[int, ...]
    """The places of these parameters."""


def maximise(target: ValueAndGradient, start_log: npt.ArrayLike, *, bound: float = BOUND) -> Maximum:
    """The maximum of a smooth function of positive parameters; never an exception, never a value that is not finite.

    Args:
        target: gives the log-likelihood and its gradient at the logarithms of the parameters.
        start_log: where to start; shape (k,).
        bound: no logarithm gets farther from 0 than this.

    Returns:
        The best point found; look at its status.
    """
    point = np.clip(np.asarray(start_log, dtype=np.float64), -bound, bound)
    value, gradient = target(point)
    done, steps, gain = False, 0, np.inf
    hessian = np.zeros((len(point), len(point)))
    while not done and steps < _MOST_STEPS and np.isfinite(value):
        steps += 1
        pinned = (np.abs(point) >= bound) & (gradient * point > 0)
        if pinned.all():
            done = True
            break
        if gain > _NEAR:  # nearer to the top the last one is good enough
            hessian = _forward_hessian(target, point, gradient)
        step, gain = _newton_step(hessian, gradient, ~pinned)
        # A last step is made where it can still be counted, so that the parameters are as exact as the gradient.
        done = gain < _ENOUGH
        found = _line_search(target, point, value, step, gradient, bound)
        if found is None:
            done = done or gain < 1e-6 * max(1.0, abs(value)) ** 0.5
            break
        point, value, gradient = found
    return _told(target, (point, value, gradient), steps, done=done, bound=bound)


def maximise_from(target: ValueAndGradient, starts: Sequence[npt.ArrayLike], *, bound: float = BOUND) -> Maximum:
    """The highest of the maxima from several starts; no more are tried once one is an inner maximum.

    Few customers can make two hills: one inside, and one that rises slowly to a boundary.

    Args:
        target: as for `maximise`.
        starts: one or more.
        bound: as for `maximise`.
    """
    best = maximise(target, starts[0], bound=bound)
    for start in starts[1:]:
        if best.status == "converged":
            break
        other = maximise(target, start, bound=bound)
        if other.value > best.value + 1e-6 or (other.status == "converged" and other.value > best.value - 1e-6):
            best = other
    return best


def _newton_step(hessian: FloatArray, gradient: FloatArray, free: npt.NDArray[np.bool_]) -> tuple[FloatArray, float]:
    """The step over the free parameters, uphill also where the function is not concave, and what it promises."""
    values, vectors = np.linalg.eigh(hessian[np.ix_(free, free)])
    along = vectors.T @ gradient[free]
    # Each direction is held back by itself, so that one in which the function is flat does not stop the others.
    curve = np.maximum(np.maximum(np.abs(values), np.abs(along) / _LONGEST_STEP), 1e-300)
    step = np.zeros_like(gradient)
    step[free] = vectors @ (along / curve)
    return step, 0.5 * float(np.sum(along * along / curve))


def _line_search(
    target: ValueAndGradient, point: FloatArray, value: float, step: FloatArray, gradient: FloatArray, bound: float
) -> tuple[FloatArray, float, FloatArray] | None:
    noise = 1e-13 * max(1.0, abs(value))
    for halving in range(_MOST_HALVINGS):
        trial = np.clip(point + step * 0.5**halving, -bound, bound)
        if np.array_equal(trial, point):
            return None
        found, slope = target(trial)
        expected = 1e-4 * float(gradient @ (trial - point))
        if np.isfinite(found) and np.isfinite(slope).all() and found >= value + max(expected, 0.0) - noise:
            return trial, found, slope
    return None


def _forward_hessian(target: ValueAndGradient, point: FloatArray, gradient: FloatArray) -> FloatArray:
    rows = [(target(point + _FORWARD * side)[1] - gradient) / _FORWARD for side in np.eye(len(point))]
    return _symmetric(np.array(rows))


def _central_hessian(target: ValueAndGradient, point: FloatArray) -> FloatArray:
    sides = np.eye(len(point)) * _CENTRAL
    rows = [(target(point + side)[1] - target(point - side)[1]) / (2 * _CENTRAL) for side in sides]
    return _symmetric(np.array(rows))


def _symmetric(matrix: FloatArray) -> FloatArray:
    clean = np.nan_to_num(matrix, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(0.5 * (clean + clean.T))


def _told(
    target: ValueAndGradient, found: tuple[FloatArray, float, FloatArray], steps: int, *, done: bool, bound: float
) -> Maximum:
    point, value, gradient = found
    hessian = _central_hessian(target, point)
    lost = (np.abs(point) >= bound - 1e-6) | _unknown(hessian)
    covariance = np.full_like(hessian, np.nan)
    known = np.flatnonzero(~lost)
    if len(known):
        covariance[np.ix_(known, known)] = np.linalg.inv(-hessian[np.ix_(known, known)])
    boundary = tuple(int(i) for i in np.flatnonzero(lost))
    status: Literal["converged", "boundary", "not converged"] = "boundary" if boundary else "converged"
    for array in (point, gradient, hessian, covariance):
        array.flags.writeable = False
    return Maximum(
        point, value, gradient, hessian, covariance, steps, status if done or boundary else "not converged", boundary
    )


def _unknown(hessian: FloatArray) -> npt.NDArray[np.bool_]:
    """Which parameters lie along a direction in which the function is flat or does not fall."""
    values, vectors = np.linalg.eigh(hessian)
    flat = -values < _UNKNOWN**-2
    return np.asarray((np.abs(vectors[:, flat]) > 0.2).any(axis=1))
