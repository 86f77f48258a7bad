"""Where the grains of a run are, and what is read off between them."""

from __future__ import annotations

from functools import cached_property

from lithode.cases.wang2024.wetting.parameters import WettingParameters
from lithode.core.errors import InputError, fields_named
from lithode.meshes import grains
from lithode.meshes.packing import Uniform, pack
from lithode.meshes.shapes import Shape, ball_measure
from lithode.solvers.wetting.parameters import Array, Observation, Parameters
from lithode.theory.capillarity import grain_profile


class Layout:
    """Where the grains of a run are.

    Args:
        parameters: Of the run.

    Raises:
        InputError: The grains do not fit.
    """

    def __init__(self, parameters: WettingParameters) -> None:
        p = self._p = parameters
        if p.embedding >= p.lithium_thickness:
            allowed = f"must be less than lithium_thickness = {p.lithium_thickness:g}"
            raise InputError("embedding", p.embedding, allowed, "um")
        if p.pores == "channel" and p.dim == 3:
            raise InputError("pores", p.pores, "is 2D; set dimension=2")
        self.top = p.base + 2 * p.grain_radius + (p.rows - 1) * p.row_spacing
        self.width = p.columns * (2 * p.grain_radius + p.pore_width)
        with fields_named(p.mesh_fields):
            self.interlayer = grains.Interlayer(
                self.width,
                self.top + p.headroom,
                p.element_size,
                self._grains(),
                depth=self.width if p.dim == 3 else None,
                meshed=p.formulation == "grain_field",
            )

    def _grains(self) -> tuple[Shape, ...]:
        p = self._p
        if p.pores == "channel":
            return grains.channel(self.width, p.pore_width, p.base, self.top)
        if p.pores == "rows":
            return grains.staggered(
                p.columns, p.rows, p.grain_radius, p.pore_width, p.row_spacing, p.base, p.dim
            )
        side = (0.0,) * (p.dim - 1), (self.width,) * (p.dim - 1)
        radii, gap = Uniform(0.8 * p.grain_radius, 1.2 * p.grain_radius), p.interface_width / 2
        low, high = (*side[0], p.base), (*side[1], self.top)
        try:
            packed = pack(low, high, 1 - p.porosity, radii, p.packing_seed, gap)
        except InputError as error:
            reason = error.allowed.partition(";")[0]
            allowed = f"grains: {reason}; raise it, or lower interface_width or grain_radius"
            raise InputError("porosity", p.porosity, allowed) from error
        return tuple(particle.shape for particle in packed)

    @cached_property
    def porosity(self) -> float:
        """Pores over all between the lowest and the highest point of rows; 1 / pitch in a slit."""
        p = self._p
        if p.pores == "channel":
            return p.pore_width / self.width
        if p.pores == "random":
            return p.porosity
        unit = (2 * p.grain_radius + p.pore_width) ** (p.dim - 1) * p.row_spacing
        return 1 - ball_measure(p.grain_radius, p.dim) / unit

    @property
    def observation(self) -> Observation:
        """Layer and rows."""
        p, half = self._p, self._p.grain_radius / 4
        middles = [p.base + p.grain_radius + k * p.row_spacing for k in range(p.rows)]
        rows = tuple((y - half, y + half) for y in middles) if p.pores == "rows" else ()
        return Observation(grains.PORES, (p.base, self.top), rows)

    def model(self, walls: str = grains.GRAINS) -> Parameters:
        """Return the parameters of the model, with the wetted boundary of this name."""
        return self._p.model(walls, self.interlayer.distances)

    def lithium(self, points: Array) -> Array:
        """Return the initial order parameter: a flat film."""
        depth = points[:, self._p.dim - 1] - self._p.lithium_thickness
        return grain_profile(depth, self._p.interface.profile_length)
