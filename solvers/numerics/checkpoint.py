"""Checkpoints: one HDF5 file from which a run goes on, on any number of ranks.

The file is written under another name, synced, verified against what is in memory and renamed, so
that a kill at any instant leaves the one before. Two generations are kept: where the newest is
damaged, a run goes on from the one before. The file holds the mesh in its input order, which stays
the same through any number of restarts; files that number nodes and cells by it
(`lithode.output.fields`) go on as well. A mesh that was refined has its base mesh beside it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import h5py
import io4dolfinx
import numpy as np
from dolfinx.fem import Function
from mpi4py import MPI

import lithode
from lithode.core.arrays import Arrays
from lithode.core.domain import Domain
from lithode.core.errors import InputError, StorageError
from lithode.core.files import check_room, storage_error
from lithode.core.parallel import lasting, on_root
from lithode.core.schema import SCHEMA, check_schema
from lithode.solvers.numerics.digest import damaged, of_data_set, of_file, of_function
from lithode.solvers.numerics.levels import unknowns_of
from lithode.solvers.numerics.model import Model, State

logger = logging.getLogger(__name__)

FILE_NAME = "state.h5"
BEFORE = "state-before.h5"
"""The generation before."""

_BACKEND = "h5py"
_ATTRIBUTE, _DIGEST = "lithode_checkpoint", "lithode_digest"
_CELL_TAGS, _FACET_TAGS = "cell_tags", "facet_tags"
_VALUES = "mesh/functions"
_BASE = "base_mesh"


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
        values: Name to digest of the values of each function, whatever their order.
        digests: Data set to digest of its bytes.
        schema: Layout of the file.
    """

    case: str
    version: str
    parameters_hash: str
    model: str
    scalars: Mapping[str, float]
    functions: Mapping[str, int]
    regions: Mapping[str, int]
    boundaries: Mapping[str, int]
    values: Mapping[str, int]
    digests: Mapping[str, str]
    schema: int = SCHEMA


def write_checkpoint(
    directory: Path, model: Model, *, case: str, parameters_hash: str, state: State | None = None
) -> Path:
    """Write a state of a model; collective.

    Args:
        directory: Where to write; made if missing. The checkpoint there becomes the one before.
        model: The model.
        state: The state; the accepted one if not given.
        case: Name of the case.
        parameters_hash: Digest of the parameters.

    Returns:
        Path of the checkpoint.

    Raises:
        InputError: The mesh has nodes that belong to no cell.
        StorageError: The file cannot be written, or does not hold what was written; the
            checkpoint before is as it was.
    """
    state = model.state() if state is None else state
    domain = state.domain or model.domain
    mesh = domain.mesh
    partial = directory / f"{FILE_NAME}.new"
    check_input_order(domain)
    on_root(mesh.comm, lambda: _make_room(partial, _expected_bytes(domain, state.functions)))
    values = {name: of_function(function) for name, function in state.functions.items()}
    io4dolfinx.write_mesh_input_order(partial, mesh, backend=_BACKEND)
    for name, tags in ((_CELL_TAGS, domain.cell_tags), (_FACET_TAGS, domain.facet_tags)):
        io4dolfinx.write_meshtags(
            partial, mesh, tags, meshtag_name=name, backend=_BACKEND, on_input_mesh=True
        )
    for name, function in state.functions.items():
        io4dolfinx.write_function_on_input_mesh(partial, function, name=name, backend=_BACKEND)
    sizes = {name: unknowns_of(function) for name, function in state.functions.items()}

    def publish() -> Path:
        try:
            _check_values(partial, values)
            _write_base(partial, domain)
            header = Header(
                case=case,
                version=lithode.__version__,
                parameters_hash=parameters_hash,
                model=model.name,
                scalars={name: float(value) for name, value in state.scalars.items()},
                functions=sizes,
                regions={name: int(number) for name, number in domain.regions.items()},
                boundaries={name: int(number) for name, number in domain.boundaries.items()},
                values=values,
                digests=of_file(partial),
            )
            text = json.dumps(vars(header))
            with h5py.File(partial, "r+") as file:
                file.attrs[_ATTRIBUTE], file.attrs[_DIGEST] = text, _digest(text)
            return _publish(partial)
        except OSError as error:
            raise storage_error(directory, error) from error

    return on_root(mesh.comm, publish)


def newest(directory: Path, comm: MPI.Intracomm, *, case: str) -> Path | None:
    """Return the newest checkpoint that is sound, None if there is none at all; collective.

    Raises:
        InputError: All that there are are damaged, or one is of another case or version.
    """
    found = [directory / name for name in (FILE_NAME, BEFORE)]
    found = on_root(comm, lambda: [path for path in found if path.exists()])
    for path in found:
        try:
            read_header(path, comm, case=case)
        except DamagedCheckpoint as damage:
            if path == found[-1]:
                raise
            logger.warning("%s; going on from the checkpoint before it", str(damage))
        else:
            return path
    return None


def newest_file(directory: Path) -> Path | None:
    """Return the newest checkpoint, sound or not; for one process."""
    found = (directory / name for name in (FILE_NAME, BEFORE))
    return next((path for path in found if path.exists()), None)


class DamagedCheckpoint(InputError):  # noqa: N818
    """A checkpoint does not hold what was written to it."""


def read_header(path: Path, comm: MPI.Intracomm, *, case: str | None = None) -> Header:
    """Read what a checkpoint says about itself; collective.

    Args:
        path: The checkpoint.
        comm: Communicator.
        case: The case it must be of, if given.

    Raises:
        InputError: There is no checkpoint, or it is of another case or version.
        DamagedCheckpoint: It does not hold what was written.
    """

    def read() -> Header:
        if not path.is_file():
            raise InputError("checkpoint", path, "does not exist")
        try:
            with h5py.File(path, "r") as file:
                text = str(file.attrs[_ATTRIBUTE])
                is_whole = file.attrs.get(_DIGEST) == _digest(text)
            content = json.loads(text)
            _check_version(path, str(content["version"]))
            header = Header(**content)
            spoilt = damaged(path, header.digests)
        except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
            raise _not_readable(path) from error
        if not is_whole or spoilt:
            raise DamagedCheckpoint("checkpoint", path, f"is damaged ({spoilt or 'its header'})")
        check_schema("checkpoint", header.schema)
        _check_scalars(path, header.scalars)
        if case is not None and header.case != case:
            raise InputError("checkpoint", path, f"is of case {header.case}, not of {case}")
        return header

    return on_root(comm, read)


def _check_version(path: Path, version: str) -> None:
    written, here = (text.split(".")[:2] for text in (version, lithode.__version__))
    if written != here:
        allowed = (
            f"is of version {version}, which {lithode.__version__} cannot go on from: start it "
            "again from its case.yaml, lithode run --from"
        )
        raise InputError("checkpoint", path, allowed)


def _check_scalars(path: Path, scalars: Mapping[str, float]) -> None:
    for name, value in scalars.items():
        is_possible = math.isfinite(value) and not (name in _NEVER_NEGATIVE and value < 0)
        if not is_possible:
            raise InputError("checkpoint", path, f"holds an impossible {name} = {value:g}")


_NEVER_NEGATIVE = {"time", "step", "step_before", "next_step"}


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
        base = _read_base(path) if comm.rank == 0 else None
    _check_finite(path, "mesh", mesh.geometry.x, comm)
    return Domain(mesh, cell_tags, facet_tags, header.regions, header.boundaries, base)


def _write_base(path: Path, domain: Domain) -> None:
    if domain.base is None:
        return
    with h5py.File(path, "r+") as file:
        for name, values in vars(domain.base).items():
            file[f"{_BASE}/{name}"] = values


def _read_base(path: Path) -> Arrays | None:
    with h5py.File(path, "r") as file:
        if _BASE not in file:
            return None
        return Arrays(**{field.name: file[_BASE][field.name][:] for field in fields(Arrays)})


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
    if header.functions != {name: unknowns_of(function) for name, function in functions.items()}:
        raise InputError(
            "checkpoint", path, f"holds other unknowns than model {model.name} has with this input"
        )
    with _damage_is_input_error(path):
        for name, function in functions.items():
            io4dolfinx.read_function(path, function, name=name, backend=_BACKEND)
    for name, function in functions.items():
        _check_finite(path, name, function.x.array, model.domain.mesh.comm)
        if of_function(function) != header.values[name]:
            raise DamagedCheckpoint("checkpoint", path, f"is damaged ({name})")
    model.restore(header.scalars)


def check_input_order(domain: Domain) -> None:
    """Check that the nodes of a mesh fill the numbers of its input; collective.

    Raises:
        InputError: The mesh was made from nodes that belong to no cell.
    """
    geometry = domain.mesh.geometry
    indices = geometry.input_global_indices
    largest = int(indices.max()) if len(indices) else -1
    if lasting(domain.mesh.comm).allreduce(largest, MPI.MAX) >= geometry.index_map().size_global:
        raise InputError("mesh", "", "has nodes that belong to no cell; remove them")


def _make_room(partial: Path, size: int) -> None:
    """Make the directory, and see that a file of this size can be written there."""
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(partial.parent, error) from error
    check_room(partial.parent, size)


def _expected_bytes(domain: Domain, functions: Mapping[str, Function[Any]]) -> int:
    """Return an upper bound of the size of a checkpoint: values, and corners of each cell."""
    mesh = domain.mesh
    cells = mesh.topology.index_map(mesh.topology.dim).size_global
    total = 2**20 + 8 * (3 * mesh.geometry.index_map().size_global + 16 * cells)
    total += 0 if domain.base is None else sum(part.nbytes for part in vars(domain.base).values())
    for function in functions.values():
        dofmap = function.function_space.dofmap
        corners = dofmap.dof_layout.num_dofs * dofmap.index_map_bs
        total += 8 * (unknowns_of(function) + cells * (corners + 1))
    return int(total)


def _check_values(path: Path, expected: Mapping[str, int]) -> None:
    """Check that a file holds the values that are in memory.

    Raises:
        StorageError: It does not.
    """
    with h5py.File(path, "r") as file:
        for name, digest in expected.items():
            if of_data_set(file[f"{_VALUES}/{name}"]["0/array"]) != digest:
                raise StorageError(f"{path} does not hold the {name} that was written")


def _publish(partial: Path) -> Path:
    """Make a whole file the newest checkpoint, and the newest the one before."""
    path = partial.with_name(FILE_NAME)
    _sync(partial)
    if path.exists():
        os.replace(path, partial.with_name(BEFORE))
    os.replace(partial, path)
    _sync(partial.parent)
    return path


def _check_finite(path: Path, name: str, values: Any, comm: MPI.Intracomm) -> None:
    if not lasting(comm).allreduce(bool(np.isfinite(values).all()), MPI.LAND):
        raise InputError("checkpoint", path, f"holds values of {name} that are not finite")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_readable(path: Path) -> DamagedCheckpoint:
    return DamagedCheckpoint("checkpoint", path, "is damaged, or no checkpoint of Lithode")


@contextmanager
def _damage_is_input_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise _not_readable(path) from error
