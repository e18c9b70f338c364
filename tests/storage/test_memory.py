"""What questions have looked up is told to nobody else and in no other state of the data, however many ask at once."""

import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from skilltrack.access.viewer import Viewer
from skilltrack.ingest import import_files
from skilltrack.questions import Filters, Metrics
from skilltrack.storage.memory import ENTRY, Memory
from skilltrack.storage.store import Store
from tests.ingest.test_import import write


@pytest.fixture
def often():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_find_what_was_looked_up_for_them_in_their_state_and_no_more_is_kept_than_fits(often):
    most, turns = 40 * ENTRY, 2_000
    memory, data, looked_up = Memory(most), [0], count()

    def ask(seed):
        chance = random.Random(seed)
        for _ in range(turns):
            viewer, recall = chance.randrange(100), memory.now()
            own = (viewer, data[0])  # whatever a reader sees is fixed after it has taken its recall

            def look_up(own=own):
                next(looked_up)
                return [own] * (1 + own[0] % 5)

            assert recall.find(f"viewer {viewer}", look_up, len)[0] == own
            with memory._lock:  # while an entry goes in it may weigh more
                assert memory._weight <= most

    def change(seed):
        chance = random.Random(seed)
        for _ in range(turns // 4):
            with memory.changing():
                data[0] += 1
            for _ in range(chance.randrange(30)):
                memory.now()

    def clear():
        for _ in range(turns // 8):
            memory.clear()

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(ask, seed) for seed in range(6)] + [pool.submit(change, 9), pool.submit(clear)]
        for each in done:
            each.result()
    clear()
    assert next(looked_up) < 6 * turns  # some of it was remembered
    assert memory._weight == len(memory._entries) == 0


def test_the_longest_unused_goes_first_and_what_is_larger_than_all_is_not_kept():
    memory, looked_up = Memory(3 * ENTRY), []

    def find(key, items=0):
        return memory.now().find(key, lambda: looked_up.append(key) or [0] * items, len)

    for key in ("a", "b", "c", "a", "d", "a", "b"):
        find(key)
    assert looked_up == ["a", "b", "c", "d", "b"]
    find("e", items=3 * ENTRY)
    find("e", items=3 * ENTRY)
    assert looked_up[-2:] == ["e", "e"]


def test_what_somebody_looks_up_who_began_before_a_change_is_neither_kept_nor_told():
    memory = Memory()
    before = memory.now()
    assert before.find("a", lambda: ["old"], len) == ["old"]
    with memory.changing():
        during = memory.now()
        for n, late in enumerate((before, during, memory.now())):
            assert late.find("a", lambda n=n: [n], len) == [n]

    for late in (before, during):
        assert late.find("a", lambda: ["later"], len) == ["later"]
    assert memory.now().find("a", lambda: ["new"], len) == ["new"]
    assert memory.now().find("a", lambda: ["newer"], len) == ["new"]


def test_managers_who_ask_at_once_while_people_move_are_told_of_their_own_people_only(tmp_path):
    store, bosses = Store.open(":memory:"), ("b0", "b1", "b2")
    store.memory = Memory(3 * ENTRY)

    def move(turn):
        """Everybody below the bosses moves on to the next."""
        rows = [f"{boss},{boss},,T" for boss in bosses]
        rows += [f"p{n},p{n},{bosses[(n + turn) % 3]},T" for n in range(9)]
        file = write(tmp_path / str(turn), roster="\n".join(["employee_id,name,manager_id,team", *rows]))
        assert import_files(store, "roster", [file / "roster.csv"]).status == "stored"

    def people(turn):
        return {boss: {boss, *(f"p{n}" for n in range(9) if bosses[(n + turn) % 3] == boss)} for boss in bosses}

    move(0)
    is_over = threading.Event()

    def ask(boss):
        told = set()
        viewer = Viewer(boss, frozenset({"manager"}), boss, (boss,))
        while not is_over.is_set():
            told.add(frozenset(Metrics(store).ask("people", viewer, Filters())["employee_id"]))
            store.memory.clear()
        return boss, told

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, boss) for boss in bosses]
        move(1)
        is_over.set()
        for boss, told in (each.result() for each in asking):
            assert told <= {frozenset(people(turn)[boss]) for turn in (0, 1)}
    store.close()
