"""The entry script: every page runs inside it, so nothing is shown past the shell."""

from skilltrack.ui import shell

shell.run()
