"""What was published is followed: each thread reads one publication at a time, and none is closed under a reader."""

import threading
from contextlib import contextmanager
from datetime import datetime

import pytest

from skilltrack.errors import BadStore, Superseded
from skilltrack.storage import Published, address_of, following
from skilltrack.storage.published import Manifest

ADDRESS = address_of("sc://localhost:1/?data=/lake")


class Cluster:
    """What lies at an address; each publication has a number."""

    def __init__(self):
        self.newest = 1
        self.is_there = True
        self.lakes = []

    def open(self, address):
        assert address is ADDRESS
        if not self.is_there:
            raise BadStore("nobody answers")
        self.lakes.append(Lake(self, self.newest))
        return self.lakes[-1]

    @property
    def open_ones(self):
        return [lake.number for lake in self.lakes if not lake.is_closed]


class Lake:
    def __init__(self, cluster, number):
        self.cluster, self.number, self.is_closed = cluster, number, False
        self.manifest = Manifest("c", "1", f"v{number}", f"2026-01-0{number}T05:00:00", {})

    def is_newest(self):
        if not self.cluster.is_there:
            raise BadStore("nobody answers")
        return self.number == self.cluster.newest

    @contextmanager
    def snapshot(self):
        assert not self.is_closed
        if not self.is_newest():
            raise BadStore("the files are gone")
        yield self.number

    def close(self):
        self.is_closed = True


@pytest.fixture
def cluster():
    return Cluster()


@pytest.fixture
def data(cluster):
    return Published(ADDRESS, cluster.open)


def test_nothing_is_opened_before_somebody_asks_and_then_once(cluster, data):
    assert cluster.lakes == []
    assert (data.data_version(), data.computed_at, data.path) == ("v1", datetime(2026, 1, 1, 5), str(ADDRESS))
    assert cluster.open_ones == [1]


def test_it_is_not_looked_for_something_newer_before_it_is_time(cluster, data, monkeypatch):
    assert data.data_version() == "v1"
    cluster.newest = 2
    assert data.data_version() == "v1"
    monkeypatch.setattr(following.time, "monotonic", lambda: float("inf"))
    assert data.data_version() == "v2"
    assert cluster.open_ones == [2]


def test_a_page_stays_with_its_publication_which_is_closed_once_nobody_reads_it(cluster, data, monkeypatch):
    monkeypatch.setattr(following, "LOOK", 0.0)
    with data.held():
        assert data.data_version() == "v1"
        cluster.newest = 2
        other = threading.Thread(target=data.data_version)
        other.start()
        other.join(60)
        with data.held():
            assert (data.data_version(), data.computed_at) == ("v1", datetime(2026, 1, 1, 5))
        assert cluster.open_ones == [1, 2]
    assert cluster.open_ones == [2]
    assert data.data_version() == "v2"


def test_whose_rows_are_gone_is_told_to_ask_again_and_is_answered_then(cluster, data):
    with data.held():
        assert data.data_version() == "v1"
        cluster.newest = 2
        with pytest.raises(Superseded, match="published anew"), data.snapshot():
            pass
        assert data.data_version() == "v1"
    with data.snapshot() as number:
        assert number == 2
    assert cluster.open_ones == [2]


def test_a_session_that_is_lost_is_opened_anew(cluster, data):
    assert data.data_version() == "v1"
    lost = cluster.lakes[0]

    def is_newest():
        raise BadStore("INVALID_HANDLE")

    lost.is_newest = is_newest
    with pytest.raises(Superseded), data.snapshot():
        pass
    with data.snapshot() as number:
        assert number == 1
    assert (lost.is_closed, cluster.open_ones) == (True, [1])


def test_what_cannot_be_answered_for_another_reason_is_said_as_it_is(cluster, data):
    with pytest.raises(BadStore, match="too large") as error, data.snapshot():
        raise BadStore("too large")
    assert not isinstance(error.value, Superseded)


def test_a_cluster_that_is_away_leaves_what_is_open_and_says_why(cluster, data, monkeypatch, caplog):
    monkeypatch.setattr(following, "LOOK", 0.0)
    monkeypatch.setattr(following, "AGAIN", 0.0)
    assert data.data_version() == "v1"
    cluster.is_there, cluster.newest = False, 2
    assert [data.data_version() for _ in range(3)] == ["v1"] * 3
    assert data.fault == "nobody answers"
    assert len(caplog.records) == 1
    cluster.is_there = True
    assert (data.data_version(), data.fault) == ("v2", "")


def test_an_address_at_which_nothing_can_be_read_is_not_tried_by_each_who_asks(cluster, data, monkeypatch):
    cluster.is_there = False
    with pytest.raises(BadStore, match="nobody answers"):
        data.data_version()
    cluster.is_there = True
    with pytest.raises(BadStore, match="nobody answers"):
        data.data_version()
    monkeypatch.setattr(following.time, "monotonic", lambda: float("inf"))
    assert data.data_version() == "v1"


def test_those_who_come_while_it_is_opened_wait_for_that_and_open_nothing(cluster, data):
    may_open, opening, versions = threading.Event(), threading.Event(), []
    open_newest = cluster.open

    def slowly(address):
        opening.set()
        assert may_open.wait(60)
        return open_newest(address)

    data._open_newest = slowly
    readers = [threading.Thread(target=lambda: versions.append(data.data_version())) for _ in range(3)]
    for reader in readers:
        reader.start()
    assert opening.wait(60)
    may_open.set()
    for reader in readers:
        reader.join(60)
    assert versions == ["v1"] * 3
    assert len(cluster.lakes) == 1
