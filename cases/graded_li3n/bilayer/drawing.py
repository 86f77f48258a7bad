"""Geometry of the bilayer: blocks with a channel between them that carry the second layer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from lithode.cases.graded_li3n.bilayer.parameters import Parameters
from lithode.core.errors import InputError
from lithode.meshes import electrolyte
from lithode.meshes.shapes import Particle, Polygon, Polyhedron, Shape


def coarse_particles(parameters: Parameters) -> tuple[Particle, ...]:
    """Return the coarse particles: blocks with a flat top and bevelled lower corners or edges.

    Raises:
        InputError: The bevels leave nothing of the sides or of the bottom.
    """
    p = parameters
    widths = (p.particle_width,) if p.is_flat else (p.particle_width, p.particle_depth)
    if p.particle_bevel >= min(*(width / 2 for width in widths), p.particle_height):
        allowed = "must be less than particle_height and half of "
        allowed += "particle_width" if p.is_flat else "particle_width and particle_depth"
        raise InputError("particle_bevel", p.particle_bevel, allowed, "um")
    rows = (p.particle_positions,) if p.is_flat else (p.particle_positions, p.particle_rows)
    return tuple(
        Particle(_block(p, middle, widths), "coarse") for middle in itertools.product(*rows)
    )


def _block(parameters: Parameters, middle: Sequence[float], widths: Sequence[float]) -> Shape:
    p = parameters
    top = p.layer_thickness - p.particle_clearance
    bottom = top - p.particle_height
    levels = ((top, 0.0), (bottom + p.particle_bevel, 0.0), (bottom, p.particle_bevel))
    corners = [
        (*(m + s * (w / 2 - inset) for m, s, w in zip(middle, signs, widths, strict=True)), level)
        for signs in itertools.product((-1, 1), repeat=len(widths))
        for level, inset in levels[:: -signs[0]]  # once round, as a polygon needs it
    ]
    vertices = tuple(dict.fromkeys(corners))  # without a bevel two fall on two
    return Polygon(vertices) if p.is_flat else Polyhedron(vertices)


def layers(parameters: Parameters, size: float | None = None) -> electrolyte.Electrolyte:
    """Return the geometry.

    Args:
        parameters: Of the run.
        size: Element size in um of a base mesh, ``element_size`` of a mesh that stays.

    Raises:
        InputError: A layer that fills the height, or a particle that leaves its layer.
    """
    p, to_bisect = parameters, size is not None
    size = p.element_size if size is None else size
    if p.layer_thickness >= p.height:
        allowed = f"must be less than height = {p.height:g}"
        raise InputError("layer_thickness", p.layer_thickness, allowed, "um")
    stack = [electrolyte.Layer("fine", p.height)]
    if p.second_layer != "none":
        rest = p.height - p.layer_thickness
        stack = [
            electrolyte.Layer("fine", p.layer_thickness),
            electrolyte.Layer(p.second_layer, rest, inside=True),
        ]
    return electrolyte.Electrolyte(
        width=p.width,
        depth=None if p.is_flat else p.depth,
        height=p.height,
        size=size,
        size_inside=max(p.element_size_inside, size),
        margin=p.interface_width,
        layers=tuple(stack),
        particles=coarse_particles(p),
        to_bisect=to_bisect,
    )
