"""Distribution of relaxation times of an impedance spectrum.

Z(w) = R_inf + j w L + int gamma(ln tau) / (1 + j w tau) d ln tau, with gamma a sum of Gaussians on
ln tau, found by least squares under a penalty on its slope (Tikhonov) with no part negative:
Wan, Saccoccio, Chen and Ciucci, Electrochimica Acta 184 (2015) 483, and Lawson and Hanson's NNLS.
Impedances are in any one unit, which gamma and the resistances then have too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.core.errors import InputError
from lithode.output.tables import write_table

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

REGULARISATION = 1e-3
FEWEST_POINTS, MOST_POINTS = 10, 500

_SHAPE_COEFFICIENT = 0.5
_FULL_WIDTH = 2 * math.sqrt(math.log(2))  # of exp(-x^2) at half maximum
_CANDIDATES = 10.0 ** np.arange(-6.0, 0.5, 0.5)
_FOLDS = 5
_FINE = 10  # places per basis function at which gamma is looked at
_LEAST_PROMINENCE = 0.01
_EDGE_DECADES = 0.5


@dataclass(frozen=True)
class Peak:
    """A peak of the distribution, up to the minima on both sides.

    Attributes:
        frequency: 1 / (2 pi tau) at the maximum, in Hz.
        resistance: Area, int gamma d ln tau.
        is_inside: Whether it lies half a decade or more inside of the measured frequencies; if
            not, part of it is missing and the frequency is not known.
    """

    frequency: float
    resistance: float
    is_inside: bool

    @property
    def time_constant(self) -> float:
        """Tau at the maximum in s."""
        return 1 / (2 * math.pi * self.frequency)

    @property
    def capacitance(self) -> float:
        """Tau / R, in F per unit of area if the resistance is per inverse area."""
        return self.time_constant / self.resistance


@dataclass(frozen=True)
class Distribution:
    """The distribution of relaxation times of a spectrum.

    Attributes:
        frequency: Measured frequencies in Hz, shape (n,).
        impedance: Measured impedances, shape (n,).
        regularisation: Weight lambda of the penalty.
        shape: Inverse width of the Gaussians exp(-(shape (ln tau - ln tau_m))^2).
        weights: Weights of the Gaussians at tau_m = 1 / (2 pi frequency), shape (n,).
        series_resistance: R_inf.
        inductance: L, in the unit of the impedance times s.
    """

    frequency: Array
    impedance: Complex
    regularisation: float
    shape: float
    weights: Array
    series_resistance: float
    inductance: float

    @cached_property
    def log_tau(self) -> Array:
        """Rising places ln(tau / s) at which gamma is tabulated, beyond the data at both ends."""
        centres = -np.log(2 * np.pi * self.frequency)
        beyond = 3 / self.shape
        count = _FINE * (len(centres) + 1)
        return np.linspace(centres.min() - beyond, centres.max() + beyond, count)

    @cached_property
    def gamma(self) -> Array:
        """The distribution at ``log_tau``."""
        centres = -np.log(2 * np.pi * self.frequency)
        distance = self.shape * (self.log_tau[:, None] - centres)
        return np.asarray(np.exp(-(distance**2)) @ self.weights)

    @property
    def polarisation(self) -> float:
        """The area under the distribution."""
        return float(self.weights.sum() * math.sqrt(math.pi) / self.shape)

    @property
    def fitted(self) -> Complex:
        """The impedance of the distribution at the measured frequencies."""
        w = 2 * np.pi * self.frequency
        arcs = _kernel(self.frequency, self.frequency, self.shape) @ self.weights
        return np.asarray(self.series_resistance + 1j * w * self.inductance + arcs)

    @property
    def residual(self) -> float:
        """Root mean square of the misfit over the modulus."""
        misfit = np.abs(self.fitted - self.impedance) / np.abs(self.impedance)
        return float(np.sqrt(np.mean(misfit**2)))

    def peaks(self) -> list[Peak]:
        """Return the peaks from high to low frequency; their areas add up to the polarisation."""
        from scipy.signal import find_peaks  # slow to load, and `lithode show` needs none of it

        gamma, x = self.gamma, self.log_tau
        if not gamma.max() > 0:
            return []
        padded = np.concatenate([[0.0], gamma, [0.0]])
        tops = find_peaks(padded, prominence=_LEAST_PROMINENCE * gamma.max())[0] - 1
        cuts = [a + int(np.argmin(gamma[a:b])) for a, b in pairwise(tops)]
        starts, ends = [0, *cuts], [*cuts, len(x) - 1]
        centres = -np.log(2 * np.pi * self.frequency)
        edge = _EDGE_DECADES * math.log(10)
        return [
            Peak(
                frequency=float(np.exp(-x[top]) / (2 * np.pi)),
                resistance=float(np.trapezoid(gamma[a : b + 1], x[a : b + 1])),
                is_inside=bool(centres.min() + edge <= x[top] <= centres.max() - edge),
            )
            for top, a, b in zip(tops, starts, ends, strict=True)
        ]

    def resistance_between(self, lowest: float, highest: float) -> float:
        """Return the area of the peaks whose frequency, in Hz, lies in a band."""
        return sum(p.resistance for p in self.peaks() if lowest <= p.frequency < highest)

    def write(self, directory: Path, unit: str) -> tuple[Path, Path]:
        """Write the distribution, ``drt.csv``, and its peaks, ``peaks.csv``; returns the paths.

        Args:
            directory: Directory of the tables.
            unit: Unit of the impedance.
        """
        tau, peaks = np.exp(self.log_tau), self.peaks()
        curve = {
            "tau [s]": tau,
            "frequency [Hz]": 1 / (2 * np.pi * tau),
            f"gamma [{unit}]": self.gamma,
        }
        rows = {
            "frequency [Hz]": [peak.frequency for peak in peaks],
            "tau [s]": [peak.time_constant for peak in peaks],
            f"resistance [{unit}]": [peak.resistance for peak in peaks],
            "inside [1]": [float(peak.is_inside) for peak in peaks],
        }
        return (
            write_table(directory / "drt.csv", curve),
            write_table(directory / "peaks.csv", rows),
        )

    @cached_property
    def resolution(self) -> float:
        """Distance in decades up to which two equal RC elements come out as one peak.

        Ideal ones, without noise, in the middle of the measured frequencies and with the same
        regularisation; to 3 %. In a noisy spectrum it takes more.
        """
        middle = math.sqrt(self.frequency.min() * self.frequency.max())

        def is_parted(decades: float) -> bool:
            apart = 10 ** (decades / 2)
            places = 1j * self.frequency / middle
            pair = np.asarray(1 / (1 + places * apart) + 1 / (1 + places / apart))
            return len(_solve(self.frequency, pair, self.regularisation).peaks()) > 1

        low, high = 0.05, float(np.ptp(np.log10(self.frequency)))
        while high > 1.03 * low:
            between = math.sqrt(low * high)
            low, high = (low, between) if is_parted(between) else (between, high)
        return high


def analyse(
    frequency: Array, impedance: Complex, regularisation: float | None = REGULARISATION
) -> Distribution:
    """Find the distribution of relaxation times.

    Args:
        frequency: Distinct frequencies in Hz, in any order, shape (n,).
        impedance: Complex impedances with negative imaginary parts where capacitive, shape (n,).
        regularisation: Lambda, the weight of int (d gamma / d ln tau)^2 against the sum of the
            squared misfits; it does not depend on the unit. None chooses it by cross-validation:
            each fifth of the frequencies is predicted from the others.

    Raises:
        InputError: Too few or too many points, or a regularisation that is not positive.
    """
    if len(frequency) < FEWEST_POINTS:
        raise InputError("spectrum", len(frequency), f"give at least {FEWEST_POINTS} points")
    if len(frequency) > MOST_POINTS:  # matrices grow by their square, the time by their cube
        raise InputError("spectrum", len(frequency), f"give at most {MOST_POINTS} points")
    if regularisation is None:
        regularisation = cross_validated(frequency, impedance)
    if not 0 < regularisation < math.inf:
        raise InputError("lambda", regularisation, "must be greater than 0 and finite")
    return _solve(frequency, impedance, regularisation)


def cross_validated(
    frequency: Array, impedance: Complex, candidates: Sequence[float] | Array = _CANDIDATES
) -> float:
    """Return the candidate that predicts left-out frequencies best; see `analyse`."""
    order = np.argsort(frequency)
    fold = np.empty(len(order), dtype=np.intp)
    fold[order] = np.arange(len(order)) % _FOLDS
    ends = order[[0, -1]]
    fold[ends] = -1  # what lies beyond all others cannot be predicted
    errors = []
    for candidate in candidates:
        squares = 0.0
        for left_out in range(_FOLDS):
            kept = fold != left_out
            found = _solve(frequency, impedance, float(candidate), kept)
            misfit = (found.fitted - impedance)[~kept]
            squares += float(np.sum(np.abs(misfit) ** 2))
        errors.append(squares)
    return float(candidates[int(np.argmin(errors))])


def _solve(
    frequency: Array,
    impedance: Complex,
    regularisation: float,
    used: npt.NDArray[np.bool_] | None = None,
) -> Distribution:
    """Solve the penalised problem, by the rows ``used`` only."""
    from scipy.optimize import nnls  # slow to load, too

    spacing = np.ptp(np.log(frequency)) / (len(frequency) - 1)
    shape = float(_SHAPE_COEFFICIENT * _FULL_WIDTH / spacing)
    rows = slice(None) if used is None else used
    w = 2 * np.pi * frequency
    arcs = _kernel(frequency, frequency, shape)
    # Columns: R_inf, L over the largest frequency, the Gaussians.
    ones = np.ones((len(w), 1))
    columns = np.hstack([ones, 1j * (w / w.max())[:, None], arcs])[rows]
    wanted = impedance[rows]
    root = np.zeros((len(w), len(w) + 2))
    root[:, 2:] = math.sqrt(regularisation) * _slope_root(np.log(frequency), shape)
    matrix = np.vstack([columns.real, columns.imag, root])
    right = np.concatenate([wanted.real, wanted.imag, np.zeros(len(w))])
    solution, _ = nnls(matrix, right, maxiter=30 * matrix.shape[1])
    return Distribution(
        frequency=frequency,
        impedance=impedance,
        regularisation=regularisation,
        shape=shape,
        weights=solution[2:],
        series_resistance=float(solution[0]),
        inductance=float(solution[1] / w.max()),
    )


def _kernel(frequency: Array, centres: Array, shape: float) -> Complex:
    """Return the impedance at frequencies of each Gaussian, centred at 1/(2 pi centre).

    The integral depends on ln(w tau_m) alone; the trapezoidal rule is exact to rounding, as the
    integrand is analytic in a strip of half width pi/2 and falls off as a Gaussian.
    """
    start = np.log(frequency)[:, None] - np.log(centres)
    step = 0.2 * min(1.0, 1 / shape)
    reach = math.ceil(6.5 / shape / step)
    total = np.zeros(start.shape, dtype=np.complex128)
    for u in step * np.arange(-reach, reach + 1):
        total += math.exp(-((shape * u) ** 2)) / (1 + 1j * np.exp(start + u))
    return step * total


def _slope_root(centres: Array, shape: float) -> Array:
    """Return R with R^T R = M, M_mn the integral of the product of two Gaussians' slopes."""
    distance = (shape * (centres[:, None] - centres)) ** 2
    slopes = shape * math.sqrt(math.pi / 2) * (1 - distance) * np.exp(-distance / 2)
    values, vectors = np.linalg.eigh(slopes)
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T)
