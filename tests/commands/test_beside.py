"""Commands beside a running app do what they do alone: a nightly feed, a backup and a report need no pause of the app."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skilltrack.commands.beside import _bound
from skilltrack.commands.handing import LEFT, LOST, done_by_app, handed_over, path_of, short
from skilltrack.config import ROOT
from skilltrack.errors import Refused
from skilltrack.keeping import refuse_own_file
from skilltrack.storage import AuditLog
from tests.browser.conftest import Server
from tests.companies import demo_in
from tests.forked import skilltrack
from tests.keeping.test_durability import damage
from tests.torture import beside as torture_beside

FILES = {
    "skills": "skill_id,name\ns1,One\n",
    "issuers": "issuer,tier\nI,trusted\n",
    "credentials": "credential_id,name,issuer\nc1,One,I\n",
    "credential_skills": "credential_id,skill_id,level\nc1,s1,2\n",
    "roles": "role_id,role_name,skill_id,required_level\nr,R,s1,2\n",
    "roster": "employee_id,name,team,role_id\n01,Ann,T,r\n02,Ben,T,r\n",
}
BADGES = "award_id,employee_id,credential_id,issued_on\n"
APP = (
    "import sys, time; from pathlib import Path; from skilltrack.commands import beside, cli; "
    "beside.listen(Path(sys.argv[1]), cli.run); time.sleep(600)"
)
"""What the app does for commands, without its pages."""
HELD_OPEN = "from skilltrack.keeping import store_at; reading = store_at(Path(sys.argv[1])).snapshot(); "
HELD_OPEN += "reading.__enter__(); Path(sys.argv[1] + '.reading').touch(); "
READING = APP.replace("time.sleep", f"{HELD_OPEN}time.sleep")
"""The same while somebody's question is being answered all the time."""


@contextlib.contextmanager
def app_on(db, app=APP, within=()):
    with db.with_name("app.log").open("w") as log:
        process = subprocess.Popen([*within, sys.executable, "-c", app, str(db)], cwd=ROOT, stderr=log)
    try:
        _listening(db)
        yield process
    finally:
        process.kill()
        process.wait()


def _listening(db):
    """Wait until the app takes commands: its socket is there a moment before it listens."""
    until = time.monotonic() + 120
    while True:
        with short(path_of(db)) as name, socket.socket(socket.AF_UNIX) as line:
            if line.connect_ex(name) == 0:
                return
        assert time.monotonic() < until
        time.sleep(0.02)


def company_in(folder, name="c.duckdb", **environment):
    """A small company in a folder of its own, with the files it was made of."""
    for kind, text in FILES.items():
        (folder / "files").mkdir(parents=True, exist_ok=True)
        (folder / "files" / f"{kind}.csv").write_text(text)
    (folder / "badges.csv").write_text(BADGES + "a1,01,c1,2024-01-05\n")
    (folder / "bad.csv").write_text(BADGES + "a2,09,c1,2024-01-05\n")
    db = folder / name
    assert (
        skilltrack("import", "files", "--effective", "2024-01-01", db=db, folder=folder, **environment).returncode == 0
    )
    return db


def many(db, first, count):
    """A file of that many awards beside a database."""
    path = db.parent / f"{first}.csv"
    path.write_text(BADGES + "".join(f"{first}-{n},01,c1,2024-01-05\n" for n in range(count)))
    return path


def started(db, *words):
    """A command in a process of its own, while it runs."""
    return subprocess.Popen(
        [sys.executable, "-m", "skilltrack", "--db", str(db), *map(str, words)],
        cwd=db.parent,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    )


COMMANDS = (
    ("report", "coverage", "--as-of", "2024-06-30"),
    ("report", "nothing"),
    ("report", "coverage", "--output", "coverage.csv"),
    ("report", "coverage", "--format", "xlsx", "--output", "absent/coverage.xlsx"),
    ("import", "badges", "badges.csv", "--dry-run"),
    ("import", "badges.csv"),
    ("import", "badges", "bad.csv", "--json"),
    ("import", "badges", "absent.csv"),
    ("import", "nothing"),
    ("undo", "2", "--by", "Ann"),
    ("undo", "99"),
    ("redo", "2"),
    ("--viewer", "02", "uploads"),
    ("give", "02", "hr"),
    ("--viewer", "02", "undo", "2"),
    ("mail", "stop", "02", "lapses"),
    ("mail", "stopped"),
    ("remind", "--dry-run"),
    ("check",),
    ("backup", "backup.duckdb"),
    ("backup", "backup.duckdb"),
    ("held", "01", "--output", "c.duckdb.audit"),
    ("rebuild",),
    ("restore", "backup.duckdb"),
    ("restore", "absent.duckdb"),
    ("repair",),
    ("export", "star", "star"),
    ("erase", "01", "--by", "Ann"),
    ("erase", "01", "--by", "Ann", "--yes"),
    ("report", "readiness", "--as-of", "2024-06-30"),
    ("demo",),
    ("audit", "head", "--help"),
)


def test_every_command_answers_beside_the_app_as_it_does_alone(tmp_path):
    alone, beside = (company_in(tmp_path / name) for name in ("alone", "beside"))
    with app_on(beside):
        for words in COMMANDS:
            answers = [_plain(db, skilltrack(*words, db=db, folder=db.parent)) for db in (alone, beside)]
            assert answers[0] == answers[1], words
        assert skilltrack("audit", "verify", db=beside).returncode == 0
    (beside.parent / "app.log").unlink()
    names = [sorted(path.name for path in db.parent.iterdir() if ".aside" not in path.name) for db in (alone, beside)]
    assert [*names[0], "c.duckdb.socket", "c.duckdb.wal"] == [*dict.fromkeys([*names[0], *names[1]])] or names[0] == [
        name for name in names[1] if name not in ("c.duckdb.socket", "c.duckdb.wal")
    ]
    assert (beside.parent / "coverage.csv").read_text() == (alone.parent / "coverage.csv").read_text()
    assert skilltrack("check", db=beside).returncode == 0


def _plain(db, done):
    """An answer without the folder and the times in it."""
    texts = (text.replace(str(db.parent), ".") for text in (done.stdout, done.stderr))
    return done.returncode, *(re.sub(r"\d{8}T\d+|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[:.\d]*", "then", text) for text in texts)


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """The database of a company on which an app runs."""
    db = company_in(tmp_path_factory.mktemp("beside"))
    with app_on(db):
        yield db


def test_nobody_else_can_open_the_socket_and_what_is_no_command_is_let_go(beside):
    assert path_of(beside).stat().st_mode & 0o777 == 0o600
    for content in (b"", b"\xff\xff\xff\xff+", b"\x00\x00\x00\x02+[]", b"GET / HTTP/1.1\r\n\r\n"):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(path_of(beside)))
            line.sendall(content)
    for asked in (
        b"[]",
        b"{}",
        b'{"version": 1, "folder": "/", "words": []}',
        b'{"version": "1", "folder": "/"}',
        b"\xff",
    ):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(path_of(beside)))
            line.sendall(len(asked).to_bytes(4))
            socket.send_fds(line, [b"+"], [0, 1, 2])
            line.sendall(asked)
            assert line.recv(9) == b""
    assert skilltrack("uploads", db=beside).returncode == 0
    log = beside.with_name("app.log").read_text()
    assert "Traceback" not in log
    without_words = [line for line in log.splitlines() if "streams" in line or "ended before" in line]
    assert log.count("a command was not understood") - len(without_words) == 5


def test_what_the_app_does_for_somebody_is_in_the_audit_log_with_the_account_that_had_it_done(tmp_path):
    """Whoever may run commands could read what is proposed, or the mails of others, without a trace."""
    db = company_in(tmp_path)
    with app_on(db):
        for words in (
            ("proposals", "list", "--all"),
            ("remind", "--dry-run", "--as-of", "2024-06-30"),
            ("report", "coverage", "--explain", "--team=T"),
            ("--viewer", "02", "uploads"),
            ("import", "badges.csv", "--by", "nightly"),
            ("backup", "backup.duckdb"),
        ):
            skilltrack(*words, db=db, folder=tmp_path)
        listed = json.loads(skilltrack("audit", "list", "--format", "json", db=db).stdout)
    noted = [entry["what"]["options"] for entry in AuditLog(str(db)).entries() if entry["event"] == "command"]
    commands = [(entry["who"], entry["what"]) for entry in reversed(listed) if entry["event"] == "command"]
    by = f"account number {os.getuid()} of the machine"
    options = ["--all"], ["--as-of", "--dry-run"], ["--explain", "--team"], ["--viewer"], ["--by"], [], ["--format"]

    assert [sorted({*each} - {"--db"}) for each in noted] == [*map(list, options)]
    words = [what.split(", ")[0].removeprefix("command ") for _, what in commands]
    assert words == ["proposals list", "remind", "report", "uploads", "import", "backup", "audit list"]
    assert {who for who, _ in commands} == {"local"}
    assert all(what.endswith(by) for _, what in commands)
    assert [entry["who"] for entry in listed if entry["event"] in ("uploaded", "backup")] == [
        "local",
        "nightly",
        "local",
    ]


def test_a_check_takes_the_database_from_nobody_who_reads_it_and_mends_what_cannot_be_read(tmp_path):
    """It would end after a minute as long as one question is asked, and pages would wait for all of it."""
    db = company_in(tmp_path)
    with app_on(db, READING):
        until = time.monotonic() + 120
        while not Path(f"{db}.reading").exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        done = skilltrack("check", db=db)
        assert (done.returncode, "is whole" in done.stdout) == (0, True), done.stderr
    with app_on(db):
        damage(db)
        mended = skilltrack("check", db=db)
        assert (mended.returncode, "It was rebuilt from an empty database and the journal" in mended.stderr) == (
            2,
            True,
        )
        assert "Ann" in skilltrack("report", "readiness", "--as-of", "2024-06-30", db=db).stdout
        assert skilltrack("check", db=db).returncode == 0


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode != 0,
    reason="no folders of one's own can be made here",
)
def test_a_file_where_the_app_has_a_folder_of_its_own_is_refused_with_the_reason(tmp_path):
    """It was called absent though it is there, and what was written there was gone."""
    db, own = company_in(tmp_path / "company"), tmp_path / "own"
    own.mkdir()
    (own / "badges.csv").write_text(BADGES + "a1,01,c1,2024-01-05\n")
    shutil.copy(own / "badges.csv", db.parent / "good.csv")
    with app_on(db, within=["unshare", "-rm", "sh", "-c", f'mount -t tmpfs none {own} && exec "$@"', "sh"]):
        for words, folder in (
            (("import", "badges", own / "badges.csv"), db.parent),
            (("import", "badges", "badges.csv"), own),
            (("import", own), db.parent),
            (("report", "coverage", "--output", "../own/coverage.csv"), db.parent),
            (("report", "coverage", f"--output={own}/coverage.csv"), db.parent),
            (("backup", own / "backup.duckdb"), db.parent),
        ):
            done = skilltrack(*words, db=db, folder=folder)
            assert done.returncode == 2
            assert "as you do: its service has another folder there, or none. Nothing was done." in done.stderr
            assert f"Name a place below {db.parent}." in done.stderr
        absent = skilltrack("import", "badges", db.parent / "absent.csv", db=db)
        assert "absent.csv does not exist" in absent.stderr
        assert skilltrack("import", "badges", "good.csv", db=db, folder=db.parent).returncode == 0
        assert skilltrack("report", "coverage", "--output=coverage.csv", db=db, folder=db.parent).returncode == 0
    assert (db.parent / "coverage.csv").exists()


def test_a_file_that_is_only_called_like_the_socket_is_left_alone_and_no_output_is_called_so(tmp_path):
    place = path_of(tmp_path / "c.duckdb")
    with pytest.raises(Refused, match="own files"):
        refuse_own_file(tmp_path / "c.duckdb", place)
    place.write_text("notes of somebody")

    with pytest.raises(FileExistsError):
        _bound(place)

    assert place.read_text() == "notes of somebody"


def as_a_process(*words, folder, more=""):
    """What `python -m skilltrack` does with these words in a process that has loaded nothing yet."""
    code = f"import sys; from skilltrack.commands import main; main(); {more}"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_command_beside_an_app_loads_nothing_that_the_app_has_loaded(beside):
    """Each command of a nightly feed would take a second of a core from the people who look at pages."""
    loaded = (
        "print([name for name in ('click', 'duckdb', 'pandas', 'pyarrow') if name in sys.modules], file=sys.stderr)"
    )
    for words in (["--db", beside, "uploads"], ["uploads", f"--db={beside.name}"]):
        done = as_a_process(*words, folder=beside.parent, more=loaded)

        assert (done.returncode, done.stderr) == (0, "[]\n")
        assert done.stdout == skilltrack("uploads", db=beside).stdout


def test_what_is_wrong_with_a_command_is_said_as_without_an_app(beside, tmp_path):
    """Somebody who mistypes a word beside an app would read about a program that they did not start."""
    company_in(tmp_path)
    for words in (["uploadz"], ["undo"], ["import", "badges", "nothing.csv"], ["uploads", "--db"]):
        here, alone = (as_a_process("--db", db, *words, folder=db.parent) for db in (beside, tmp_path / "c.duckdb"))
        called = alone.stderr.replace(str(tmp_path), str(beside.parent)).replace("-c ", "skilltrack ")

        assert (here.returncode, here.stderr.replace("-c ", "skilltrack ")) == (2, called), words


def test_a_command_whose_database_is_not_plain_is_looked_at_more_closely(beside, tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", str(beside))
    other = str(tmp_path / "other.duckdb")
    for words in (
        [],
        ["--help"],
        ["serve"],
        ["demo"],
        ["--db", str(beside), "uploads", "--db", other],
        ["--db", "sc://cluster:15002/?data=/lake", "report", "coverage"],
        ["--db", other, "uploads"],
    ):
        assert done_by_app(words) is None, words


def test_another_account_is_told_as_whom_to_run_a_command(beside):
    """An administrator who forgets to change the account would be asked to report a failure of ours."""
    path, account = path_of(beside), os.geteuid()
    try:
        os.seteuid(65534) if account == 0 else path.chmod(0)
        with pytest.raises(Refused, match=f"may not use {beside}. Run the command as the account that runs the app"):
            handed_over(beside, ["uploads"])
    finally:
        os.seteuid(account)
        path.chmod(0o600)


def test_what_a_command_reads_and_writes_may_be_a_pipe_of_its_own(beside):
    words = f"{sys.executable} -m skilltrack --db {beside} import badges <(printf '{BADGES}p1,02,c1,2024-02-01\\n')"
    done = subprocess.run(
        ["bash", "-c", words],
        cwd=beside.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 new" in done.stdout, done.stderr


def fed(db, name, count, day):
    """An import of that many awards of a day, as soon as whoever does it has begun to read them, and a way to go on."""
    pipe = db.parent / f"{name}.csv"
    os.mkfifo(pipe)
    process = started(db, "import", "badges", pipe)
    writer = pipe.open("w")  # opens as soon as it is read

    def go_on():
        with contextlib.suppress(BrokenPipeError), writer:
            writer.write(BADGES + "".join(f"{name}-{n},01,c1,{day}\n" for n in range(count)))

    return process, go_on


def awards_of(db, day):
    """How many awards of a day the one person has to whom all files give theirs."""
    told = skilltrack("report", "transcript", "--employee", "01", "--as-of", "2024-06-30", db=db)
    assert told.returncode == 0, told.stderr
    return told.stdout.count(f",{day},")


def stored_and_awarded(db, file, day):
    """Whether a file is stored, and how many awards of its day there are then: looked at again if it lands meanwhile."""
    while True:
        before, awarded, after = (
            skilltrack("uploads", db=db).stdout,
            awards_of(db, day),
            skilltrack("uploads", db=db).stdout,
        )
        if before == after:
            return file in after, awarded


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("after", [0, 0.2])
def test_an_import_whose_command_is_stopped_is_whole_or_not_there(beside, sent, after):
    name, day = f"{sent.name}-{after}", f"2024-02-{int(sent) + 10 * bool(after):02}"
    process, go_on = fed(beside, name, 5_000, day)
    if not after:
        process.send_signal(sent)
    go_on()
    time.sleep(after)
    process.send_signal(sent)
    _out, err = process.communicate(timeout=300)
    assert skilltrack("check", db=beside).returncode == 0  # waits until the app has done what was left to it
    is_stored, awarded = stored_and_awarded(beside, f"{name}.csv", day)
    if sent == signal.SIGINT and process.returncode >= 0 and LEFT not in err:
        assert (process.returncode == 0) == is_stored, err
        assert is_stored or "Nothing was stored" in err
    assert awarded == (5_000 if is_stored else 0)


def test_answers_are_given_and_other_commands_done_while_a_long_import_runs(beside):
    """The last test on this company, because what it imports makes every later command long."""
    for count in (25_000, 250_000):  # the second where a machine imports the first before a report is printed
        importing = started(beside, "import", "badges", many(beside, f"long-{count}", count))
        answered = 0
        while importing.poll() is None:
            assert skilltrack("report", "coverage", db=beside).returncode == 0
            answered += importing.poll() is None
        assert importing.communicate()[1] == ""
        assert importing.returncode == 0
        if answered:
            break
    assert answered


@pytest.mark.parametrize("after", [None, 0.3])
def test_when_the_app_is_killed_the_command_says_so_and_the_next_opens_the_file_itself(tmp_path, after):
    db = company_in(tmp_path)
    with app_on(db) as app:
        process, go_on = fed(db, "many", 20_000, "2024-02-01")
        if after is not None:
            go_on()
            time.sleep(after)
        app.kill()
        _out, err = process.communicate(timeout=120)
        if after is None:
            go_on()
    is_done = process.returncode == 0  # on a machine that imports so much in that time
    assert is_done is False or after is not None
    assert (process.returncode, "has stopped" in err) == (int(not is_done), not is_done)
    assert path_of(db).exists()
    assert skilltrack("check", db=db).returncode == 0
    is_stored = "many.csv" in skilltrack("uploads", db=db).stdout
    assert is_stored or not is_done
    assert awards_of(db, "2024-02-01") == (20_000 if is_stored else 0)


def test_an_app_that_is_killed_before_it_has_read_what_it_was_asked_is_said_to_have_stopped(tmp_path):
    """Else the command ends with a report of a failure of ours, or without a word."""
    db = company_in(tmp_path, "stopped.duckdb")
    with app_on(db) as app:
        app.send_signal(signal.SIGSTOP)
        before, until = _connections(db), time.monotonic() + 120
        process = started(db, "uploads")
        while _connections(db) == before:
            assert time.monotonic() < until
            time.sleep(0.02)
        app.kill()
        _out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (1, f"{LOST}\n")


def _connections(db):
    """How many commands are connected to apps on databases of that name, which no other test has, and the apps."""
    return Path("/proc/net/unix").read_text().count(f"/{path_of(db).name}")


def test_the_served_app_does_commands_and_a_second_one_says_what_to_do(tmp_path):
    db = demo_in(tmp_path)
    server = Server(db)
    try:
        _listening(db)
        assert "Wind" in skilltrack("report", "coverage", db=db).stdout
        second = skilltrack("serve", "--local", "--port", "1", db=db)
        assert (second.returncode, "is the app running?" in second.stderr) == (2, True)
    finally:
        server.stop()


def test_what_commands_send_while_people_click_is_there_once_and_no_page_fails(tmp_path):
    """A nightly feed beside the app would lose an award, or a page would fail; one of the commands is killed."""
    counts = torture_beside.torture(8, 3, tmp_path, think=0.5)

    assert (counts["rounds"], counts["killed: command"], counts["views"] > 5) == (8, 1, True)
    assert counts["looked at"] == 3 * len(torture_beside.PAGES)
    assert {name: counts[name] for name in torture_beside.WRONG if counts[name]} == {}
