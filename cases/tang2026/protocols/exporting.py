"""The contact of a run as a module for PyBaMM."""

from __future__ import annotations

import csv
import pprint
from pathlib import Path
from typing import Any

from lithode.cases.tang2026.protocols import pybamm_module
from lithode.cases.tang2026.protocols.layers import layers_of
from lithode.cases.tang2026.protocols.parameters import Parameters
from lithode.core.errors import InputError
from lithode.core.files import read_text, write_atomically
from lithode.core.units import from_model

_TEMPERATURE = 298.15
_EMPTY = "DATA: dict[str, Any] = {}\n"


def write_pybamm(run_directory: Path, parameters: Parameters, out: Path) -> Path:
    """Write theta(t) and R(theta, i) of every layer of a run.

    Raises:
        InputError: The run has no trace.
    """
    data: dict[str, Any] = {
        "loss": parameters.contact_loss,
        "initial": parameters.initial_contact,
        "spot": from_model(parameters.model_value("spot_radius"), "m"),
        "temperature": _TEMPERATURE,
        "layers": {},
    }
    path = run_directory / "tables" / "trace.csv"
    rows = list(csv.DictReader(read_text(path, "trace").splitlines()))
    for layer in layers_of(parameters):
        cell, mine = layer.resistances, [row for row in rows if row["layer"] == layer.name]
        if not mine:
            raise InputError("trace", path, f"has no layer {layer.name}; run the case again")
        # Two rows per step share their time.
        table = {float(row["time [hour]"]) * 3600: row for row in mine}
        data["layers"][layer.name] = {
            "pellet": from_model(cell.pellet, "ohm m^2"),
            "interface": from_model(cell.interface, "ohm m^2"),
            "resistivity": from_model(cell.resistivity, "ohm m"),
            "time": list(table),
            **{
                face: [float(row[f"contact_{face} [1]"]) for row in table.values()]
                for face in ("left", "right")
            },
        }
    source = Path(str(pybamm_module.__file__)).read_text(encoding="utf-8")
    text = pprint.pformat(data, width=98, compact=True, sort_dicts=False)
    write_atomically(out, source.replace(_EMPTY, f"DATA: dict[str, Any] = {text}\n"))
    return out
