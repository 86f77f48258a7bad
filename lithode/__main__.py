"""``python -m lithode`` is the command line."""

from lithode.cli import main

main()
