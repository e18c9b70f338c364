"""The log: lines for people or JSON for a collector. What an exception says is left out, since it may quote a cell."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from skilltrack.config import LogRules

REPEATING = "streamlit.error_util"
"""Logs what the app logs under a reference, with what the exception says."""


class Plain(logging.Formatter):
    """A line that starts with time and level, and below it where an exception came from."""

    def __init__(self, quotes: bool):
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self._quotes = quotes

    def formatException(self, ei) -> str:  # noqa: N802 - named by logging
        """Where the exception came from."""
        return trace(ei[1], self._quotes)


class AsJson(Plain):
    """A JSON object a line: at (UTC), level, logger, message, what `extra={"about": …}` adds, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info and record.exc_info[1]:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def trace(error: BaseException | None, quotes: bool) -> str:
    """The places in the code that an exception passed, and its type; `quotes`: also what it says."""
    if quotes and error:
        return "".join(traceback.format_exception(error))
    parts: list[str] = []
    seen: set[int] = set()
    while error and id(error) not in seen:
        seen.add(id(error))
        parts += [*traceback.format_tb(error.__traceback__), f"{type(error).__module__}.{type(error).__qualname__}\n"]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        parts += ["because of:\n"] if error else []
    return "".join(parts)


def begin(rules: LogRules) -> None:
    """Write the log by these rules, everything in one way: also what streamlit and the server log, from warnings on.

    Called when the app is loaded, and again when it has started: libraries set up their own loggers in between.
    """
    handler = logging.StreamHandler(sys.__stderr__)  # not the stream of a command that runs beside the app
    quotes = rules.level == "debug"
    handler.setFormatter(AsJson(quotes) if rules.is_json else Plain(quotes))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("skilltrack").setLevel(rules.level.upper())
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        if logger.handlers:
            logger.handlers.clear()
            logger.propagate = True
    logging.getLogger(REPEATING).disabled = True
