"""What was published in a folder, read by duckdb in the place of a cluster: pages that need none of it need no Spark."""

from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from skilltrack.errors import BadStore
from skilltrack.storage import MANIFEST, manifest_of
from skilltrack.storage.transactions import Snapshot


class InDuckdb:
    """One publication, open, as `storage.spark.Lake` has it."""

    def __init__(self, address):
        self.folder = Path(address.data)
        self.manifest = self._published()
        self.is_closed = False
        self.asked = []
        self._connection = duckdb.connect(config={"threads": 1})
        for name, relation in self.manifest.relations.items():
            self._connection.execute(f"create view {name} as select * from '{self.folder / relation.file}'")

    def _published(self):
        if not (self.folder / MANIFEST).exists():
            raise BadStore(f"{self.folder}: the cluster does not find the published relations.")
        return manifest_of((self.folder / MANIFEST).read_text(), str(self.folder))

    def is_newest(self):
        return self._published() == self.manifest

    def answering(self, sql):
        """Called before each answer."""

    def close(self):
        self.is_closed = True
        self._connection.close()

    @contextmanager
    def snapshot(self):
        with closing(self._connection.cursor()) as cursor:
            yield _Reading(self, cursor)


class _Reading(Snapshot):
    def __init__(self, lake, cursor):
        super().__init__(cursor)
        self._lake, self.given = lake, frozenset(lake.manifest.relations)

    def frame(self, sql, parameters, most):
        self._lake.asked.append(sql)
        self._lake.answering(sql)
        try:
            return super().frame(sql, parameters, most)
        except duckdb.IOException as error:
            raise BadStore(f"the files are gone: {error}") from None
