"""Second-order backward differences with variable steps, and their local error.

All functions take the current step ``dt`` and the steps before it, newest first.
"""

from __future__ import annotations

from collections.abc import Sequence


def rate_weights(dt: float, past: Sequence[float]) -> tuple[float, float, float]:
    """Return (a0, a1, a2) with y' = a0 y_new + a1 y_n + a2 y_{n-1} (Euler on the first step)."""
    if not past:
        return 1 / dt, -1 / dt, 0.0
    ratio = dt / past[0]
    return (
        (1 + 2 * ratio) / (dt * (1 + ratio)),
        -(1 + ratio) / dt,
        ratio**2 / (dt * (1 + ratio)),
    )


def predictor_weights(dt: float, past: Sequence[float]) -> tuple[float, ...]:
    """Return the weights of y_n, y_{n-1}, ... that extrapolate to the new time.

    Polynomial of the highest degree that the history allows, at most two.
    """
    nodes = [0.0]
    for step in past[:2]:
        nodes.append(nodes[-1] - step)
    weights = []
    for i, node in enumerate(nodes):
        weight = 1.0
        for j, other in enumerate(nodes):
            if j != i:
                weight *= (dt - other) / (node - other)
        weights.append(weight)
    return tuple(weights)


def error_factor(dt: float, past: Sequence[float]) -> float:
    """Return the factor that turns |corrector - predictor| into the local error.

    With two past steps this is Milne's device for BDF2 with a quadratic predictor; with fewer
    the difference itself is a safe bound and the factor is 1.
    """
    if len(past) < 2:
        return 1.0
    ratio = dt / past[0]
    corrector = (1 + ratio) ** 2 / (6 * ratio * (1 + 2 * ratio)) * dt**3
    predictor = dt * (dt + past[0]) * (dt + past[0] + past[1]) / 6
    return corrector / (corrector + predictor)
