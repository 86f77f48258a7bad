"""Small problems for tests of block solves."""

from __future__ import annotations

import numpy as np
import ufl
from dolfinx import fem

from lithode.meshes.structured import structured
from lithode.solvers.numerics.blocks import MUMPS, LinearBlock, NonlinearBlock
from lithode.solvers.numerics.gauges import boundary_dofs

NEWTON = {"snes_type": "newtonls", "snes_linesearch_type": "basic", "snes_atol": 1e-12}
NEWTON |= {"snes_rtol": 1e-14, "snes_stol": 0.0}


class Poisson:
    """-k u'' + (k - 1) u = k on (0, 1), u = 0 at one end; k can be changed."""

    def __init__(self, comm, **arguments):
        self.domain = structured(comm, (1.0,), (40,))
        space = fem.functionspace(self.domain.mesh, ("P", 1))
        self.k = fem.Constant(self.domain.mesh, 1.0)
        self.solution = fem.Function(space)
        self.bcs = [fem.dirichletbc(0.0, boundary_dofs(self.domain, space, "electrode"), space)]
        u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
        k = self.k
        equation = (k * u.dx(0) * v.dx(0) + (k - 1) * u * v - k * v) * ufl.dx
        self.block = LinearBlock(equation, self.solution, self.bcs, **arguments)

    def solve(self, k=1.0):
        self.k.value = np.asarray(k)
        return self.block.solve()

    def is_solved(self):
        """Whether the solution is that of a fresh direct solve."""
        k = float(self.k.value)
        other = Poisson(self.domain.mesh.comm, prefix="other_", options=MUMPS)
        other.solve(k)
        return np.allclose(self.solution.x.array, other.solution.x.array, rtol=1e-8, atol=1e-10)


def nonlinear(comm, prefix, options, scale=1.0, **arguments):
    """-u'' + s exp(u) = s: Newton has work to do, and u = 0 solves it."""
    domain = structured(comm, (1.0,), (30,))
    space = fem.functionspace(domain.mesh, ("P", 1))
    s = fem.Constant(domain.mesh, scale)
    u, v = fem.Function(space), ufl.TestFunction(space)
    dofs = boundary_dofs(domain, space, "electrode")
    residual = (u.dx(0) * v.dx(0) + s * (ufl.exp(u) - 1) * v) * ufl.dx(degree=4)
    bcs = [fem.dirichletbc(0.0, dofs, space)]
    return NonlinearBlock(residual, u, bcs, prefix, options, **arguments), u, s
