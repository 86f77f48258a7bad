"""Voids as starting flaws: a pore that lithium fills, and a gap in the lithium beside a crack."""
