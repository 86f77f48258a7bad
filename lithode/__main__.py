"""``python -m lithode`` is the command line."""

import os
import sys

# Python puts the current folder first: a yaml.py that lies there must not be imported.
if sys.path and not sys.flags.safe_path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from lithode.cli import main

main()
