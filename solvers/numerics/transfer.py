"""Values of nodes and cells of a distributed mesh on rank 0, in its input order, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function
from dolfinx.mesh import Mesh
from mpi4py import MPI

from lithode.solvers.numerics.levels import Array


def gathered(mesh: Mesh[np.float64], functions: Sequence[Function[Any]]) -> tuple[Array, Array]:
    """Return the nodes of a mesh and the values of functions there, on rank 0; collective.

    Args:
        mesh: The mesh.
        functions: Continuous functions of degree 1 on it, scalar or blocked.

    Returns:
        Nodes, shape (nodes, dimension), and values, shape (nodes, columns), in the input order of
        the mesh; empty on the other ranks.
    """
    owned = mesh.geometry.index_map().size_local
    columns = [_at_nodes(function) for function in functions]
    rows = np.hstack([mesh.geometry.x[:, : mesh.geometry.dim], *columns])[:owned]
    numbers = collected(mesh.comm, mesh.geometry.input_global_indices[:owned, None])
    found = collected(mesh.comm, np.ascontiguousarray(rows))
    ordered = np.empty_like(found)
    ordered[numbers[:, 0]] = found
    return np.split(ordered, [mesh.geometry.dim], axis=1)  # type: ignore[return-value]


def put(mesh: Mesh[np.float64], values: Array, functions: Sequence[Function[Any]]) -> None:
    """Set functions to nodal values that rank 0 has, ghosts included; collective.

    Args:
        mesh: The mesh.
        values: Shape (nodes, columns), in the input order of the mesh; on rank 0.
        functions: As for `gathered`.
    """
    mine = _handed(mesh.comm, values, mesh.geometry.input_global_indices, _columns(functions))
    first = 0
    for function in functions:
        dofmap = function.function_space.dofmap
        width = dofmap.index_map_bs
        by_node = mine[:, first : first + width]
        function.x.array.reshape(-1, width)[dofmap.list] = by_node[mesh.geometry.dofmaps[0]]
        first += width


def is_of_cells(function: Function[Any]) -> bool:
    """Return whether a function has one value per cell."""
    return bool(function.function_space.dofmap.list.shape[1] == 1)


def gathered_cells(
    mesh: Mesh[np.float64], functions: Sequence[Function[Any]]
) -> tuple[npt.NDArray[np.int64], Array]:
    """Return the cells of a mesh and the values of functions there, on rank 0; collective.

    Args:
        mesh: The mesh.
        functions: Constant in every cell, scalar or blocked.

    Returns:
        Nodes of the cells by their input numbers, shape (cells, corners), and values, shape (cells,
        columns), in one order; empty on the other ranks.
    """
    owned = mesh.topology.index_map(mesh.topology.dim).size_local
    nodes = mesh.geometry.input_global_indices[mesh.geometry.dofmaps[0][:owned]]
    rows = [_by_cell(function)[:owned] for function in functions]
    return (
        collected(mesh.comm, np.ascontiguousarray(nodes, dtype=np.int64)),
        collected(mesh.comm, np.ascontiguousarray(np.hstack(rows))),
    )


def put_cells(mesh: Mesh[np.float64], values: Array, functions: Sequence[Function[Any]]) -> None:
    """Set functions to values of cells that rank 0 has, ghosts included; collective.

    Args:
        mesh: The mesh.
        values: Shape (cells, columns), in the input order of the mesh; on rank 0.
        functions: As for `gathered_cells`.
    """
    numbers = np.asarray(mesh.topology.original_cell_index, dtype=np.int64)
    mine = _handed(mesh.comm, values, numbers, _columns(functions))
    first = 0
    for function in functions:
        dofmap = function.function_space.dofmap
        width = dofmap.index_map_bs
        function.x.array.reshape(-1, width)[dofmap.list[:, 0]] = mine[:, first : first + width]
        first += width


def _columns(functions: Sequence[Function[Any]]) -> int:
    return sum(f.function_space.dofmap.index_map_bs for f in functions)


def _by_cell(function: Function[Any]) -> Array:
    dofmap = function.function_space.dofmap
    return np.asarray(function.x.array.reshape(-1, dofmap.index_map_bs)[dofmap.list[:, 0]])


def _handed(
    comm: MPI.Intracomm, values: Array, numbers: npt.NDArray[np.int64], columns: int
) -> Array:
    """Return the rows of rank 0 with these numbers on every rank; collective."""
    wanted, counts = collected(comm, numbers[:, None]), _counts(comm, len(numbers))
    mine = np.empty((len(numbers), columns))
    sent = np.ascontiguousarray(values[wanted[:, 0]]) if comm.rank == 0 else None
    row = MPI.DOUBLE.Create_contiguous(columns).Commit()
    try:
        comm.Scatterv([sent, counts, row] if comm.rank == 0 else None, [mine, len(mine), row])
    finally:
        row.Free()
    return mine


def _at_nodes(function: Function[Any]) -> Array:
    """Return the values at the local nodes of the geometry, shape (nodes, width)."""
    space = function.function_space
    mesh, dofmap = space.mesh, space.dofmap
    if dofmap.list.shape != mesh.geometry.dofmaps[0].shape:
        raise TypeError(f"{function.name} is not continuous of degree 1")
    values = function.x.array.reshape(-1, dofmap.index_map_bs)
    result = np.empty((len(mesh.geometry.x), dofmap.index_map_bs))
    result[mesh.geometry.dofmaps[0]] = values[dofmap.list]
    return result


def _counts(comm: MPI.Intracomm, rows: int) -> npt.NDArray[np.int64]:
    """Return how many rows each rank has, on all of them."""
    counts = np.zeros(comm.size, dtype=np.int64)
    comm.Allgather(np.array([rows], dtype=np.int64), counts)
    return counts


def collected(
    comm: MPI.Intracomm, rows: npt.NDArray[Any], everywhere: bool = False
) -> npt.NDArray[Any]:
    """Return the rows of all ranks on rank 0, none on the others, or on all; collective."""
    counts = _counts(comm, len(rows))
    receives = everywhere or comm.rank == 0
    result = np.empty((int(counts.sum()) if receives else 0, *rows.shape[1:]), rows.dtype)
    row = MPI.BYTE.Create_contiguous(rows.dtype.itemsize * int(np.prod(rows.shape[1:]))).Commit()
    sent = [np.ascontiguousarray(rows), len(rows), row]
    try:
        if everywhere:
            comm.Allgatherv(sent, [result, counts, row])
        else:
            comm.Gatherv(sent, [result, counts, row] if receives else None)
    finally:
        row.Free()
    return result
