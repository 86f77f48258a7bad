"""The inputs of the electrodeposition model: neutral, light, and filled by papers."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.graded_li3n.bilayer.parameters import Parameters as Bilayer
from lithode.cases.graded_li3n.growth.parameters import Parameters as Growth
from lithode.core.errors import InputError
from lithode.core.parameters import describe, fill
from lithode.meshes.packing import Uniform, pack
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.health import health
from lithode.solvers.electrodeposition.inputs import Inputs, LayerInputs
from lithode.solvers.electrodeposition.parameters import Charge, Transport
from lithode.solvers.electrodeposition.results import results
from lithode.solvers.electrodeposition.setup import simulation


def test_neutral_inputs_claim_nothing_of_a_paper_and_are_sound():
    rows = describe(Inputs)
    assert {row.provenance for row in rows} <= {"assumed", "literature", "numerical", "sample"}
    assert not any("paper" in row.source.lower() for row in rows)
    assert not any(word in row.meaning for row in rows for word in ("fine", "coarse", "Li3N"))
    assert not [row.name for row in rows if row.provenance == "calibrated"]
    assert all(line.healthy for line in health(Inputs()))
    model = Inputs().model
    assert (model.charge, model.transport) == (Charge.TWO_POTENTIAL, Transport.SINGLE_ION)
    assert list(model.regions) == ["electrolyte"]


@pytest.mark.parametrize("cls", [Inputs, Growth, Bilayer])
def test_a_mesh_error_names_a_parameter_that_the_case_has(cls):
    assert set(cls.mesh_fields.values()) <= set(cls.model_fields)


def test_an_error_of_packing_keeps_its_name_where_no_parameter_is_behind_it():
    def domain():
        pack((0.0, 0.0), (80.0, 90.0), 0.9, Uniform(5.0, 6.0), 1, 1.0)
        return structured(MPI.COMM_SELF, (80.0, 90.0), (4, 4))

    with pytest.raises(InputError) as caught:
        simulation(Inputs(), domain)
    assert caught.value.field != "area_fraction"


def test_a_parameter_is_filled_with_its_unit_and_bounds():
    class Filled(Inputs):
        overpotential: float = fill(
            Inputs, "overpotential", -0.2, source="own", provenance="assumed"
        )

    old, new = ({row.name: row for row in describe(cls)}["overpotential"]
                for cls in (Inputs, Filled))  # fmt: skip
    assert (new.unit, new.meaning, new.allowed) == (old.unit, old.meaning, old.allowed)
    assert (new.value, new.source) == (-0.2, "own")
    with pytest.raises(InputError, match="overpotential"):
        Filled(overpotential=0.1)


def test_regions_are_for_a_case_to_say():
    with pytest.raises(TypeError, match="regions"):
        LayerInputs()


def test_results_of_a_run_that_is_cut_short_have_units_and_no_holes():
    history = {
        "time [s]": np.array([0.0, 3.0]),
        "tip_height [um]": np.array([6.0, 6.5]),
        "mean_height [um]": np.array([6.0, 6.1]),
        "plating_current [A/m^2]": np.array([0.0, 25.0]),
        "pressure_max [MPa]": np.array([np.nan, np.nan]),
        "pressure_mean_electrolyte [MPa]": np.array([np.nan, 4.0]),
    }
    found = {result.name: result for result in results(history, Inputs())}
    assert found["tip above the mean height"].value == pytest.approx(0.4)
    assert found["plating current density"].value == pytest.approx(2.5)
    # 0.1 um of lithium: 7.64e4 mol/m^3 x 96485 C/mol x 1e-7 m = 737 C/m^2.
    assert found["plated capacity"].value == pytest.approx(737.1 / 36000, rel=1e-3)
    assert found["mean pressure at the front in electrolyte"].value == 4.0
    assert "largest pressure in lithium" not in found
    assert all(np.isfinite(result.value) for result in found.values())


def test_the_fastest_wave_is_told_where_the_current_was_largest():
    inputs = Inputs(interface="quantitative", noise_amplitude=0.0)
    line = {line.name: line.value for line in health(inputs)}
    flat = {"time [s]": np.zeros(2), "tip_height [um]": np.ones(2), "mean_height [um]": np.ones(2)}

    def widths(currents):
        history = {**flat, "largest_current [A/m^2]": np.array(currents)}
        found = {result.name: result.value for result in results(history, inputs)}
        return found.get("fastest wave there over the interface width")

    assert widths([0.0, line["J"]]) == pytest.approx(line["lambda/w"])
    assert widths([4 * line["J"], 0.0]) < 0.7 * line["lambda/w"]
    assert widths([0.0, 0.0]) is None
