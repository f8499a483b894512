"""Maxima of functions whose maximum is known, and of functions that have none."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest

from lifecycle.value._maximise import BOUND, maximise

FloatArray: TypeAlias = npt.NDArray[np.float64]


def _hill(logs: FloatArray) -> tuple[float, FloatArray]:
    """Concave: the maximum is at (1, -2), the covariance there is the inverse of `_CURVE`."""
    away = logs - [1.0, -2.0]
    return float(-0.5 * away @ _CURVE @ away), -_CURVE @ away


_CURVE = np.array([[3.0, 1.0], [1.0, 2.0]])


def test_finds_the_top_of_a_hill() -> None:
    """Point, value, curvature and covariance of a quadratic function, in very few steps."""
    found = maximise(_hill, [5.0, 5.0])
    assert found.status == "converged"
    assert found.point == pytest.approx([1.0, -2.0], abs=1e-9)
    assert found.value == pytest.approx(0.0, abs=1e-12)
    assert found.hessian == pytest.approx(-_CURVE, rel=1e-6)
    assert found.covariance == pytest.approx(np.linalg.inv(_CURVE), rel=1e-6)
    assert found.iterations < 10


def test_climbs_out_of_a_region_that_is_not_concave() -> None:
    """Far from its top a bell curve is convex: a plain Newton step would go downhill."""

    def bell(logs: FloatArray) -> tuple[float, FloatArray]:
        value = float(np.exp(-0.5 * (logs @ logs)))
        return value, -logs * value

    found = maximise(bell, [3.0, -2.5])
    assert found.status == "converged"
    assert found.point == pytest.approx([0.0, 0.0], abs=1e-4)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_slope_without_a_top_is_a_boundary(sign: float) -> None:
    """The second parameter is pulled without end: it stops at the bound, and is named; the first is as before."""

    def slope(logs: FloatArray) -> tuple[float, FloatArray]:
        return float(-((logs[0] - 1) ** 2) + sign * logs[1]), np.array([-2 * (logs[0] - 1), sign])

    found = maximise(slope, [0.0, 0.0])
    assert found.status == "boundary"
    assert found.boundary == (1,)
    assert found.point == pytest.approx([1.0, sign * BOUND])
    assert found.covariance[0, 0] == pytest.approx(0.5, rel=1e-6)
    assert np.isnan(found.covariance[1]).all()


def test_a_ridge_names_all_of_its_parameters() -> None:
    """Only the ratio of two parameters matters: neither of them is known."""

    def ridge(logs: FloatArray) -> tuple[float, FloatArray]:
        away = logs[0] - logs[1] - 1
        return float(-away * away), np.array([-2 * away, 2 * away])

    found = maximise(ridge, [0.0, 0.0])
    assert found.boundary == (0, 1)
    assert found.point[0] - found.point[1] == pytest.approx(1.0)
    assert np.isnan(found.covariance).all()


def test_a_function_that_breaks_off_gives_a_status() -> None:
    """Where the function is not finite the step is shortened; what cannot be climbed says so and does not raise."""

    def cliff(logs: FloatArray) -> tuple[float, FloatArray]:
        value = float(logs[0]) if logs[0] < 1 else np.nan
        return value, np.ones(1)

    found = maximise(cliff, [0.0])
    assert found.status != "converged"
    assert np.isfinite(found.point).all()
    assert found.value < 1


def test_arrays_are_read_only() -> None:
    """What was found cannot be changed by hand."""
    with pytest.raises(ValueError, match="read-only"):
        maximise(_hill, [0.0, 0.0]).point[0] = 3.0
