"""What processes use, as Linux says it: CPU with their children, and memory of which shared pages count once."""

import os
from collections.abc import Iterable
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def family(number: int) -> list[int]:
    """A process and those that it has started, and these, that still run."""
    lists = Path(f"/proc/{number}/task").glob("*/children")
    children = [int(child) for each in lists for child in _read(each).split()]
    return [number, *(one for child in children for one in family(child))]


def cpu(numbers: Iterable[int]) -> float:
    """CPU seconds that processes have used, with their children that ended."""
    fields = [_read(Path(f"/proc/{number}/stat")).rpartition(")")[2].split() for number in numbers]
    return sum(int(text) for each in fields for text in each[11:15]) / TICK


def memory(numbers: Iterable[int]) -> float:
    """MiB that processes hold; a page that several share counts once."""
    lines = [line for number in numbers for line in _read(Path(f"/proc/{number}/smaps_rollup")).splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def working_in(folder: Path) -> list[int]:
    """The processes whose folder of work is this one or below it."""
    numbers = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve(strict=True).is_relative_to(folder.resolve()):
                numbers.append(int(process.name))
        except OSError:  # it has ended, or is somebody else's
            continue
    return numbers


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended
        return ""
