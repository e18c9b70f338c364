"""Commands as processes of their own, forked from one that has loaded the program: loading it takes most of their time."""

import atexit
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from skilltrack.access.viewer import Viewer
from skilltrack.config import ROOT
from skilltrack.ingest import Options, Source, import_sources
from skilltrack.questions import Filters
from skilltrack.reports import exports
from skilltrack.storage import parsing
from skilltrack.storage.store import Store

WRITERS = ("as_parquet", "as_pdf", "as_xlsx", "exports", "reproduce", "star")
LOADED = ("skilltrack.commands.cli", *(f"skilltrack.reports.{name}" for name in WRITERS), "pyarrow.dataset")
"""What the forks need not load: the commands, what some of them load when they need it, and what the engine does."""
SERVING = (
    "skilltrack.api",
    "skilltrack.ui.signin",
    "skilltrack.ui.socket",
    "streamlit.starlette",
    "streamlit.web.bootstrap",
    "streamlit.web.cli",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "anyio._backends._asyncio",
    "plotly.graph_objects",
)
"""What a server loads besides, up to its first page; not `websockets`, which reads its environment when it is loaded."""
MAIN = "from skilltrack.commands.cli import main; main()"


def skilltrack(*words, db=None, folder=ROOT, **environment):
    """What `python -m skilltrack` does with these words, as a person or a cron job runs it in a folder."""
    given = [*(["--db", str(db)] if db else []), *map(str, words)]
    return _forked(MAIN, "skilltrack", given, environment, folder)


def python(code, *words):
    """What `python -c` does with this code and these words."""
    return _forked(code, "-c", [*map(str, words)], {}, ROOT)


class Started:
    """A command that runs until it ends or is killed, in which case the exit code is minus the signal."""

    def __init__(self, *words, db):
        self.number = _ask(_loaded(), {
            "code": MAIN, "argv": ["skilltrack", "--db", str(db), *words], "out": os.devnull, "err": os.devnull,
            "folder": str(ROOT), "environment": os.environ | {"NO_COLOR": "1"}, "goes_on": True,
        })  # fmt: skip

    def killed(self):
        """Kill it with SIGKILL; returns its exit code."""
        os.kill(self.number, signal.SIGKILL)
        return _ask(_loaded(), {"stop": self.number})


class Serving:
    """`python -m skilltrack` with the words of a server, which goes on until it is stopped."""

    def __init__(self, words, environment):
        self._loaded = _loaded(SERVING)
        self.number = _ask(self._loaded, {
            "code": MAIN, "argv": ["skilltrack", *map(str, words)], "out": os.devnull, "err": os.devnull,
            "folder": str(ROOT), "environment": environment, "goes_on": True,
        })  # fmt: skip

    def stop(self):
        """End it as a process manager does; returns its exit code."""
        return _ask(self._loaded, {"stop": self.number})


def _forked(code, name, words, environment, folder):
    with tempfile.TemporaryDirectory() as streams:
        out, err = Path(streams, "out"), Path(streams, "err")
        ended = _ask(
            _loaded(),
            {
                "code": code,
                "argv": [name, *words],
                "out": str(out),
                "err": str(err),
                "folder": str(folder),
                "environment": os.environ | {"NO_COLOR": "1"} | environment,
            },
        )
        return subprocess.CompletedProcess(words, ended, out.read_text(), err.read_text())


def _ask(loaded, asked):
    loaded.stdin.write(json.dumps(asked) + "\n")
    loaded.stdin.flush()
    return int(loaded.stdout.readline())


@cache
def _loaded(more=()):
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.forked", *more],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(started.communicate)  # at the end of what it reads it ends
    return started


def _ended(child):
    """The exit code of a fork, or minus the number of the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _fork(asked):
    """Run what is asked in a fork; returns how it ended, or its number if it goes on."""
    if "stop" in asked:
        os.kill(asked["stop"], signal.SIGTERM)
        return _ended(asked["stop"])
    child = os.fork()
    if child:
        return child if asked.get("goes_on") else _ended(child)
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


def _remember():
    """Do once what most commands do, so that the forks remember what does not change: texts parsed, headers known."""
    store = Store.open(":memory:")
    source = Source("skills", "skills.csv", b"skill_id,name\ns1,One\n")
    assert import_sources(store, [source], Options()).status == "stored"
    exports.export(store, Viewer.everyone(), exports.Order("coverage", "csv", Filters()), None)
    store.close()
    parsing._engine().close()  # the threads of an engine would not be there after a fork
    parsing._engine.cache_clear()


if __name__ == "__main__":
    for name in (*LOADED, *sys.argv[1:]):
        importlib.import_module(name)
    _remember()
    gc.freeze()
    for line in sys.stdin:
        print(_fork(json.loads(line)), flush=True)
