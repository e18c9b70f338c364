"""Commands as processes of their own, forked from one that has loaded the program: loading it takes most of their time."""

import atexit
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from skilltrack.config import ROOT

WRITERS = ("as_parquet", "as_pdf", "as_xlsx", "exports", "reproduce", "star")
LOADED = ("skilltrack.commands.cli", *(f"skilltrack.reports.{name}" for name in WRITERS), "pyarrow.dataset")
"""What the forks need not load: the commands, what some of them load when they need it, and what the engine does."""


def skilltrack(*words, db=None, folder=ROOT, **environment):
    """What `python -m skilltrack` does with these words, as a person or a cron job runs it in a folder."""
    given = [*(["--db", str(db)] if db else []), *map(str, words)]
    return _forked("from skilltrack.commands.cli import main; main()", "skilltrack", given, environment, folder)


def python(code, *words):
    """What `python -c` does with this code and these words."""
    return _forked(code, "-c", [*map(str, words)], {}, ROOT)


def _forked(code, name, words, environment, folder):
    with tempfile.TemporaryDirectory() as streams:
        out, err = Path(streams, "out"), Path(streams, "err")
        asked = {
            "code": code, "argv": [name, *words], "out": str(out), "err": str(err), "folder": str(folder),
            "environment": os.environ | {"NO_COLOR": "1"} | environment,
        }  # fmt: skip
        loaded = _loaded()
        loaded.stdin.write(json.dumps(asked) + "\n")
        loaded.stdin.flush()
        ended = int(loaded.stdout.readline())
        return subprocess.CompletedProcess(words, ended, out.read_text(), err.read_text())


@cache
def _loaded():
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(started.communicate)  # at the end of what it reads it ends
    return started


def _fork(asked):
    """Run what is asked in a fork; returns its exit code, or minus the number of the signal that ended it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, path in ((1, asked["out"]), (2, asked["err"])):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = asked["argv"]
        exec(compile(asked["code"], "<command>", "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        print(_fork(json.loads(line)), flush=True)
