"""Read by every Python that a test on a lake starts: it finds lakes where the test does."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3]))

from tests.ducklake.here import install

install()
