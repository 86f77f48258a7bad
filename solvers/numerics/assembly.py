"""How blocks assemble: for several cells at a time, or by DOLFINx where that cannot be."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from dolfinx.fem import DirichletBC, Function
from dolfinx.fem import assemble_vector as assemble_vector_array
from dolfinx.fem.petsc import apply_lifting, assemble_matrix, assemble_vector

from lithode.solvers.numerics.forms import JIT_OPTIONS, compiled
from lithode.solvers.numerics.packed import PackedCoefficients
from lithode.solvers.numerics.presets import Assembly
from lithode.solvers.numerics.vectorised.errors import NotVectorised
from lithode.solvers.numerics.vectorised.kernels import Kernels
from lithode.solvers.numerics.vectorised.matrices import MatrixAssembler
from lithode.solvers.numerics.vectorised.storage import checked_type
from lithode.solvers.numerics.vectorised.vectors import Lifting, VectorAssembler

logger = logging.getLogger(__name__)

_FLAGS = tuple(JIT_OPTIONS["cffi_extra_compile_args"])


@dataclass(frozen=True)
class System:
    """Equations of a block: a form for each unknown, and one for each pair of them.

    Attributes:
        linear: UFL forms, by row.
        bilinear: UFL forms, by row and column.
        compiled_linear: The former, compiled by DOLFINx.
        compiled_bilinear: The latter; None has no entries.
        unknowns: One for each row.
        bcs: Dirichlet conditions.
        iterates: Whether a solve assembles again and again while only the unknowns change.
    """

    linear: Sequence[Any]
    bilinear: Sequence[Sequence[Any]]
    compiled_linear: Sequence[Any]
    compiled_bilinear: Sequence[Sequence[Any]]
    unknowns: Sequence[Function[Any]]
    bcs: Sequence[DirichletBC[Any]]
    iterates: bool = False

    @property
    def spaces(self) -> list[Any]:
        """Spaces of the unknowns."""
        return [unknown.function_space for unknown in self.unknowns]


class LinearForm:
    """A linear form of one space that is assembled again and again.

    Args:
        form: UFL form.
        name: For the log.
        assembly: How.
    """

    def __init__(self, form: Any, name: str, assembly: Assembly) -> None:
        self._compiled = compiled(form)
        self._vectorised: VectorAssembler | None = None
        if assembly == "vectorised":
            try:
                self._vectorised = VectorAssembler(Kernels(form, self._compiled, _FLAGS))
            except NotVectorised as reason:
                _say_once(f"{name}: assembled by DOLFINx, because of {reason}")

    def add_to(self, values: npt.NDArray[np.float64]) -> None:
        """Add the form to the values of this rank, ghosts included, shape (dofs,)."""
        if self._vectorised is None:
            assemble_vector_array(values, self._compiled)
        else:
            self._vectorised.add_to(values)


class Assembler(Protocol):
    """Assembles a matrix and vectors of a system."""

    def matrix(self) -> None:
        """Assemble the matrix, with ones on the diagonal of prescribed unknowns."""

    def vector(self, vector: Any, *, lifted: bool = False) -> None:
        """Set the local part of a ghosted PETSc vector, less what prescribed values contribute."""

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what does not depend on the unknowns; nothing else may change meanwhile."""


def assembler(assembly: Assembly, prefix: str, system: System, matrix: Any) -> Assembler:
    """Return what assembles a system, DOLFINx if it must be, which the log says; collective.

    Args:
        assembly: What to try.
        prefix: Of the block, for the log.
        system: Equations.
        matrix: As DOLFINx's ``create_matrix`` makes it.
    """
    if assembly == "vectorised":
        try:
            return Vectorised(system, matrix)
        except NotVectorised as reason:
            _say_once(f"{prefix.rstrip('_')}: assembled by DOLFINx, because of {reason}")
    return ByDolfinx(system, matrix)


_said: set[str] = set()


def _say_once(text: str) -> None:
    """Meshes that change come with new forms, of which there is nothing new to say."""
    if text not in _said:
        _said.add(text)
        logger.warning("%s", text)


def _into_matrix(matrix: Any, system: System) -> None:
    alone = len(system.unknowns) == 1
    forms = system.compiled_bilinear[0][0] if alone else system.compiled_bilinear
    into: Any = assemble_matrix  # single dispatch hides its overloads from mypy
    into(matrix, forms, bcs=list(system.bcs))
    matrix.assemble()


class ByDolfinx:
    """Assembly by DOLFINx.

    Args:
        system: Equations.
        matrix: PETSc matrix.
    """

    def __init__(self, system: System, matrix: Any) -> None:
        self._system, self._matrix = system, matrix
        self._packed = None
        if len(system.unknowns) == 1:
            kernels = system.compiled_linear[0]
            self._packed = PackedCoefficients(system.linear[0], kernels, system.unknowns[0])

    def matrix(self) -> None:
        """Assemble the matrix."""
        self._matrix.zeroEntries()
        _into_matrix(self._matrix, self._system)

    def vector(self, vector: Any, *, lifted: bool = False) -> None:
        """Assemble the vector."""
        with vector.localForm() as local:
            local.set(0.0)
        linear = self._system.compiled_linear
        if self._packed is None:
            assemble_vector(vector, linear)
            return
        assemble_vector(vector, linear[0], coeffs=self._packed.current())
        if lifted:
            bilinear = self._system.compiled_bilinear[0]
            apply_lifting(vector, bilinear, bcs=[list(self._system.bcs)])

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep packed coefficients of one unknown."""
        if self._packed is None or not self._system.iterates:
            yield
        else:
            with self._packed.kept():
                yield


class Vectorised:
    """Assembly for several cells at a time.

    Args:
        system: Equations.
        matrix: PETSc matrix; it is assembled once by DOLFINx, to have its pattern.

    Raises:
        NotVectorised: One of the forms has no version for vectors.
    """

    def __init__(self, system: System, matrix: Any) -> None:
        checked_type(matrix)
        linear = zip(system.linear, system.compiled_linear, strict=True)
        changing = system.unknowns if system.iterates else None
        self._vectors = [
            VectorAssembler(Kernels(form, made, _FLAGS, changing=changing)) for form, made in linear
        ]
        self._iterates, self._is_kept = system.iterates, False
        kernels = {
            (i, j): Kernels(system.bilinear[i][j], made, _FLAGS)
            for i, row in enumerate(system.compiled_bilinear)
            for j, made in enumerate(row)
            if made is not None
        }
        _into_matrix(matrix, system)
        self._matrix = MatrixAssembler(kernels, (system.spaces,) * 2, matrix, system.bcs)
        self._liftings = {at: Lifting(found, system.bcs) for at, found in kernels.items()}
        sizes = [_sizes(space) for space in system.spaces]
        self._work = [np.zeros(sum(size)) for size in sizes]
        ends = np.cumsum([0, *(own for own, _ in sizes), *(ghosts for _, ghosts in sizes)])
        parts = [slice(start, end) for start, end in itertools.pairwise(ends)]
        self._own, self._ghosts = parts[: len(sizes)], parts[len(sizes) :]

    def matrix(self) -> None:
        """Assemble the matrix."""
        self._matrix.assemble()

    def vector(self, vector: Any, *, lifted: bool = False) -> None:
        """Assemble the vector: owned values of all unknowns, then ghosts of all."""
        with vector.localForm() as local:
            values = local.array
            if len(self._work) == 1:
                self._row(0, values, lifted)
                return
            for k, work in enumerate(self._work):
                self._row(k, work, lifted)
                own = self._own[k].stop - self._own[k].start
                values[self._own[k]], values[self._ghosts[k]] = work[:own], work[own:]

    def _row(self, row: int, values: Any, lifted: bool) -> None:
        values[:] = 0.0
        if self._iterates and not self._is_kept:
            self._vectors[row].keep()
        self._vectors[row].add_to(values)
        if lifted:
            for (i, _), lifting in self._liftings.items():
                if i == row:
                    lifting.apply_to(values)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what does not depend on the unknowns."""
        if self._iterates:
            for vector in self._vectors:
                vector.keep()
        self._is_kept = True
        try:
            yield
        finally:
            self._is_kept = False


def _sizes(space: Any) -> tuple[int, int]:
    """Return the numbers of owned unknowns and of ghosts."""
    index_map, block = space.dofmap.index_map, space.dofmap.index_map_bs
    return index_map.size_local * block, index_map.num_ghosts * block
