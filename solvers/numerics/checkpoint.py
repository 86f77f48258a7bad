"""Checkpoints: one HDF5 file from which a run goes on, on any number of ranks.

The file is written under another name, synced and renamed, so that a kill at any instant leaves
the one before. It holds the mesh in its input order, which stays the same through any number of
restarts; files that number nodes and cells by it (`lithode.output.fields`) go on as well.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import io4dolfinx
from dolfinx.fem import Function
from mpi4py import MPI

import lithode
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.solvers.numerics.model import Model

FILE_NAME = "state.h5"

_BACKEND = "h5py"
_ATTRIBUTE = "lithode_checkpoint"
_CELL_TAGS, _FACET_TAGS = "cell_tags", "facet_tags"


@dataclass(frozen=True)
class Header:
    """What a checkpoint says about itself.

    Attributes:
        case: Name of the case.
        version: Version of Lithode that wrote it.
        parameters_hash: Digest of the parameters of the run.
        model: Name of the model.
        scalars: Scalars of the model's state (time, last steps, ...).
        functions: Name to global number of unknowns of the functions it holds.
        regions: Region name to number.
        boundaries: Boundary name to number.
    """

    case: str
    version: str
    parameters_hash: str
    model: str
    scalars: Mapping[str, float]
    functions: Mapping[str, int]
    regions: Mapping[str, int]
    boundaries: Mapping[str, int]


def write_checkpoint(directory: Path, model: Model, *, case: str, parameters_hash: str) -> Path:
    """Write the accepted state of a model; collective.

    Args:
        directory: Where to write; made if missing. The checkpoint before is replaced.
        model: The model.
        case: Name of the case.
        parameters_hash: Digest of the parameters.

    Returns:
        Path of the checkpoint.

    Raises:
        InputError: The mesh has nodes that belong to no cell.
    """
    domain, state = model.domain, model.state()
    mesh = domain.mesh
    path, partial = directory / FILE_NAME, directory / f"{FILE_NAME}.new"
    check_input_order(domain)
    on_root(mesh.comm, lambda: directory.mkdir(parents=True, exist_ok=True))
    io4dolfinx.write_mesh_input_order(partial, mesh, backend=_BACKEND)
    for name, tags in ((_CELL_TAGS, domain.cell_tags), (_FACET_TAGS, domain.facet_tags)):
        io4dolfinx.write_meshtags(
            partial, mesh, tags, meshtag_name=name, backend=_BACKEND, on_input_mesh=True
        )
    for name, function in state.functions.items():
        io4dolfinx.write_function_on_input_mesh(partial, function, name=name, backend=_BACKEND)
    header = Header(
        case=case,
        version=lithode.__version__,
        parameters_hash=parameters_hash,
        model=model.name,
        scalars={name: float(value) for name, value in state.scalars.items()},
        functions={name: _size(function) for name, function in state.functions.items()},
        regions={name: int(number) for name, number in domain.regions.items()},
        boundaries={name: int(number) for name, number in domain.boundaries.items()},
    )

    def publish() -> None:
        with h5py.File(partial, "r+") as file:
            file.attrs[_ATTRIBUTE] = json.dumps(vars(header))
        _sync(partial)
        os.replace(partial, path)
        _sync(directory)

    on_root(mesh.comm, publish)
    return path


def read_header(path: Path, comm: MPI.Intracomm, *, case: str | None = None) -> Header:
    """Read what a checkpoint says about itself; collective.

    Args:
        path: The checkpoint.
        comm: Communicator.
        case: The case it must be of, if given.

    Raises:
        InputError: There is no checkpoint, it is damaged, or of another case or version.
    """

    def read() -> Header:
        if not path.is_file():
            raise InputError("checkpoint", path, "does not exist")
        try:
            with h5py.File(path, "r") as file:
                header = Header(**json.loads(file.attrs[_ATTRIBUTE]))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise _not_readable(path) from error
        written, here = (text.split(".")[:2] for text in (header.version, lithode.__version__))
        if written != here:
            raise InputError(
                "checkpoint",
                path,
                f"is of version {header.version}, which version {lithode.__version__} cannot go "
                "on from",
            )
        if case is not None and header.case != case:
            raise InputError("checkpoint", path, f"is of case {header.case}, not of {case}")
        return header

    return on_root(comm, read)


def read_domain(path: Path, comm: MPI.Intracomm) -> Domain:
    """Read the mesh with its tags and names, distributed over ``comm``; collective.

    Args:
        path: The checkpoint.
        comm: Communicator, of any size.

    Raises:
        InputError: As `read_header`.
    """
    header = read_header(path, comm)
    with _damage_is_input_error(path):
        mesh = io4dolfinx.read_mesh(path, comm, backend=_BACKEND)
        mesh.topology.create_connectivity(mesh.topology.dim - 1, mesh.topology.dim)
        cell_tags, facet_tags = (
            io4dolfinx.read_meshtags(path, mesh, meshtag_name=name, backend=_BACKEND)
            for name in (_CELL_TAGS, _FACET_TAGS)
        )
    return Domain(mesh, cell_tags, facet_tags, header.regions, header.boundaries)


def restore(path: Path, model: Model) -> None:
    """Put a model that lives on `read_domain` of the same file into the state it holds; collective.

    Args:
        path: The checkpoint.
        model: The model; its state's functions are overwritten.

    Raises:
        InputError: As `read_header`, or the checkpoint is of another model.
    """
    header = read_header(path, model.domain.mesh.comm)
    functions = model.state().functions
    if header.model != model.name:
        raise InputError("checkpoint", path, f"is of model {header.model}, not of {model.name}")
    if header.functions != {name: _size(function) for name, function in functions.items()}:
        raise InputError(
            "checkpoint", path, f"holds other unknowns than model {model.name} has with this input"
        )
    with _damage_is_input_error(path):
        for name, function in functions.items():
            io4dolfinx.read_function(path, function, name=name, backend=_BACKEND)
    model.restore(header.scalars)


def check_input_order(domain: Domain) -> None:
    """Check that the nodes of a mesh fill the numbers of its input; collective.

    Raises:
        InputError: The mesh was made from nodes that belong to no cell.
    """
    geometry = domain.mesh.geometry
    indices = geometry.input_global_indices
    largest = int(indices.max()) if len(indices) else -1
    if domain.mesh.comm.allreduce(largest, MPI.MAX) >= geometry.index_map().size_global:
        raise InputError("mesh", "", "has nodes that belong to no cell; remove them")


def _size(function: Function[Any]) -> int:
    dofmap = function.function_space.dofmap
    return int(dofmap.index_map.size_global * dofmap.index_map_bs)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_readable(path: Path) -> InputError:
    return InputError("checkpoint", path, "is damaged, or no checkpoint of Lithode")


@contextmanager
def _damage_is_input_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise _not_readable(path) from error
