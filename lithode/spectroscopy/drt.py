"""Distribution of relaxation times of an impedance spectrum.

Z(w) = R_inf + j w L + int gamma(ln tau) / (1 + j w tau) d ln tau, with gamma a sum of Gaussians on
ln tau, found by least squares under a penalty on its slope (Tikhonov) with no part negative:
Wan, Saccoccio, Chen and Ciucci, Electrochimica Acta 184 (2015) 483, and Lawson and Hanson's NNLS.
Impedances are in any one unit, which gamma and the resistances then have too.

A blocking electrode or diffusion without end adds 1 / (Q (j w)^a), which has no distribution that
ends; an inductive loop subtracts an arc. Each is added only where the spectrum asks for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lithode.core.errors import InputError
from lithode.output.tables import write_table
from lithode.spectroscopy.kernels import area_of, kernel, shape_of, slope_root
from lithode.spectroscopy.peaks import Peak, peaks_of
from lithode.theory.circuit import ConstantPhase, Zarc

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

REGULARISATION = 1e-3
FEWEST_POINTS, MOST_POINTS = 10, 500

_CANDIDATES = 10.0 ** np.arange(-6.0, -0.9, 0.5)
_FOLDS = 5
_FINE = 10  # places per basis function at which gamma is looked at
# A tail or loops are looked for from these shares of the modulus on, and kept if they lower the
# root of what is minimised by this factor: an arc that is cut off gains less by a tail.
_LEAST_TAIL, _LEAST_PART, _ENOUGH = 0.1, 0.01, 0.55
_LOOPS_REACH = 10.0  # times the fastest frequency at which a slow part is inductive
_NEARBY = 0.5  # on the logarithm of the frequency of a loop
_EXPONENTS = np.arange(0.4, 1.01, 0.1)


@dataclass(frozen=True)
class Extras:
    """What is added to the distribution.

    Attributes:
        exponent: Of a tail 1 / (Q (j w)^a), None without one. The misfits of a spectrum with a
            tail count relative to the modulus, or the tail would outweigh all else.
        loop: Frequency in Hz of an inductive loop, None without one.
    """

    exponent: float | None = None
    loop: float | None = None


PLAIN = Extras()


class Spread(Protocol):
    """Bands: of gamma, shape (2, m), and of the areas of the peaks, shape (peaks, 2)."""

    @property
    def gamma(self) -> Array: ...  # noqa: D102

    @property
    def peaks(self) -> Array: ...  # noqa: D102


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
        tail: What blocks direct current, None if nothing does.
        loop: An arc that is subtracted, an inductive loop; None without one.
        extras: What was added.
    """

    frequency: Array
    impedance: Complex
    regularisation: float
    shape: float
    weights: Array
    series_resistance: float
    inductance: float
    tail: ConstantPhase | None = None
    loop: Zarc | None = None
    extras: Extras = PLAIN

    @cached_property
    def log_tau(self) -> Array:
        """Rising places ln(tau / s) at which gamma is tabulated, beyond the data at both ends."""
        centres = -np.log(2 * np.pi * self.frequency)
        beyond = 3 / self.shape
        count = _FINE * (len(centres) + 1)
        return np.linspace(centres.min() - beyond, centres.max() + beyond, count)

    @cached_property
    def gamma(self) -> Array:
        """The distribution at ``log_tau``, without the loop."""
        centres = -np.log(2 * np.pi * self.frequency)
        distance = self.shape * (self.log_tau[:, None] - centres)
        return np.asarray(np.exp(-(distance**2)) @ self.weights)

    @property
    def polarisation(self) -> float:
        """The area under the distribution, less the loop."""
        lost = self.loop.resistance if self.loop else 0.0
        return float(self.weights.sum() * area_of(self.shape) - lost)

    @property
    def fitted(self) -> Complex:
        """The impedance of the distribution at the measured frequencies."""
        w = 2 * np.pi * self.frequency
        found = kernel(self.frequency, self.frequency, self.shape) @ self.weights
        found += self.series_resistance + 1j * w * self.inductance
        if self.tail is not None:
            found += self.tail(w)
        if self.loop is not None:
            found -= self.loop(w)
        return np.asarray(found)

    @property
    def residual(self) -> float:
        """Root mean square of the misfit over the modulus."""
        misfit = np.abs(self.fitted - self.impedance) / np.abs(self.impedance)
        return float(np.sqrt(np.mean(misfit**2)))

    def peaks(self) -> list[Peak]:
        """Return the peaks from high to low frequency; their areas add up to the polarisation.

        An inductive loop comes after the others.
        """
        found = peaks_of(self.log_tau, self.gamma, self.frequency)
        if self.loop is not None:
            found.append(Peak(self.loop.frequency, -self.loop.resistance, is_inside=True))
        return found

    def resistance_between(self, lowest: float, highest: float) -> float:
        """Return the area of the peaks whose frequency, in Hz, lies in a band."""
        return sum(p.resistance for p in self.peaks() if lowest <= p.frequency < highest)

    def write(self, directory: Path, unit: str, spread: Spread | None = None) -> tuple[Path, Path]:
        """Write the distribution, ``drt.csv``, and its peaks, ``peaks.csv``; returns the paths.

        Args:
            directory: Directory of the tables.
            unit: Unit of the impedance.
            spread: Bands of gamma and of the areas of the peaks, to be written too.
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
        if spread is not None:
            for k, percentile in enumerate(("p05", "p95")):
                curve[f"gamma_{percentile} [{unit}]"] = spread.gamma[k]
                rows[f"resistance_{percentile} [{unit}]"] = spread.peaks[:, k].tolist()
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
            return len(_solve(self.frequency, pair, self.regularisation)[0].peaks()) > 1

        low, high = 0.05, float(np.ptp(np.log10(self.frequency)))
        while high > 1.03 * low:
            between = math.sqrt(low * high)
            low, high = (low, between) if is_parted(between) else (between, high)
        return high


def analyse(
    frequency: Array,
    impedance: Complex,
    regularisation: float | None = REGULARISATION,
    extras: Extras | None = None,
) -> Distribution:
    """Find the distribution of relaxation times.

    Args:
        frequency: Distinct frequencies in Hz, in any order, shape (n,).
        impedance: Complex impedances with negative imaginary parts where capacitive, shape (n,).
        regularisation: Lambda, the weight of int (d gamma / d ln tau)^2 against the sum of the
            squared misfits; it does not depend on the unit. None chooses it by cross-validation:
            each fifth of the frequencies is predicted from the others, and of the values that do
            as well as the best, to one standard error, the largest is taken.
        extras: What is added; what the spectrum asks for if None.

    Raises:
        InputError: Too few or too many points, or a regularisation that is not positive.
    """
    if len(frequency) < FEWEST_POINTS:
        raise InputError("spectrum", len(frequency), f"give at least {FEWEST_POINTS} points")
    if len(frequency) > MOST_POINTS:  # matrices grow by their square, the time by their cube
        raise InputError("spectrum", len(frequency), f"give at most {MOST_POINTS} points")
    if regularisation is not None and not 0 < regularisation < math.inf:
        raise InputError("lambda", regularisation, "must be greater than 0 and finite")
    if extras is None:
        extras = _asked_for(frequency, impedance, regularisation or REGULARISATION)
    if regularisation is None:
        regularisation = cross_validated(frequency, impedance, extras=extras)
    return _solve(frequency, impedance, regularisation, extras)[0]


def _asked_for(frequency: Array, impedance: Complex, regularisation: float) -> Extras:
    """Return a tail if the spectrum is capacitive at its slow end, a loop if it turns inductive.

    Each only where it lowers the root of what is minimised to a little more than half.
    """
    order = np.argsort(frequency)
    part = (impedance.imag / np.abs(impedance))[order]

    def objective(extras: Extras) -> float:
        return _solve(frequency, impedance, regularisation, extras, by_modulus=True)[1]

    capacitive = np.flatnonzero(part < -_LEAST_PART)
    slow = np.flatnonzero(part[: capacitive[-1] if len(capacitive) else 0] > _LEAST_PART)
    if len(slow):
        fastest = _LOOPS_REACH * float(frequency[order][slow[-1]])
        places = np.geomspace(frequency.min() / 3, fastest, 20)
        near = math.log(min(places, key=lambda place: objective(Extras(loop=float(place)))))
        found = _refined(
            lambda x: Extras(loop=math.exp(x)), objective, (near - _NEARBY, near + _NEARBY)
        )
    elif part[0] < -_LEAST_TAIL:
        near = float(min(_EXPONENTS, key=lambda exponent: objective(Extras(float(exponent)))))
        found = _refined(Extras, objective, (near - 0.1, min(near + 0.1, 1.0)))
    else:
        return PLAIN
    return found if objective(found) < _ENOUGH * objective(PLAIN) else PLAIN


def _refined(
    make: Callable[[float], Extras],
    objective: Callable[[Extras], float],
    bounds: tuple[float, float],
) -> Extras:
    """Return the extras at the minimum within bounds, the upper one included."""
    from scipy.optimize import minimize_scalar

    def of(x: float) -> float:
        return objective(make(float(x)))

    inside = minimize_scalar(of, bounds=bounds, method="bounded", options={"xatol": 3e-3})
    return make(min((float(inside.x), bounds[1]), key=of))


def cross_validated(
    frequency: Array,
    impedance: Complex,
    candidates: Sequence[float] | Array = _CANDIDATES,
    extras: Extras = PLAIN,
) -> float:
    """Return the candidate that is chosen by cross-validation; see `analyse`."""
    order = np.argsort(frequency)
    fold = np.empty(len(order), dtype=np.intp)
    fold[order] = np.arange(len(order)) % _FOLDS
    ends = order[[0, -1]]
    fold[ends] = -1  # what lies beyond all others cannot be predicted
    errors = np.zeros((len(candidates), len(order)))
    for row, candidate in zip(errors, candidates, strict=True):
        for left_out in range(_FOLDS):
            kept = fold != left_out
            found, _ = _solve(frequency, impedance, float(candidate), extras, used=kept)
            scale = 1.0 if extras.exponent is None else np.abs(impedance)
            row[~kept] = (np.abs(found.fitted - impedance) ** 2 / scale**2)[~kept]
    sums = errors.sum(axis=1)
    best = int(np.argmin(sums))
    most = sums[best] + math.sqrt(len(order)) * float(errors[best].std())
    return float(max(c for c, total in zip(candidates, sums, strict=True) if total <= most))


def _solve(
    frequency: Array,
    impedance: Complex,
    regularisation: float,
    extras: Extras = PLAIN,
    *,
    used: npt.NDArray[np.bool_] | None = None,
    by_modulus: bool = False,
) -> tuple[Distribution, float]:
    """Solve the penalised problem, by the rows ``used`` only; return the root of its minimum too.

    ``by_modulus`` makes the misfits relative to the modulus, as a tail does.
    """
    from scipy.optimize import nnls  # slow to load, too

    count, shape = len(frequency), shape_of(frequency)
    rows = slice(None) if used is None else used
    w = 2 * np.pi * frequency
    arcs = kernel(frequency, frequency, shape)
    # R_inf, L over the largest frequency, the Gaussians; the tail, or the loop as L beside R.
    parts = [np.ones((count, 1), dtype=np.complex128), 1j * (w / w.max())[:, None], arcs]
    if extras.exponent is not None:
        parts.append((1j * w / w.min())[:, None] ** -extras.exponent)
    elif extras.loop is not None:
        parts.append(1 - Zarc(1.0, extras.loop)(w)[:, None])
    columns, wanted = np.hstack(parts)[rows], impedance[rows]
    if by_modulus or extras.exponent is not None:
        moduli = np.abs(impedance)
        scale = (np.median(moduli) / moduli)[rows]
        columns, wanted = columns * scale[:, None], wanted * scale
    root = math.sqrt(regularisation) * slope_root(np.log(frequency), shape)
    penalty = np.zeros((count, columns.shape[1]))
    penalty[:, 2 : 2 + count] = root
    matrix = np.vstack([columns.real, columns.imag, penalty])
    right = np.concatenate([wanted.real, wanted.imag, np.zeros(len(penalty))])
    solution, minimum = nnls(matrix, right, maxiter=30 * matrix.shape[1])
    tail, loop, extra = None, None, float(solution[-1])
    if extras.exponent is not None and extra > 0:
        tail = ConstantPhase(float(w.min() ** -extras.exponent / extra), extras.exponent)
    elif extras.loop is not None and extra > 0:
        loop = Zarc(extra, extras.loop)
    found = Distribution(
        frequency=frequency,
        impedance=impedance,
        regularisation=regularisation,
        shape=shape,
        weights=solution[2 : 2 + count],
        series_resistance=float(solution[0]) + (loop.resistance if loop else 0.0),
        inductance=float(solution[1] / w.max()),
        tail=tail,
        loop=loop,
        extras=extras,
    )
    return found, float(minimum)
