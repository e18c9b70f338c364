"""One upload: its files landed in one transaction, whole or not at all."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from skilltrack.config import today
from skilltrack.errors import BadFile, Refused
from skilltrack.ingest.check import check
from skilltrack.ingest.columns import Mapped, map_columns
from skilltrack.ingest.comparison import comparison, stored_columns
from skilltrack.ingest.cycles import in_words, reporting_cycles, stack_cycles
from skilltrack.ingest.decode import Decoded, decode, read_bytes
from skilltrack.ingest.doubts import doubts
from skilltrack.ingest.kinds import KINDS, Kind
from skilltrack.ingest.landing import Landing
from skilltrack.ingest.mapping import Mapping, read_mapping
from skilltrack.ingest.outcome import KindCount, Outcome, Problem
from skilltrack.ingest.quarantine import quarantine
from skilltrack.ingest.questions import Question, Unanswered
from skilltrack.ingest.recognise import lay_out, score
from skilltrack.marts import END_OF_TIME, with_marts
from skilltrack.refresh import refresh
from skilltrack.store import Store, Transaction

MODES = ("snapshot", "changes")

Progress = Callable[[str], None]
"""Called with what is about to be done, once a step."""


@dataclass(frozen=True)
class Options:
    """How an upload is to land."""

    effective: date | None = None
    """First day a roster holds; today by default."""
    mode: str = "snapshot"
    mapping: Path | None = None
    quarantine: bool = False
    dry_run: bool = False
    by: str = "local"
    progress: Progress | None = None
    landed_at: datetime | None = None
    """UTC, naive; now by default. Never earlier than the upload before it."""


def import_files(store: Store, kind: str, paths: Iterable[str | Path], **options) -> Outcome:
    """Import files of one kind as one upload; keyword arguments are the fields of `Options`.

    Returns an `Outcome`, refused when a row is bad (unless `quarantine`). Raises `Refused` when the kind, a file, the
    mapping or an option cannot be used at all; nothing is stored then either.
    """
    if kind not in KINDS:
        raise Refused(f"There is no kind of file called {kind!r}. Use one of: {', '.join(KINDS)}; or name a folder.")
    files = [Path(path) for path in paths]
    if not files:
        raise Refused(f"Name at least one file of {kind} to import.")
    return _import(store, [(KINDS[kind], path) for path in files], [], Options(**options))


def import_folder(store: Store, folder: str | Path, **options) -> Outcome:
    """Import every file of `folder` that is named after its kind (`roster.csv` …) as one upload."""
    folder = Path(folder)
    if not folder.is_dir():
        raise Refused(f"{folder} is not a folder. Name a folder, or a kind and its files.")
    files = sorted(path for path in folder.iterdir() if path.is_file())
    known = [(kind, path) for kind in KINDS.values() for path in files if path.name.lower() == f"{kind.name}.csv"]
    if not known:
        names = ", ".join(f"{name}.csv" for name in KINDS)
        raise Refused(f"{folder} holds no file named after its kind. Expected some of: {names}.")
    rest = [path.name for path in files if path not in [path for _, path in known]]
    notices = [Problem(name, None, None, None, "not named after a kind of file: left out.", "notice") for name in rest]
    chosen = Options(**options)
    if chosen.mapping is not None:
        raise Refused("A mapping is for one kind of file. Import that kind by itself.")
    return _import(store, known, notices, chosen)


def _import(store: Store, sources: list[tuple[Kind, Path]], notices: list[Problem], options: Options) -> Outcome:
    if options.mode not in MODES:
        raise Refused(f"There is no mode {options.mode!r}. Use one of: {', '.join(MODES)}.")
    say = options.progress or (lambda step: None)
    mapping = read_mapping(options.mapping) if options.mapping else Mapping()
    upload = Upload(options, read_files(sources, mapping, say), list(notices), say)
    with store.write() as transaction:
        outcome = upload.land(transaction)
        if outcome.status != "stored":
            transaction.give_up()
    return outcome


@dataclass(frozen=True)
class ReadFile:
    """A file as it came and as its kind understands it."""

    kind: Kind
    decoded: Decoded
    mapped: Mapped


def read_files(sources: list[tuple[Kind, Path]], mapping: Mapping, say: Progress) -> list[ReadFile]:
    """Decode and map every file; raises one `BadFile` that tells of each that cannot be read."""
    read, unreadable = [], []
    questions: list[Question] = []
    names = [path.name for _, path in sources]
    for kind, path in sources:
        say(f"Reading {path.name}")
        try:
            # Two files of one name are told apart by their folders.
            name = path.name if names.count(path.name) == 1 else str(path)
            decoded = decode(read_bytes(path), name, mapping, lay_out(kind, mapping), score(kind))
            read.append(ReadFile(kind, decoded, map_columns(kind, decoded, mapping)))
        except BadFile as error:
            unreadable.append(str(error))
            questions += getattr(error, "questions", ())
    if questions and len(unreadable) == 1:
        raise Unanswered(questions, unreadable[0].split("\n")[0])
    if unreadable:
        raise BadFile("\n".join(unreadable))
    return read


class Upload:
    """The landing of one upload inside one transaction."""

    def __init__(self, options: Options, files: list[ReadFile], notices: list[Problem], say: Progress):
        self.options = options
        self.files = files
        self.problems = notices
        self.questions = [question for file in files for question in file.mapped.questions]
        self.say = say
        self.effective_on = options.effective or today()

    def land(self, transaction: Transaction) -> Outcome:
        """Check and store every kind; the caller rolls back unless the outcome is `stored`."""
        upload_id, landed_at = self._announce(transaction)
        names = [file.decoded.name for file in self.files]
        creates = any(file.mapped.mapping.unknown_credentials for file in self.files)
        landing = Landing(
            transaction, upload_id, names, self.options.quarantine, self.options.mode, creates,
            self.problems, self.questions,
        )  # fmt: skip
        transaction.run(
            "create or replace temp table bad "
            "(kind varchar, file_no integer, line_no bigint, column_name varchar, value varchar, message varchar)"
        )
        for name in KINDS:
            transaction.run(f"drop table if exists temp.typed_{name}")
        counts = []
        kinds = list(dict.fromkeys(file.kind.name for file in self.files))
        for name in kinds:
            self.say(f"Checking {name}")
            counts.append(self._land_kind(KINDS[name], landing, landed_at))
        self._break_cycles(landing, kinds)
        counts = [self._count_bad(landing, count) for count in counts]
        if any(problem.severity == "error" for problem in self.problems) and not self.options.quarantine:
            return Outcome("refused", None, counts, self.problems, self.questions)
        for name in kinds:
            self.problems += doubts(KINDS[name], landing)
        self._keep(landing, counts)
        if self.options.dry_run:
            return Outcome("checked", None, counts, self.problems, self.questions)
        self.say("Computing what the questions read")
        refresh(transaction, upload_id)
        return Outcome("stored", upload_id, counts, self.problems, self.questions)

    def _announce(self, transaction: Transaction) -> tuple[int, datetime]:
        last = transaction.rows(
            "select (select coalesce(max(upload_id), 0) from uploads) as id, "
            "(select max(happened_at) from upload_events) as happened_at"
        )[0]
        now = self.options.landed_at or datetime.now(UTC).replace(tzinfo=None)
        landed_at = now if last["happened_at"] is None else max(now, last["happened_at"] + timedelta(microseconds=1))
        upload_id = last["id"] + 1
        for file_no, file in enumerate(self.files):
            digest = hashlib.sha256(file.decoded.content).hexdigest()
            same = transaction.rows(
                with_marts(
                    "select f.upload_id from upload_files as f join live_uploads as u on u.upload_id = f.upload_id "
                    "where f.sha256 = $digest and f.kind = $kind order by f.upload_id desc limit 1"
                ),
                {"digest": digest, "kind": file.kind.name, "known_at": END_OF_TIME},
            )
            if same:
                said = f"the same bytes landed as upload {same[0]['upload_id']}."
                self.problems.append(Problem(file.decoded.name, None, None, None, said, "notice"))
            transaction.run(
                "insert into upload_files values ($upload_id, $file_no, $kind, $name, $digest, $size)",
                {
                    "upload_id": upload_id, "file_no": file_no, "kind": file.kind.name, "name": file.decoded.name,
                    "digest": digest, "size": len(file.decoded.content),
                },
            )  # fmt: skip
        event = {"upload_id": upload_id, "landed_at": landed_at, "who": self.options.by}
        transaction.run("insert into upload_events values ($upload_id, 'landed', $landed_at, $who)", event)
        transaction.run(
            "insert into uploads values ($upload_id, $effective_on, $mode)",
            {"upload_id": upload_id, "effective_on": self.effective_on, "mode": self.options.mode},
        )
        return upload_id, landed_at

    def _land_kind(self, kind: Kind, landing: Landing, landed_at: datetime) -> KindCount:
        files = {no: file for no, file in enumerate(self.files) if file.kind is kind}
        for file in files.values():
            self.problems += file.decoded.problems + file.mapped.problems
        self.problems += check(kind, {no: file.mapped for no, file in files.items()}, landing)
        landing.transaction.run(
            f"create or replace temp view good as select * from typed_{kind.name} as t where not exists "
            f"(select 1 from bad as b where b.kind = '{kind.name}' and b.file_no = t.file_no and b.line_no = t.line_no)"
        )
        before = {"known_at": landed_at - timedelta(microseconds=1), "effective_on": self.effective_on}
        count = landing.transaction.rows(comparison(kind, self.options.mode), before)[0]
        columns = ", ".join(stored_columns(kind))
        landing.transaction.run(
            f"insert into {kind.table} (upload_id, file_no, line_no, {columns}) "
            f"select $upload_id, file_no, line_no, {columns} from good",
            {"upload_id": landing.upload_id},
        )
        return KindCount(kind.name, **count)

    def _break_cycles(self, landing: Landing, kinds: list[str]) -> None:
        """Make every row of this upload that closes a cycle a bad row, and take it out again."""
        while "roster" in kinds:
            found = reporting_cycles(landing.transaction, self.effective_on)
            if not found or not self._take_out(KINDS["roster"], "employee_id", "manager_id", landing, found[0][1]):
                break
        while "stacks" in kinds:
            cycles = stack_cycles(landing.transaction)
            if not cycles or not self._take_out(KINDS["stacks"], "credential_id", "component_id", landing, cycles[0]):
                break

    def _take_out(self, kind: Kind, start: str, end: str, landing: Landing, members: list[str]) -> bool:
        """Name the rows that make up a cycle; says whether any of them could be taken out of this upload."""
        what = "reporting line" if kind.name == "roster" else "stack"
        message = f"makes the {what} a circle: {in_words(members)}. Change one of these rows."
        on_cycle = {"upload_id": landing.upload_id, "members": members}
        where = (
            f"upload_id = $upload_id and {start} in (select unnest($members)) and {end} in (select unnest($members))"
        )
        rows = landing.transaction.rows(
            f"select file_no, line_no, {end} as value from {kind.table} where {where}", on_cycle
        )
        for row in rows:
            problem = Problem(landing.file_names[row["file_no"]], row["line_no"], end, row["value"], message)
            self.problems.append(problem)
            landing.transaction.run(
                "insert into bad values ($kind, $file_no, $line_no, $end, $value, $message)",
                {**row, "kind": kind.name, "end": end, "message": message},
            )
        if not rows:
            self.problems.append(Problem(landing.file_names[0], None, end, None, f"this upload {message}"))
        landing.transaction.run(f"delete from {kind.table} where {where}", on_cycle)
        return bool(rows)

    def _count_bad(self, landing: Landing, count: KindCount) -> KindCount:
        bad = landing.transaction.rows(
            "select count(distinct (file_no, line_no)) as n from bad where kind = $kind", {"kind": count.kind}
        )[0]["n"]
        unread = sum(len(file.decoded.problems) for file in self.files if file.kind.name == count.kind)
        return KindCount(count.kind, count.new, count.changed, count.unchanged, count.gone, bad + unread)

    def _keep(self, landing: Landing, counts: list[KindCount]) -> None:
        """Store the counts and the bad rows of an upload that lands."""
        for count in counts:
            landing.transaction.run(
                "insert into upload_counts values ($upload_id, $kind, $new, $changed, $unchanged, $gone, $quarantined)",
                {"upload_id": landing.upload_id, **vars(count)},
            )
        for file_no, file in enumerate(self.files):
            quarantine(landing, file_no, file.decoded, file.mapped, self.problems)
