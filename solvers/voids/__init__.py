"""Unit cell of a contact with voids: creep of the metal into them, current through the contact.

A disc of radius a touches the end of a tube of radius b, the rest of it is a void. On one side
of the end the tube is lithium, pressed against the disc; on the other it is the electrolyte. Both
are solved on one mesh, lithium mirrored. The load is the contact fraction (a/b)^2. All is
dimensionless; see ``Parameters`` and docs/tang2026-voids.md.
"""
