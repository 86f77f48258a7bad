"""Mesh, model and health that the transport scenarios of the paper share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from mpi4py import MPI

from lithode.cases.wang2024.interlayer_parameters import InterlayerParameters
from lithode.cases.wang2024.interlayer_readings import LEVEL
from lithode.core.domain import Domain
from lithode.core.errors import InputError, fields_named
from lithode.meshes import interlayer
from lithode.meshes.shapes import Polygon
from lithode.meshes.structured import layered
from lithode.solvers.mixed_conductor import setup
from lithode.solvers.mixed_conductor.health import health
from lithode.solvers.mixed_conductor.model import MixedConductor
from lithode.solvers.mixed_conductor.parameters import Observation, Parameters
from lithode.solvers.numerics.simulation import Simulation


def protrusion(parameters: InterlayerParameters) -> Polygon | None:
    """Return the lithium that stands out.

    Raises:
        InputError: The corners are no polygon.
    """
    p, corners = parameters, parameters.protrusion_corners
    if corners and p.protrusion != "polygon":
        raise InputError("protrusion_corners", corners, "needs protrusion=polygon", "um")
    if p.protrusion == "none":
        return None
    if p.protrusion == "triangle":
        half, middle = p.protrusion_width / 2, p.width / 2
        return Polygon(((middle - half, 0.0), (middle + half, 0.0), (middle, p.protrusion_height)))
    if len(corners) < 6 or len(corners) % 2:
        allowed = "give x and y of at least 3 corners"
        raise InputError("protrusion_corners", corners or "unset", allowed, "um")
    return Polygon(tuple(zip(corners[0::2], corners[1::2], strict=True)))


def geometry(parameters: InterlayerParameters) -> interlayer.Interlayer:
    """Return the geometry; refuses a protrusion that does not fit."""
    p = parameters
    with fields_named(p.mesh_fields):
        return interlayer.Interlayer(
            width=p.width,
            thickness=p.whole_thickness,
            size=p.element_size,
            size_far=max(p.element_size_far, p.element_size),
            protrusion=protrusion(p),
            layers=tuple(
                interlayer.Layer(name, layer.thickness)
                for name, layer in zip(_names(p), p.layers, strict=True)
            ),
        )


def _names(parameters: InterlayerParameters) -> tuple[str, ...]:
    return interlayer.layer_names(len(parameters.layers))


def _physics(parameters: InterlayerParameters) -> Parameters:
    p = parameters
    conductors = dict(zip(_names(p), p.conductors, strict=True))
    return replace(p.model(interlayer.REGION, p.nucleation), regions=conductors)


def observation(parameters: InterlayerParameters) -> Observation:
    """Return lines towards the electrolyte: from lithium at a side, and from the highest tip."""
    p, polygon = parameters, protrusion(parameters)
    if polygon is None:
        aside = 0.01 * p.width
        return Observation({"base": ((aside, 0.0), (aside, p.whole_thickness))}, LEVEL)
    tip = max(polygon.vertices, key=lambda vertex: vertex[1])
    height, aside = min((_surface(polygon, x), x) for x in (0.01 * p.width, 0.99 * p.width))
    lines = {
        "base": ((aside, height), (aside, p.whole_thickness)),
        "tip": (tip, (tip[0], p.whole_thickness)),
    }
    return Observation(lines, LEVEL)


def _surface(polygon: Polygon, x: float) -> float:
    """Return the height of the uppermost lithium at a place of the base, in um."""
    heights = [0.0]
    edges = zip(polygon.vertices, (*polygon.vertices[1:], polygon.vertices[0]), strict=True)
    for (x0, y0), (x1, y1) in edges:
        if min(x0, x1) <= x <= max(x0, x1):
            upright = x0 == x1
            heights += [y0, y1] if upright else [y0 + (x - x0) / (x1 - x0) * (y1 - y0)]
    # On a slope round-off must not leave the mesh.
    return max(heights) * (1 + 1e-9)


def build(
    parameters: InterlayerParameters, comm: MPI.Intracomm, domain: Domain | None
) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    physics, shape, lines = _physics(p), geometry(p), observation(p)
    lines_of_health = health(p, p.height or p.whole_thickness)
    return setup.simulation(
        p, physics, lines, lines_of_health, lambda: domain or interlayer.build(shape, comm)
    )


def probes(parameters: InterlayerParameters) -> list[Callable[[], MixedConductor]]:
    """Return a maker of the model on a handful of cells."""
    p = parameters

    def domain() -> Domain:
        names, count = _names(p), 4 * len(p.layers)
        places = np.linspace(0, p.whole_thickness, count + 1)
        return layered(MPI.COMM_SELF, places, dict.fromkeys(names, 4), p.width, 2)

    return setup.probes(p, _physics(p), domain)
