"""Runs the commands: `python -m skilltrack`."""

from skilltrack.cli import main

main()
