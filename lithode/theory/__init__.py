"""Closed forms and small root finders: numbers in, numbers out, no mesh and no UFL."""
