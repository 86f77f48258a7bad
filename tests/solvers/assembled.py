"""Forms assembled for several cells at a time, held against DOLFINx: shared by tests."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
from dolfinx import fem
from dolfinx.fem.petsc import assemble_matrix, create_matrix
from mpi4py import MPI

from lithode.solvers.numerics.blocks import JIT_OPTIONS, compiled
from lithode.solvers.numerics.vectorised.kernels import Kernels
from lithode.solvers.numerics.vectorised.matrices import MatrixAssembler
from lithode.solvers.numerics.vectorised.vectors import Lifting, VectorAssembler, on_space

OPTIONS = JIT_OPTIONS["cffi_extra_compile_args"]


@contextmanager
def scattered(form, mildly=False):
    """Give all coefficients numbers that owe each other nothing, and then those they had.

    Balanced fields would leave a residual that is the round-off of its parts. Where not all
    numbers make sense they are changed mildly.
    """
    rng, before = np.random.default_rng(11), []
    for function in form.coefficients():
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
        for function, values in zip(form.coefficients(), before, strict=True):
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
    space = form.arguments()[0].ufl_function_space()
    expected, found = np.zeros((2, local_size(space)))
    fem.assemble_vector(expected, by_dolfinx)
    VectorAssembler(own).add_to(found)
    return _relative(space.mesh.comm, max(abs(found - expected), default=0), abs(expected).max())


def matrix_errors(form, bcs=(), kind=None, **arguments):
    """The same of a bilinear form with these conditions, and of their lifting if there are any."""
    own, by_dolfinx = kernels(form, **arguments)
    comm = own.form.mesh.comm
    expected, found = (create_matrix(by_dolfinx, kind) for _ in range(2))
    assemble_matrix(expected, by_dolfinx, bcs=list(bcs))
    expected.assemble()
    assembler = MatrixAssembler(own, by_dolfinx, found, bcs)
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
