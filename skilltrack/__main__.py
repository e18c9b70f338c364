"""Runs the commands: `python -m skilltrack`."""

from skilltrack.commands import main

main()
