"""Sweeps: many runs of one case in one folder, a table and a map of them.

``plan`` says which points there are, ``points`` runs them, ``table`` collects what they gave,
``summary`` shows it, and ``scripts`` lets a cluster run the same folder.
"""
