"""The command line, ``lithode``; see `lithode.cli.app` for its commands.

Whatever takes long to load is imported by the command that needs it, so that the others answer at
once and need neither DOLFINx nor MPI.
"""

import gc

# Loading modules makes no garbage: to look for it as often as usual takes a tenth of the start.
gc.set_threshold(50_000)

from lithode.cli.start import main  # noqa: E402

__all__ = ["main"]
