"""Lithium whose front moves by Butler-Volmer kinetics alone, at any width it is drawn with."""
