"""Forms assembled for several cells at a time, held against DOLFINx: shared by tests."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
from dolfinx import fem
from dolfinx.fem.petsc import assemble_matrix, create_matrix, create_vector
from mpi4py import MPI
from petsc4py import PETSc

from lithode.solvers.numerics.assembly import ByDolfinx, Vectorised
from lithode.solvers.numerics.blocks import JIT_OPTIONS, compiled
from lithode.solvers.numerics.vectorised.kernels import Kernels
from lithode.solvers.numerics.vectorised.matrices import MatrixAssembler
from lithode.solvers.numerics.vectorised.vectors import Lifting, VectorAssembler, on_space

OPTIONS = JIT_OPTIONS["cffi_extra_compile_args"]


@contextmanager
def scattered(*forms, mildly=False):
    """Give all coefficients of forms numbers that owe each other nothing, and then those they had.

    Balanced fields would leave a residual that is the round-off of its parts. Where not all
    numbers make sense they are changed mildly.
    """
    rng, before = np.random.default_rng(11), []
    functions = list(dict.fromkeys(c for form in forms for c in form.coefficients()))
    for function in functions:
        values = function.x.array
        before.append(values.copy())
        if mildly:
            values *= rng.uniform(0.9, 1.0, len(values))
        else:
            values[:] = rng.uniform(0.1, 0.9, len(values))
        function.x.scatter_forward()
    try:
        yield
    finally:
        for function, values in zip(functions, before, strict=True):
            function.x.array[:] = values


def kernels(form, **arguments):
    """Kernels of a form, and the form by DOLFINx."""
    by_dolfinx = compiled(form)
    return Kernels(form, by_dolfinx, OPTIONS, **arguments), by_dolfinx


def local_size(space):
    layout = space.dofmap
    return layout.index_map_bs * (layout.index_map.size_local + layout.index_map.num_ghosts)


def _relative(comm, difference, size):
    largest = comm.allreduce(size, op=MPI.MAX)
    assert 0 < largest < 1e300, "nothing to compare"
    return comm.allreduce(difference, op=MPI.MAX) / largest


def vector_error(form, **arguments):
    """Largest difference of a linear form from DOLFINx, over its largest entry."""
    own, by_dolfinx = kernels(form, **arguments)
    if "changing" in arguments:
        own.keep()
        for function in arguments["changing"]:
            function.x.array[:] *= 0.9
    space = form.arguments()[0].ufl_function_space()
    expected, found = np.zeros((2, local_size(space)))
    fem.assemble_vector(expected, by_dolfinx)
    VectorAssembler(own).add_to(found)
    return _relative(space.mesh.comm, max(abs(found - expected), default=0), abs(expected).max())


def matrix_assembler(own, by_dolfinx, matrix, bcs):
    """What assembles one form, into a matrix that has its pattern."""
    assemble_matrix(matrix, by_dolfinx, bcs=list(bcs))
    matrix.assemble()
    rows, columns = own.spaces
    return MatrixAssembler({(0, 0): own}, ([rows], [columns]), matrix, bcs)


def matrix_errors(form, bcs=(), kind=None, **arguments):
    """The same of a bilinear form with these conditions, and of their lifting if there are any."""
    own, by_dolfinx = kernels(form, **arguments)
    comm = own.form.mesh.comm
    expected, found = (create_matrix(by_dolfinx, kind) for _ in range(2))
    assemble_matrix(expected, by_dolfinx, bcs=list(bcs))
    expected.assemble()
    assembler = matrix_assembler(own, by_dolfinx, found, bcs)
    found.scale(2.0)
    for _ in range(2):  # values are replaced, not added to
        assembler.assemble()
    size = expected.norm(3)
    found.axpy(-1.0, expected, structure=found.Structure.SAME_NONZERO_PATTERN)
    errors = [found.norm(3) / size]
    assert 0 < size < 1e300, "nothing to compare"
    for matrix in (expected, found):
        matrix.destroy()
    prescribed = on_space(own.spaces[1], bcs)
    if prescribed:  # DOLFINx lifts by all that it is given, of whatever space
        lifted, expected = np.zeros((2, local_size(own.spaces[0])))
        fem.apply_lifting(expected, [by_dolfinx], [prescribed])
        Lifting(own, bcs).apply_to(lifted)
        # Of a form over other faces than those of the conditions there is nothing to lift.
        errors.append(_relative(comm, abs(lifted - expected).max(), abs(expected).max() or 1.0))
    return errors


def parts_of(sizes):
    """Consecutive slices of these lengths."""
    ends = np.cumsum([0, *sizes])
    return [slice(*ends[k : k + 2]) for k in range(len(sizes))]


def system_errors(system, matrix):
    """Largest difference of each form of a block from DOLFINx, over its largest entry."""
    comm, spaces = system.spaces[0].mesh.comm, system.spaces
    expected, found = matrix.duplicate(), matrix.duplicate()
    assemblers = ByDolfinx(system, expected), Vectorised(system, found)
    first = matrix.getOwnershipRange()[0]
    own = [space.dofmap.bs * space.dofmap.index_map.size_local for space in spaces]
    ghosts = [space.dofmap.bs * space.dofmap.index_map.num_ghosts for space in spaces]
    sets = [
        PETSc.IS().createStride(part.stop - part.start, first + part.start, 1, comm=matrix.comm)
        for part in parts_of(own)
    ]
    for one in assemblers:
        one.matrix()
    errors = {}
    for i, j in np.ndindex(len(spaces), len(spaces)):
        made = system.compiled_bilinear[i][j]
        if made is not None and made._cpp_object.integral_types:
            wanted, other = (x.createSubMatrix(sets[i], sets[j]) for x in (expected, found))
            size = wanted.norm(PETSc.NormType.NORM_INFINITY)
            assert 0 < size < 1e300, "nothing to compare"
            other.axpy(-1.0, wanted)
            errors[f"matrix {i}{j}"] = other.norm(PETSc.NormType.NORM_INFINITY) / size
    parts = parts_of([*own, *ghosts])
    for lifted in (False, True)[: 2 if len(spaces) == 1 else 1]:
        layout = spaces[0] if len(spaces) == 1 else spaces
        vectors = [create_vector(layout) for _ in assemblers]
        for one, vector in zip(assemblers, vectors, strict=True):
            one.vector(vector, lifted=lifted)
        with vectors[0].localForm() as wanted, vectors[1].localForm() as other:
            for i, own_part in enumerate(parts[: len(spaces)]):
                here = np.r_[own_part, parts[len(spaces) + i]]
                size = abs(wanted.array[here]).max(initial=0.0)
                change = abs(other.array[here] - wanted.array[here]).max(initial=0.0)
                errors[f"vector {i}, lifted: {lifted}"] = _relative(comm, change, size)
    for made in (expected, found):
        made.destroy()
    return errors
