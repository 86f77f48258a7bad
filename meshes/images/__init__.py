"""Meshes of labelled pictures: microscope images in 2D, stacks of slices in 3D."""
