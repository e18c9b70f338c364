"""What the app has done and how it is, as numbers for a monitoring system (Prometheus).

Every number is declared here once. Labels have few values and name no person, team or file.
"""

from collections.abc import Iterator

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from skilltrack import __version__, happenings
from skilltrack.config import settings
from skilltrack.keeping import conditions

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
TIMES = {
    "request": Histogram("skilltrack_request_seconds", "HTTP requests", ("route", "method", "status"), buckets=SECONDS),
    "page": Histogram("skilltrack_page_seconds", "Pages drawn or redrawn after a click", ("page",), buckets=SECONDS),
    "question": Histogram("skilltrack_question_seconds", "Questions to the database", ("metric",), buckets=SECONDS),
}
COUNTS = {
    "upload": Counter("skilltrack_uploads", "Imports, by how they ended", ("outcome",)),
    "command": Counter("skilltrack_commands", "Commands done for somebody beside the app, by exit code", ("code",)),
    "failure": Counter("skilltrack_failures", "Failures that have a reference in the log", ("where",)),
}
SESSIONS = Gauge("skilltrack_sessions", "Browser tabs that are connected")
AGES = {
    "roster": "days since the newest roster landed",
    "backup": "days since the newest backup was made",
    "backup_to": "days since the newest backup was made in SKILLTRACK_BACKUP_TO",
}


class Conditions(Collector):
    """How the app is, asked anew for each answer."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The conditions as gauges; an age that does not exist, and all but `ok` of a dead database, is left out."""
        version = GaugeMetricFamily("skilltrack_version", "Always 1; the label tells", labels=["version"])
        version.add_metric([__version__], 1)
        ok = GaugeMetricFamily("skilltrack_ok", "1 where this is well, 0 where it is not", labels=["condition"])
        values = {name: GaugeMetricFamily(f"skilltrack_{name}_age_days", what) for name, what in AGES.items()}
        values["disk"] = GaugeMetricFamily("skilltrack_disk_free_bytes", "Bytes left on the disk of the database")
        for condition in conditions(settings().database):
            ok.add_metric([condition.name], float(condition.is_ok))
            if condition.name in values and condition.value is not None:
                values[condition.name].add_metric([], condition.value)
        return iter([version, ok, *values.values()])

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing ahead: what there is, is asked for each answer."""
        return []


def _count(what: str, seconds: float, labels: dict[str, str]) -> None:
    if what in TIMES:
        TIMES[what].labels(**labels).observe(seconds)
    elif what in COUNTS:
        COUNTS[what].labels(**labels).inc()
    elif what == "session":
        SESSIONS.inc(1 if labels["event"] == "begun" else -1)


happenings.listen(_count)
REGISTRY.register(Conditions())
