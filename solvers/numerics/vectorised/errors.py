"""What vectorised assembly raises."""

from __future__ import annotations


class NotVectorised(Exception):  # noqa: N818 - not a failure: DOLFINx takes the form
    """The form, or this machine, is not for vectorised assembly; the text says why."""
