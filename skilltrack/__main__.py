"""`python -m skilltrack …`"""

from skilltrack.cli import main

main()
