"""PFHub benchmark 7a by NGSolve, for comparing with pfhub7.py; needs nothing of this package.

    python3 -m venv ngsolve && ngsolve/bin/pip install ngsolve
    ngsolve/bin/python benchmarks/ngsolve_pfhub7.py [--order 3] [--cells 64] [--steps 25]

One thread. BDF2 with the reaction extrapolated, so that one factorisation serves all steps.
"""

from __future__ import annotations

import argparse
import math
import time

import ngsolve as ngs
from ngsolve.meshes import MakeStructured2DMesh

KAPPA, END = 4e-4, 8.0
A1, B1 = 0.0075, 8 * math.pi
A2, B2, C2 = 0.03, 22 * math.pi, 0.0625 * math.pi


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--order", type=int, default=3)
    parser.add_argument("--cells", type=int, default=64)
    parser.add_argument("--steps", type=int, default=25)
    options = parser.parse_args()
    ngs.SetNumThreads(1)
    start, dt = time.process_time(), END / options.steps
    mesh = MakeStructured2DMesh(
        quads=False,
        nx=options.cells,
        ny=options.cells // 2,
        mapping=lambda x, y: (x, 0.5 * y),
    )
    clock = ngs.Parameter(0.0)
    x, y = ngs.x, ngs.y
    height = 0.25 + A1 * clock * ngs.sin(B1 * x) + A2 * ngs.sin(B2 * x + C2 * clock)
    slope = A1 * clock * B1 * ngs.cos(B1 * x) + A2 * B2 * ngs.cos(B2 * x + C2 * clock)
    bend = -A1 * clock * B1**2 * ngs.sin(B1 * x) - A2 * B2**2 * ngs.sin(B2 * x + C2 * clock)
    rate = A1 * ngs.sin(B1 * x) + A2 * C2 * ngs.cos(B2 * x + C2 * clock)
    exact = 1 / (1 + ngs.exp(2 * (y - height) / math.sqrt(2 * KAPPA)))
    stretch = -2 * math.sqrt(KAPPA) * (1 - 2 * exact) * slope**2
    motion = math.sqrt(2) * (rate - KAPPA * bend)
    source = exact * (1 - exact) / math.sqrt(KAPPA) * (stretch + motion)

    space = ngs.H1(mesh, order=options.order, dirichlet=".*")
    u, v = space.TnT()
    new, old, older = (ngs.GridFunction(space) for _ in range(3))
    # Implicit part of the reaction, at its largest slope away from the front; BDF2 from step 2 on.
    stabilisation = 2.0
    matrices = []
    for weight in (1 / dt, 1.5 / dt):
        form = ngs.BilinearForm(space, symmetric=True)
        form += ((weight + stabilisation) * u * v + KAPPA * ngs.grad(u) * ngs.grad(v)) * ngs.dx
        form.Assemble()
        matrices.append((form.mat, form.mat.Inverse(space.FreeDofs(), "sparsecholesky")))
    guess, past = ngs.GridFunction(space), ngs.GridFunction(space)
    force = 4 * guess * (guess - 1) * (guess - 0.5) - stabilisation * guess
    right = ngs.LinearForm(space)
    right += ((past - force + source).Compile() * v) * ngs.dx(bonus_intorder=options.order)
    old.Set(exact)
    for step in range(options.steps):
        clock.Set((step + 1) * dt)
        if step == 0:
            guess.vec.data = old.vec
            past.vec.data = (1 / dt) * old.vec
        else:
            guess.vec.data = 2 * old.vec - older.vec
            past.vec.data = (2 / dt) * old.vec - (0.5 / dt) * older.vec
        matrix, inverse = matrices[min(step, 1)]
        right.Assemble()
        new.Set(exact, ngs.BND)
        right.vec.data -= matrix * new.vec
        new.vec.data += inverse * right.vec
        older.vec.data = old.vec
        old.vec.data = new.vec
    spent = time.process_time() - start
    error = math.sqrt(ngs.Integrate((new - exact) ** 2, mesh, order=2 * options.order + 2))
    print(f"order {options.order}, 1/{options.cells}, {options.steps} steps, {space.ndof} unknowns")
    print(f"L2 error {error:.2e}, CPU {spent:.2f} s")


if __name__ == "__main__":
    main()
