"""What makes a spectrum or its distribution of relaxation times less than it looks."""

from __future__ import annotations

import numpy as np

from lithode.spectroscopy.drt import Distribution
from lithode.spectroscopy.kramers_kronig import KramersKronig
from lithode.spectroscopy.spectrum import Spectrum

_INCONSISTENT, _CORRELATED, _NOISY = 3e-3, 0.3, 0.01
_MISFIT = 0.02
_OUTLIER, _LEAST_OUTLIER = 6.0, 5e-3
_MOST_LISTED = 4
_FEWEST_PER_DECADE = 5
_MAINS, _NEAR_MAINS = (50.0, 60.0, 100.0, 120.0), 0.03
_LEAST_PART = 0.1


def warnings_of(spectrum: Spectrum, found: Distribution, relations: KramersKronig) -> list[str]:
    """Return warnings, one sentence each: of the measurement first, then of the analysis.

    Args:
        spectrum: Its frequencies rise.
        found: Its distribution.
        relations: Its Kramers-Kronig test.
    """
    checks = (
        _consistency(relations),
        _outliers(relations),
        _resistive(spectrum),
        _density(spectrum),
        _slow_end(spectrum, found),
        _loop(spectrum, found),
        _misfit(found, relations),
    )
    return [text for text in checks if text]


def _consistency(relations: KramersKronig) -> str:
    size, worst = relations.size, int(np.argmax(np.abs(relations.residuals)))
    if size > _INCONSISTENT and relations.correlation > _CORRELATED:
        return (
            f"the spectrum breaks the Kramers-Kronig relations by {100 * size:.2g} % (rms), most "
            f"at {relations.frequency[worst]:.4g} Hz: drift, a nonlinear answer or a wrong sign"
        )
    if relations.typical > _NOISY:
        return f"noise of {100 * relations.typical:.2g} % (rms)"
    return ""


def _outliers(relations: KramersKronig) -> str:
    sizes = np.abs(relations.residuals)
    limit = max(_OUTLIER * relations.typical, _LEAST_OUTLIER)
    far = relations.frequency[sizes > limit]
    if not len(far) or len(far) > len(sizes) / 4:
        return ""
    shown = ", ".join(f"{each:.4g}" for each in far[:_MOST_LISTED])
    more = f" and {len(far) - _MOST_LISTED} more" if len(far) > _MOST_LISTED else ""
    near = any(abs(each / mains - 1) < _NEAR_MAINS for each in far for mains in _MAINS)
    why = "; the mains are near" if near else ""
    return f"points that do not fit their neighbours: {shown}{more} Hz{why}"


def _resistive(spectrum: Spectrum) -> str:
    count = int(np.sum(spectrum.impedance.real < 0))
    return f"Re is negative at {count} frequencies: no passive cell does that" if count else ""


def _density(spectrum: Spectrum) -> str:
    decades = float(np.ptp(np.log10(spectrum.frequency)))
    density = (len(spectrum.frequency) - 1) / max(decades, 1e-9)
    if density >= _FEWEST_PER_DECADE:
        return ""
    return f"{density:.2g} points per decade: with fewer than {_FEWEST_PER_DECADE} areas are biased"


def _slow_end(spectrum: Spectrum, found: Distribution) -> str:
    part = -spectrum.impedance[0].imag / abs(spectrum.impedance[0])
    if found.tail is not None:
        what = "a blocking electrode" if found.tail.exponent > 0.75 else "diffusion without end"
        return (
            f"not bounded at {spectrum.frequency[0]:.4g} Hz: a tail 1/(Q (j w)^a) with "
            f"a = {found.tail.exponent:.2g}, as of {what}, is taken off; a slower arc looks alike"
        )
    if part > _LEAST_PART:
        return (
            f"still capacitive at {spectrum.frequency[0]:.4g} Hz (-Im is {100 * part:.0f} % of "
            "|Z|): the resistance at direct current is not in the data"
        )
    return ""


def _loop(spectrum: Spectrum, found: Distribution) -> str:
    if found.loop is None:
        return ""
    return (
        f"an inductive loop of {found.loop.resistance:.4g} {spectrum.unit} at "
        f"{found.loop.frequency:.3g} Hz is taken off: drift makes such loops, too"
    )


def _misfit(found: Distribution, relations: KramersKronig) -> str:
    if found.residual < max(_MISFIT, 3 * relations.typical):
        return ""
    return (
        f"the distribution misses the spectrum by {100 * found.residual:.2g} % (rms), a chain that "
        f"keeps the Kramers-Kronig relations by {100 * relations.size:.2g} %: "
        "its areas are not resistances of the cell"
    )
