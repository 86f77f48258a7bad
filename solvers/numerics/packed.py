"""Coefficients of a residual as its kernels read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from dolfinx.fem import Function, IntegralType, pack_coefficients


class PackedCoefficients:
    """The coefficients of a residual, packed cell by cell.

    Packing all of them takes as long as the kernels do, and while one solve iterates only the
    unknown changes.

    Args:
        residual: Form.
        kernels: The same, compiled.
        unknown: The function that changes.
    """

    def __init__(self, residual: Any, kernels: Any, unknown: Function[Any]) -> None:
        self._kernels, self._unknown = kernels, unknown
        space, layout = unknown.function_space, unknown.function_space.dofmap
        self._can_keep = (
            set(kernels.integral_types) == {IntegralType.cell}
            and not space.element.needs_dof_transformations
        )
        topology = space.mesh.topology
        cells = topology.index_map(topology.dim).size_local
        blocks = layout.list[:cells, :, None] * layout.bs + np.arange(layout.bs)
        self._dofs = blocks.reshape(cells, layout.list.shape[1] * layout.bs)
        coefficients, used = residual.coefficients(), kernels.ufcx_form
        start = 0
        for k in range(used.num_coefficients):
            function = coefficients[used.original_coefficient_positions[k]]
            width = function.function_space.element.space_dimension
            if function is unknown:
                self._columns = slice(start, start + width)
            start += width
        self._packed: dict[Any, Any] = {}

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the values of all but the unknown."""
        if self._can_keep:
            self._packed = self._pack()
        try:
            yield
        finally:
            self._packed = {}

    def current(self) -> dict[Any, Any]:
        """Return the coefficients with the current values of the unknown."""
        match list(self._packed.items()):
            case [(_, array)] if len(array) == len(self._dofs):
                array[:, self._columns] = self._unknown.x.array[self._dofs]
                return self._packed
        return self._pack()  # nothing is kept, or there are integrals over some of the cells

    def _pack(self) -> dict[Any, Any]:
        arrays: Any = pack_coefficients(self._kernels)
        return dict(arrays)
