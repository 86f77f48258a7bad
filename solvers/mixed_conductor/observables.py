"""What is read off an accepted state of the mixed conductor: contents, fields and nucleation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from dolfinx.fem import Constant

from lithode.core.domain import Domain
from lithode.solvers.mixed_conductor.equations import Equations
from lithode.solvers.mixed_conductor.parameters import Observation
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.gauges import LineGauge, NodalWeights, boundary_size, integral
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.physics import kinetics

_LINE_POINTS = 400


class Observables:
    """Gauges of a model, made at its initial state.

    Args:
        domain: Mesh with the boundary counter_electrode.
        weights: Nodal weights of the scalar P1 space.
        equations: The model's equations.
        levels: Levels of the quasi-Fermi potentials; forms are of their trial.
        carriers: Levels of (c+, c_e, V).
        observation: Lines that are read.

    Attributes:
        plating: Plated current of the trial, as a form.
    """

    def __init__(
        self,
        domain: Domain,
        weights: NodalWeights,
        equations: Equations,
        levels: TimeLevels,
        carriers: TimeLevels,
        observation: Observation,
    ) -> None:
        self._parameters, self._equations = equations.parameters, equations
        self._weights, self._carriers, self._observation = weights, carriers, observation
        one = Constant(domain.mesh, 1.0)
        self.plating = compiled(equations.plating(levels.trial, one))
        self._counter_level = compiled(equations.on_boundary(levels.trial[0], "counter_electrode"))
        self._counter_size = boundary_size(domain, "counter_electrode")
        self._lines = {
            name: LineGauge(weights.space, *line, _LINE_POINTS)
            for name, line in observation.lines.items()
        }
        self._starts = {name: line[0][-1] for name, line in observation.lines.items()}
        self._contents_start = self._contents()

    def _contents(self) -> Array:
        """Integrals of c+ over c_0 and of c_e over c_e,Li."""
        w, now = self._weights, self._carriers.now.x.array
        electron = now[1::3] / self._equations.electron_scale
        return w.sums(w.whole * now[0::3], w.whole * electron)

    @property
    def overpotential(self) -> float:
        """Overpotential of the lithium against Li+ at the counter electrode, in V; collective."""
        eq = self._equations
        counter = integral(self._counter_level) / self._counter_size
        lithium = eq.lithium_level + math.log(eq.electron_scale)
        return (counter - lithium) / self._parameters.inverse_thermal_voltage

    def nodal(self) -> Mapping[str, Array]:
        """Return the nodal values of all fields by name, ghosts included; collective."""
        p, eq, now = self._parameters, self._equations, self._carriers.now.x.array
        f = p.inverse_thermal_voltage
        cation, electron = now[0::3], now[1::3]
        counter = integral(self._counter_level) / self._counter_size
        potential = (now[2::3] - counter) / f
        activity = cation * electron / eq.electron_scale
        overpotentials = {"applied": np.maximum(-potential, 0.0), "local": np.log(activity) / f}
        lithium = p.lithium
        rates = kinetics.reaction_rates(lithium.stern_drop, f, lithium.symmetry_factor)
        oxidation, reduction = map(float, rates)
        fields = {
            "cation_concentration": p.cation_concentration * cation,
            "electron_concentration": p.cation_concentration * electron,
            "potential": potential,
            "lithium_activity": activity,
            "growth_rate": kinetics.plating_current(
                activity, oxidation, reduction, lithium.exchange_current_density
            ),
            **{f"overpotential_{name}": eta for name, eta in overpotentials.items()},
        }
        for label, nucleation in p.nucleation.items():
            for name, eta in overpotentials.items():
                fields[_name("nucleation", name, label)] = nucleation.rate(activity, eta)
        return fields

    def measure(self, inflows: Sequence[float]) -> Mapping[str, float]:
        """Return the history scalars; see docs/wang2024-transport.md for each.

        Args:
            inflows: Li+ and electrons that have come in since the start, as contents count them.
        """
        w, fields = self._weights, self.nodal()
        growth = integral(self.plating) * self._equations.charge_per_content
        contents = self._contents()
        balance = [
            abs(float(content) - float(start) - inflow) / float(content)
            for content, start, inflow in zip(contents, self._contents_start, inflows, strict=True)
        ]
        row = {
            "overpotential [V]": self.overpotential,
            "plating_current [A/m^2]": growth / self._counter_size,
            "electrons [1]": float(contents[1]),
            "cation_min [mol/m^3]": -float(w.maxima(-fields["cation_concentration"])[0]),
            "electron_min [mol/m^3]": -float(w.maxima(-fields["electron_concentration"])[0]),
            "overpotential_local_max [V]": float(w.maxima(fields["overpotential_local"])[0]),
            "cation_defect [1]": balance[0],
            "electron_defect [1]": balance[1],
        }
        for name, line in self._lines.items():
            row[f"growth_rate_{name} [A/m^2]"] = float(line(fields["growth_rate"])[0])
        for reading in ("applied", "local"):
            row |= self._nucleation(reading, fields)
        return row

    def _nucleation(self, reading: str, fields: Mapping[str, Array]) -> dict[str, float]:
        """Where nucleation takes place, by one reading of the overpotential."""
        w, labels = self._weights, self._parameters.nucleation
        rates = {label: fields[_name("nucleation", reading, label)] for label in labels}
        largest = w.maxima(*rates.values()) if rates else np.zeros(0)
        volume = float(w.sums(w.whole)[0])
        row = {}
        for (label, rate), peak in zip(rates.items(), largest, strict=True):
            level = self._observation.level * max(float(np.max(largest)), 1e-300)
            share = float(w.sums(w.whole * (rate >= level))[0]) / volume
            critical = labels[label].critical_overpotential
            row[f"{_name('nucleation_max', reading, label)} [1]"] = float(peak)
            row[f"{_name('nucleation_share', reading, label)} [1]"] = share
            for name, line in self._lines.items():
                height = self._starts[name] + line.last_above(rate, level)
                length = line.last_above(fields[f"overpotential_{reading}"], critical)
                row[f"{_name(f'nucleation_height_{name}', reading, label)} [um]"] = height
                row[f"{_name(f'nucleation_length_{name}', reading, label)} [um]"] = length
        return row


def _name(quantity: str, reading: str, label: str) -> str:
    return f"{quantity}_{reading}_{label}" if label else f"{quantity}_{reading}"
