"""What the text has of masses, voltage and LPS alone, and results for any cell."""

from __future__ import annotations

from lithode.cases.ji2020.cell_data.parameters import Parameters
from lithode.cases.ji2020.cell_data.study import BORNE
from lithode.cases.ji2020.parameters import LPS_THICKNESS, PAPER
from lithode.core.units import from_model
from lithode.engine.verdict import Result, Target
from lithode.output.history import History


def _borne(history: History, _: Parameters) -> float:
    return float(history[BORNE][0])


def _voltage(_: History, p: Parameters) -> float:
    return 1e3 * p.model_value("current") * p.model_value("resistance")


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return porosities, thicknesses, the voltage, and what lithium on bare LPS bears."""
    p = parameters
    dense = (1 - p.porosity) * p.layer_thickness
    return [
        Result("porosity of Li3N-LiF", p.porosity),
        Result("thickness of Li3N-LiF without pores", dense, "um"),
        Result(
            "density of Li3N-LiF without pores", from_model(p.solid_density, "g/cm^3"), "g/cm^3"
        ),
        Result("thickness of LPS", p.lps_thickness, "um"),
        Result("porosity of LPS", p.lps_porosity),
        Result("voltage of the activated cell", _voltage(history, p), "mV"),
        Result("CCD of lithium on the bare electrolyte", _borne(history, p), "mA/cm^2"),
    ]


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say what the masses leave for pores."""
    p = parameters
    return [
        f"the mass of Li3N-LiF leaves {1e2 * p.porosity:.2g} % of its thickness to pores; "
        f"lithium on the bare electrolyte bears {_borne(history, p):.2g} mA/cm^2"
    ]


TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="thickness of LPS, by its mass",
        paper=LPS_THICKNESS.value,
        unit="um",
        kind="predicted",
        tolerance=0.2,
        read=lambda _, p: p.lps_thickness,
        source=LPS_THICKNESS.source,
    ),
    Target(
        name="voltage of the activated cell, by impedance",
        paper=50.0,
        unit="mV",
        kind="predicted",
        tolerance=0.2,
        read=_voltage,
        source=f"{PAPER}, Fig. 3b",
    ),
    Target(
        name="CCD of LPS alone",
        paper=0.4,
        unit="mA/cm^2",
        kind="predicted",
        tolerance=0.2,
        read=_borne,
        source=f"{PAPER}, text on Fig. S13",
    ),
)
