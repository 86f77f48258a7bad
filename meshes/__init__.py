"""Mesh builders by gmsh; one function per geometry family, no physics."""
