"""A compiled form with its kernels for vectors, and the arrays that they read."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Form, pack_constants

from lithode.solvers.numerics.vectorised import compiler, formatter, slices, source, sums
from lithode.solvers.numerics.vectorised.compiler import Instructions
from lithode.solvers.numerics.vectorised.errors import NotVectorised

Numbers = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]

_KINDS = ("cell", "exterior_facet")
_SIMPLICES = ("interval", "triangle", "tetrahedron")
_OPTIONS = ("-std=gnu17", "-O3", "-fno-semantic-interposition", "-Wno-psabi", "-fvisibility=hidden")


class _Entities(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_int64),
        ("cells", ctypes.c_void_p),
        ("local", ctypes.c_int32),
        ("vertices", ctypes.c_void_p),
        ("x", ctypes.c_void_p),
    )


class _Data(ctypes.Structure):
    _fields_ = (
        ("constants", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("dofs", ctypes.c_void_p),
    )


@dataclass(frozen=True)
class Group:
    """Entities of one integral that one call of a kernel takes.

    Attributes:
        name: End of the names of its functions.
        cells: Cell of each entity.
        local: Number of the facet in its cell, the same for all; 0 for cells.
    """

    name: str
    cells: Integers
    local: int


def address(array: npt.NDArray[Any]) -> ctypes.c_void_p:
    """Return where a contiguous array begins.

    Raises:
        ValueError: It is not contiguous, so that a kernel would read other numbers.
    """
    if not array.flags.c_contiguous:
        raise ValueError("a kernel needs a contiguous array")
    return ctypes.c_void_p(array.ctypes.data)


def _contiguous(array: Any, dtype: Any) -> npt.NDArray[Any]:
    return np.ascontiguousarray(array, dtype=dtype)


def dofs_of(space: Any, element: Any) -> Integers:
    """Return the dofs of all cells, shape (cells, nodes), numbered by blocks.

    Raises:
        NotVectorised: A cell's dofs are not the dofs of the mesh as they stand.
    """
    layout, dofmap = source.Layout.of(element), space.dofmap
    if space.element.needs_dof_transformations:
        raise NotVectorised("an element that needs transformations")
    dofs = _contiguous(dofmap.map(), np.int32)
    if dofs.ndim != 2 or (dofs.shape[1], dofmap.bs) != (layout.nodes, layout.block):
        raise NotVectorised("a space whose dofs are a part of another's")
    return dofs


class Kernels:
    """Kernels of a linear or bilinear form.

    Args:
        form: UFL form.
        compiled: The same, compiled by DOLFINx.
        compile_options: Options of the C compiler besides the module's own, as given to DOLFINx.
        instructions: What to compile for; by default the best that all ranks have.
        folder: Cache of libraries; by default that of DOLFINx.
        changing: Functions that change between calls of ``keep``, of a linear form; what the
            others give is computed by ``keep`` alone. None computes everything at each call.

    Raises:
        NotVectorised: There is none for this form; on all ranks.
    """

    def __init__(
        self,
        form: Any,
        compiled: Form[Any],
        compile_options: Sequence[str] = (),
        instructions: Instructions | None = None,
        folder: Path | None = None,
        changing: Sequence[Any] | None = None,
    ) -> None:
        found: Any = compiled._cpp_object
        mesh = found.mesh
        if mesh.topology.cell_type.name not in _SIMPLICES:
            raise NotVectorised(f"cells of the kind {mesh.topology.cell_type.name}")
        if np.dtype(found.dtype) != np.float64:
            raise NotVectorised(f"numbers of the type {found.dtype}")
        self.form = found
        self._compiled = compiled  # keeps the arrays of coefficients alive
        self._vertices = _contiguous(mesh.geometry.dofmaps[0], np.int32)
        self._x = mesh.geometry.x
        self.spaces = found.function_spaces
        arguments = form.arguments()
        self.dofs = [
            dofs_of(space, argument.ufl_function_space().ufl_element())
            for space, argument in zip(self.spaces, arguments, strict=True)
        ]
        self._coefficients(form, compiled)
        self.groups = list(self._groups())
        chosen = compiler.instructions(mesh.comm) if instructions is None else instructions
        options = [*_OPTIONS, *compile_options, *chosen.options, f"-DLANES={chosen.lanes}"]
        module: Any = compiled.module
        generators = [Path(str(m.__file__)).read_text() for m in (source, formatter, slices, sums)]
        prelude = Path(__file__).with_name("prelude.h").read_text()
        positions = None
        if changing is not None:
            used, originals = compiled.ufcx_form, form.coefficients()
            numbers = range(len(self._values))
            at = [originals[used.original_coefficient_positions[k]] for k in numbers]
            positions = [k for k in numbers if any(at[k] is function for function in changing)]
        key = compiler.key_of(
            module.__name__, chosen.name, " ".join(options), prelude, str(positions), *generators
        )
        self._library = compiler.shared_library(
            mesh.comm,
            f"libvectorised_{chosen.name}_{key}",
            lambda: source.c_source(form, positions),
            options,
            folder,
        )
        self._lanes = chosen.lanes
        #: Of each group, what ``keep`` has computed.
        self.kept = [np.empty(0) for _ in self.groups]
        if changing is not None:
            self.kept = [np.empty(self._kept_size(group)) for group in self.groups]

    def _kept_size(self, group: Group) -> int:
        slots = getattr(self._library, f"slots_{group.name}")
        slots.restype = ctypes.c_int64
        return int(slots()) * -(-len(group.cells) // self._lanes) * self._lanes

    def keep(self) -> None:
        """Compute what does not depend on the functions that change."""
        self.call("keep_values", self.groups, [address(values) for values in self.kept])

    def _coefficients(self, form: Any, compiled: Form[Any]) -> None:
        used: Any = compiled.ufcx_form
        originals = form.coefficients()
        self._values: list[Numbers] = []
        self._coefficient_dofs: list[Integers] = []
        for k, coefficient in enumerate(self.form.coefficients):
            space = coefficient.function_space
            if space.mesh != self.form.mesh:
                raise NotVectorised("a coefficient on another mesh")
            element = originals[used.original_coefficient_positions[k]].ufl_element()
            self._values.append(coefficient.x.array)
            self._coefficient_dofs.append(dofs_of(space, element))
        if any(space.mesh != self.form.mesh for space in self.spaces):
            raise NotVectorised("an argument on another mesh")
        pointers = ctypes.c_void_p * max(1, len(self._values))
        self._value_table = pointers(*(array.ctypes.data for array in self._values))
        self._dof_table = pointers(*(array.ctypes.data for array in self._coefficient_dofs))

    def _groups(self) -> Iterator[Group]:
        for kind in sorted(self.form.integral_types, key=lambda kind: str(kind.name)):
            if kind.name not in _KINDS:
                raise NotVectorised(f"integrals of the kind {kind.name}")
            for k in range(self.form.num_integrals(kind, 0)):
                name = f"{kind.name}_{k}"
                domain = np.asarray(self.form.domains(kind, k), dtype=np.int32)
                if kind.name == "cell":
                    yield Group(name, _contiguous(domain.ravel(), np.int32), 0)
                    continue
                cells, local = domain.reshape(-1, 2).T
                for number in np.unique(local):
                    chosen = _contiguous(cells[local == number], np.int32)
                    yield Group(name, chosen, int(number))

    def restricted(self, cells: npt.NDArray[np.bool_]) -> list[Group]:
        """Return the groups without the entities of cells that are False."""
        return [
            Group(group.name, _contiguous(group.cells[cells[group.cells]], np.int32), group.local)
            for group in self.groups
        ]

    def call(self, function: str, groups: Sequence[Group], *arrays: Sequence[Any]) -> None:
        """Call a kernel for each group with the values that constants and coefficients have now.

        Args:
            function: Name without that of the integral.
            groups: Of entities.
            arrays: Arguments, one for each group, as addresses.
        """
        constants = _contiguous(pack_constants(self._compiled), np.float64)
        data = _Data(
            address(constants),
            ctypes.cast(self._value_table, ctypes.c_void_p),
            ctypes.cast(self._dof_table, ctypes.c_void_p),
        )
        for group, *arguments in zip(groups, *arrays, strict=True):
            if len(group.cells):
                entities = _Entities(
                    len(group.cells),
                    address(group.cells),
                    group.local,
                    address(self._vertices),
                    address(self._x),
                )
                kernel = getattr(self._library, f"{function}_{group.name}")
                kernel.restype = None
                kernel(ctypes.byref(entities), ctypes.byref(data), *arguments)
