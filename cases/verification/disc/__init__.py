"""A disc of lithium that its surface energy makes smaller."""
