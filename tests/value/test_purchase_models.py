"""What holds for every model of purchases: laws of chance, units, splits, and the ends of the range."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.value import BgNbd, Discount, MbgCnbd, MbgNbd, Nbd, ParetoNbd, PurchaseModel, Purchases, PurchaseTally

MODELS: list[PurchaseModel] = [
    BgNbd(0.243, 4.414, 0.793, 2.426),
    BgNbd(0.9, 12.0, 0.3, 0.4),
    BgNbd(0.9, 12.0, 1.0, 2.0),
    MbgNbd(0.525, 6.183, 0.891, 1.614),
    ParetoNbd(0.553, 10.58, 0.606, 11.66),
    ParetoNbd(0.8, 5.0, 1.0, 30.0),
    Nbd(0.385, 12.07),
    MbgCnbd(1, 0.525, 6.183, 0.891, 1.614),
    MbgCnbd(3, 0.525, 2.0, 0.891, 1.614),
]
HISTORIES = ((0, 0, 0), (0, 0, 30), (1, 5, 30), (6, 25, 30))
each_model = pytest.mark.parametrize("model", MODELS, ids=repr)
each_kind = pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd, Nbd], ids=lambda kind: kind.__name__)


@each_model
def test_chances_of_counts_are_a_distribution(model: PurchaseModel) -> None:
    """They sum to 1; their mean and variance are what the model says directly; 1e-9, where the sum is cut."""
    n = np.arange(3000)
    chances = model.purchase_probability(n, 52)
    mean = float(chances @ n)
    assert float(chances.sum()) == pytest.approx(1.0, abs=1e-9)
    assert float(model.expected_purchases(52)) == pytest.approx(mean, rel=1e-9)
    assert float(model.predictive_variance(0, 0, 0, 52)) == pytest.approx(float(chances @ n**2) - mean**2, rel=1e-9)
    assert float(model.p_no_purchase(0, 0, 0, 52)) == pytest.approx(chances[0], rel=1e-12)


@each_model
def test_draws_have_the_moments_of_the_model(model: PurchaseModel) -> None:
    """200,000 futures of four customers: mean, variance and share of none, within five standard errors."""
    x, t_x, age = (np.array(column, float) for column in zip(*HISTORIES, strict=True))
    drawn = model.draw_future(x, t_x, age, 26, np.random.default_rng(5), 200_000)
    assert drawn.shape == (200_000, 4)
    mean, variance = model.conditional_purchases(x, t_x, age, 26), model.predictive_variance(x, t_x, age, 26)
    none = model.p_no_purchase(x, t_x, age, 26)
    assert (np.abs(drawn.mean(axis=0) - mean) < 5 * np.sqrt(variance / 200_000)).all()
    assert drawn.var(axis=0) == pytest.approx(variance, rel=0.08)
    assert (np.abs((drawn == 0).mean(axis=0) - none) < 5 * np.sqrt(none * (1 - none) / 200_000)).all()


@each_model
def test_draws_are_those_of_their_seed(model: PurchaseModel) -> None:
    """The same generator gives the same futures."""
    one, two = (model.draw_future([2, 0], [3, 0], [9, 9], 26, np.random.default_rng(1), 50) for _ in range(2))
    assert one.tolist() == two.tolist()


@each_model
def test_no_time_brings_no_purchase(model: PurchaseModel) -> None:
    """Within the time 0 nothing happens, for certain."""
    for history in HISTORIES:
        assert float(model.conditional_purchases(*history, 0)) == 0.0
        assert float(model.predictive_variance(*history, 0)) == 0.0
        assert float(model.p_no_purchase(*history, 0)) == pytest.approx(1.0, abs=1e-15)
    assert model.purchase_probability([0, 1, 5], 0).tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-15)


@each_model
def test_discounting_at_nothing_is_counting(model: PurchaseModel) -> None:
    """Rate 0 within a horizon of 39 weeks gives the purchases of 39 weeks."""
    none = Discount(0.0, horizon=(39, "week"))
    for history in HISTORIES:
        counted = float(model.conditional_purchases(*history, 39))
        assert float(model.discounted_purchases(*history, none)) == pytest.approx(counted, rel=1e-9)


@each_model
def test_discounting_is_the_integral_over_time(model: PurchaseModel) -> None:
    """By parts: the discount times the purchases up to each moment, by plain sums over the logarithm of time."""
    weekly = Discount(0.05, per="week", compounding="continuous")
    scaled = np.exp(np.linspace(-25, 4, 401))
    weights = np.exp(-scaled) * scaled * (29 / 400)
    for x, t_x, age in HISTORIES:
        slow = float(weights @ model.conditional_purchases(x, t_x, age, scaled / 0.05))
        assert float(model.discounted_purchases(x, t_x, age, weekly)) == pytest.approx(slow, rel=1e-8)


@each_model
def test_arrays_broadcast_and_each_is_as_alone(model: PurchaseModel) -> None:
    """A column of customers times a row of spans; the inputs stay as they were."""
    x, t_x, age = (np.array(column, float)[:, None] for column in zip(*HISTORIES, strict=True))
    t = np.array([1.0, 39.0, 200.0])
    found = model.conditional_purchases(x, t_x, age, t)
    assert found.shape == (4, 3)
    for (i, history), (j, span) in product(enumerate(HISTORIES), enumerate(t.tolist())):
        assert found[i, j] == pytest.approx(float(model.conditional_purchases(*history, span)), rel=1e-12)
    assert t.tolist() == [1.0, 39.0, 200.0]
    assert model.p_alive([], [], []).shape == (0,)
    assert model.conditional_purchases([], [], [], 3).shape == (0,)


@each_kind
def test_any_split_gives_the_same_fit(kind: type[BgNbd], cdnow_39_weeks: Purchases) -> None:
    """Tallies of four parts of the customers, added up: bit for bit the fit of the whole."""
    p = cdnow_39_weeks
    parts = [PurchaseTally.of(p.x[i::4], p.last_days[i::4], p.age_days[i::4]) for i in range(4)]
    whole, merged = kind.fit(p.tally()), kind.fit(parts[2] + parts[0] + parts[3] + parts[1])
    assert merged.parameters == whole.parameters
    assert merged.log_likelihood == whole.log_likelihood
    assert merged.data_digest == whole.data_digest


@each_kind
def test_the_unit_changes_no_prediction(kind: type[BgNbd], cdnow_39_weeks: Purchases) -> None:
    """In days, weeks and years: the same future; log-likelihoods differ by the purchases times ln of the unit."""
    tally = cdnow_39_weeks.tally()
    weeks, days, years = (kind.fit(tally, unit=unit) for unit in ("week", "day", "year"))
    expected = float(weeks.model.conditional_purchases(2, 10, 30, 26))
    assert float(days.model.conditional_purchases(2, 70, 210, 182)) == pytest.approx(expected, rel=1e-9)
    assert float(years.model.conditional_purchases(2, 70 / 365, 210 / 365, 182 / 365)) == pytest.approx(
        expected, rel=1e-9
    )
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - 2457 * np.log(7), rel=1e-12)
    for fit in (weeks, days, years):
        assert fit.model.log_likelihood(tally) == pytest.approx(fit.log_likelihood, rel=1e-12)


@each_kind
def test_a_fit_is_no_lower_than_its_neighbours(kind: type[BgNbd], cdnow_39_weeks: Purchases) -> None:
    """Each parameter moved by 2 % to either side gives a lower log-likelihood."""
    tally = cdnow_39_weeks.tally()
    fit = kind.fit(tally)
    for name, factor in product(fit.parameters, (0.98, 1.02)):
        moved = {**fit.parameters, name: fit.parameters[name] * factor}
        assert kind(**moved).log_likelihood(tally) < fit.log_likelihood


def _bought(model: PurchaseModel, n: int, seed: int) -> PurchaseTally:
    """Customers drawn from the assumptions themselves, in days, each known for 100 to 500 of them."""
    rng = np.random.default_rng(seed)
    age, parameters = rng.integers(100, 501, n), model.parameters
    rate = rng.gamma(parameters["r"], 1 / parameters["alpha"], n)
    left = rng.exponential(1, n) / rng.gamma(parameters["s"], 1 / parameters["beta"], n) if "s" in parameters else None
    chance = rng.beta(parameters["a"], parameters["b"], n) if "a" in parameters else np.zeros(n)
    x, last, now = np.zeros(n, int), np.zeros(n, int), np.zeros(n)
    live = np.arange(n) if not isinstance(model, MbgNbd) else np.flatnonzero(rng.random(n) > chance)
    while len(live):
        now[live] += rng.exponential(1 / rate[live])
        live = live[now[live] <= (age if left is None else np.minimum(age, left))[live]]
        day = np.ceil(now[live]).astype(int)
        x[live] += day > last[live]
        last[live] = day
        live = live[rng.random(len(live)) > chance[live]]
    return PurchaseTally.of(x, last, age)


@pytest.mark.parametrize(
    "model",
    [
        BgNbd(0.8, 60.0, 0.8, 2.5, "day"),
        MbgNbd(0.8, 60.0, 0.8, 2.5, "day"),
        ParetoNbd(0.8, 60.0, 0.6, 80.0, "day"),
        Nbd(0.8, 60.0, "day"),
    ],
    ids=repr,
)
def test_a_fit_finds_the_parameters_behind_the_customers(model: BgNbd) -> None:
    """40,000 customers drawn from the assumptions: each parameter within 4 standard errors and 5 %, for whole days."""
    fit = type(model).fit(_bought(model, 40_000, 3), unit="day")
    assert fit.status == "converged"
    for name, value in model.parameters.items():
        away = abs(np.log(fit.parameters[name] / value))
        assert away < 4 * fit.log_errors[name] + 0.05, name


STRANGE = {
    "one customer": ([3], [20], [40]),
    "one who bought once": ([0], [0], [40]),
    "nobody came back": ([0] * 50, [0] * 50, range(10, 60)),
    "all alike": ([5] * 30, [50] * 30, [60] * 30),
    "all on the last day": ([0] * 3, [0] * 3, [0] * 3),
    "a million purchases": ([999_999], [1_000_000], [1_000_000]),
    "far apart": ([0, 1, 2], [0, 3, 1000], [1, 10, 1_000_000]),
    "one rate, nobody leaves": (np.arange(8, 24).repeat(20), [295] * 320, [300] * 320),
}


@each_kind
@pytest.mark.parametrize("customers", STRANGE.values(), ids=STRANGE)
def test_strange_customers_get_a_status(kind: type[BgNbd], customers: tuple[list[int], list[int], list[int]]) -> None:
    """No exception, no number that is not finite or beyond all bounds, and the status says that it is at a boundary."""
    fit = kind.fit(PurchaseTally.of(*customers))
    assert np.isfinite(fit.log_likelihood)
    assert all(0 < value < 1e15 for value in fit.parameters.values())
    assert fit.status == "converged" or fit.status.startswith("boundary: ")
    assert kind is Nbd or not fit.is_converged
    later = fit.model.conditional_purchases(*(np.array(list(column), float) / 7 for column in customers), 26)
    assert np.isfinite(later).all()


def test_without_leaving_the_models_are_the_null_model() -> None:
    """Customers of whom none left: the models gain nothing over the NBD, and hold nearly all to be still there."""
    tally = _bought(Nbd(2.0, 60.0, "day"), 3000, 4)
    null = Nbd.fit(tally).log_likelihood
    for kind in (BgNbd, MbgNbd, ParetoNbd):
        fit = kind.fit(tally)
        assert fit.log_likelihood >= null - 1e-3
        assert fit.log_likelihood < null + 8  # chance alone
        assert float(fit.model.p_alive(tally.x, tally.last_days / 7, tally.age_days / 7).mean()) > 0.97


EXTREME = [0.001, 1.0, 1e8]
FAR = (
    np.array([0, 0, 0, 1, 5, 1e6, 1e6, 3, 1e3]),
    np.array([0, 0, 0, 1e-6, 3, 1e6, 5, 1e-6, 1e3]),
    np.array([1e-6, 1, 1e6, 1e6, 10, 1e6, 1e6, 1e-6, 1e3]),
)


@each_kind
def test_predictions_are_finite_at_all_ends(kind: type[BgNbd]) -> None:
    """X to a million, ages from 1e-6 to 1e6, parameters from 0.001 to 1e8: never nan, never negative, no warning."""
    for values in product(EXTREME, repeat=2 if kind is Nbd else 4):
        model = kind(*values)
        there = model.p_alive(*FAR)
        assert ((there >= 0) & (there <= 1)).all(), model
        for t in (1e-6, 39.0, 1e6):
            for found in (model.conditional_purchases(*FAR, t), model.predictive_variance(*FAR, t)):
                assert (np.isfinite(found) & (found >= 0)).all(), model
    assert np.isfinite(model.discounted_purchases(*FAR, Discount(0.1))).all()


@each_model
def test_what_cannot_be_is_refused(model: PurchaseModel) -> None:
    """Negative numbers, a last purchase after the end, half a purchase; the message names the place."""
    with pytest.raises(InvalidArgument, match=r"'x' is -1.0 at place 1"):
        model.p_alive([0, -1], [0, 0], [1, 1])
    with pytest.raises(InvalidArgument, match=r"customer 0 bought after the end of its observation \(t_x=5, age=4\)"):
        model.conditional_purchases(1, 5, 4, 10)
    with pytest.raises(InvalidArgument, match=r"'t' is nan"):
        model.expected_purchases(float("nan"))
    with pytest.raises(InvalidArgument, match="'n' is not whole"):
        model.purchase_probability(1.5, 10)


@pytest.mark.smoke
def test_parameters_and_units_are_checked() -> None:
    """Each above 0, and a unit that exists."""
    with pytest.raises(InvalidArgument, match=r"BgNbd: a=-0.1 is not above 0 and finite"):
        BgNbd(0.2, 4.0, -0.1, 2.0)
    with pytest.raises(InvalidArgument, match="unit='weeks' is no unit of time"):
        ParetoNbd(0.2, 4.0, 0.1, 2.0, "weeks")  # type: ignore[arg-type]


def test_one_as_a_parameter_is_no_special_case() -> None:
    """The formulas divide by a - 1 and s - 1: there the values lie between those beside, to 1e-9."""
    for make in (lambda v: BgNbd(0.3, 5.0, v, 2.0), lambda v: ParetoNbd(0.3, 5.0, v, 8.0)):
        below, at, above = (float(make(v).conditional_purchases(2, 10, 30, 26)) for v in (1 - 1e-7, 1.0, 1 + 1e-7))
        assert at == pytest.approx((below + above) / 2, rel=1e-9)


def test_nobody_has_a_log_likelihood_of_zero() -> None:
    """An empty sum."""
    assert [model.log_likelihood(PurchaseTally.zero()) for model in MODELS] == [0.0] * len(MODELS)


def test_a_chance_to_leave_of_nearly_nothing_is_none() -> None:
    """With b = 1e13 nobody leaves: the NBD's expectation, which the difference of two large terms would lose."""
    expected = float(Nbd(0.5, 10.0).expected_purchases(10))
    assert float(BgNbd(0.5, 10.0, 1.0, 1e13).expected_purchases(10)) == pytest.approx(expected, rel=1e-9)
    assert float(MbgNbd(0.5, 10.0, 1.0, 1e13).expected_purchases(10)) == pytest.approx(expected, rel=1e-9)
