"""What the paper reports of Fig. 5, and how it is read; docs/graded-li3n.md has the criteria."""

from __future__ import annotations

from lithode.cases.graded_li3n.growth.parameters import Parameters
from lithode.cases.graded_li3n.readings import Read, applied_overpotential, at, first, value
from lithode.engine.verdict import Target
from lithode.output.history import History

# Lithium has gone by particles of which it fills less than this.
_SPARED = 0.1
_OVERHANGS = 0.1
_FINE = {"particles": "fine"}


def needles(time: float) -> Read:
    """Read whether the tip is above the mean front by more than twice the tallest first bump."""

    def read(history: History, parameters: Parameters) -> str | None:
        tip = value(history, "tip_height [um]", time, parameters)
        mean = value(history, "mean_height [um]", time, parameters)
        if tip is None or mean is None:
            return None
        return "needles" if tip - mean > 2 * parameters.nucleus_height else "flat"

    return read


def _branches(history: History, parameters: Parameters) -> str | None:
    """Return whether more than one lobe stands out and lithium overhangs a tenth of the base."""
    overhang = value(history, "overhang [1]", 1800.0, parameters)
    lobes = value(history, "lobes [1]", 1800.0, parameters)
    if overhang is None or lobes is None:
        return None
    return "branching" if overhang > _OVERHANGS and round(lobes) > 1 else "no branching"


def _bypass(history: History, parameters: Parameters) -> str | None:
    """Return whether the tip is past the tops of the two large particles, which it spares."""
    tip = value(history, "tip_height [um]", 1800.0, parameters)
    inside = value(history, "lithium_fraction_coarse [1]", 1800.0, parameters)
    if tip is None or inside is None:
        return None
    # Here, as shapes load SciPy.
    from lithode.cases.graded_li3n.growth.simulation import coarse_particles
    from lithode.meshes.shapes import bounds

    boxes = [bounds(particle.shape) for particle in coarse_particles(parameters)]
    tops = [upper[-1] for lower, upper in boxes if lower[-1] < parameters.height / 2]
    return "bypass" if tip > max(tops) and inside < _SPARED else "no bypass"


TARGETS: tuple[Target[Parameters], ...] = (
    applied_overpotential(),
    applied_overpotential(where=_FINE, repeats="graded-li3n: applied overpotential"),
    Target(
        name="pressure at the Li interface, 1800 s",
        paper=7.0,
        unit="MPa",
        kind="calibrated",
        tuned=("eigenstrain_fine",),
        tolerance=0.2,
        read=at("pressure_mean_fine [MPa]", 1800.0),
        source="text on Fig. 5B",
        where=_FINE,
    ),
    Target(
        name="growth, 600 s",
        paper="needles",
        kind="predicted",
        read=needles(600.0),
        source="text on Fig. 5A: initially needle-like",
        where=_FINE,
    ),
    Target(
        name="growth, 1800 s",
        paper="needles",
        kind="calibrated",
        tuned=("exchange_current_density", "diffusivity"),
        read=needles(1800.0),
        source="Fig. 5A",
        where=_FINE,
    ),
    Target(
        name="side branches, 1800 s",
        paper="branching",
        kind="predicted",
        read=_branches,
        source="text on Fig. 5A",
        where=_FINE,
    ),
    Target(
        name="contact with coarse particles",
        paper=1200.0,
        unit="s",
        kind="calibrated",
        tuned=("diffusivity",),
        tolerance=0.1,
        read=first("contact_coarse [1]", 0.5),
        source="text on Fig. 5C",
    ),
    Target(
        name="coarse particles, 1800 s",
        paper="bypass",
        kind="calibrated",
        tuned=("mechanical_factor",),
        read=_bypass,
        source="Fig. 5C",
    ),
    Target(
        name="largest pressure at coarse particles, 1800 s",
        paper=20.0,
        unit="MPa",
        kind="calibrated",
        tuned=("eigenstrain_coarse",),
        tolerance=0.2,
        read=at("pressure_max_coarse [MPa]", 1800.0),
        source="text on Fig. 5D",
    ),
    Target(
        name="Li share of coarse particles below the tip, 1800 s",
        paper=0.0,
        kind="calibrated",
        tuned=("mechanical_factor",),
        tolerance=0.02,
        read=at("lithium_fraction_coarse [1]", 1800.0),
        source="Fig. 5C",
    ),
)
