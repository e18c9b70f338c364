"""One upload: its files are imported in one transaction, whole or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from skilltrack.config import today
from skilltrack.errors import Refused, WouldReplace
from skilltrack.ingest.landing.alarms import alarms, compared
from skilltrack.ingest.landing.badge_checks import have_checks, note_checks, note_named_issuers, stage_checks
from skilltrack.ingest.landing.check import check, stage
from skilltrack.ingest.landing.checksums import note_checksums
from skilltrack.ingest.landing.comparison import comparison, samples
from skilltrack.ingest.landing.counting_again import tell_counting_again
from skilltrack.ingest.landing.cycles import break_cycles
from skilltrack.ingest.landing.doubts import doubts
from skilltrack.ingest.landing.ended import note_undated
from skilltrack.ingest.landing.gone import remember_erased, still_apart
from skilltrack.ingest.landing.landing import Landing
from skilltrack.ingest.landing.quarantine import quarantine
from skilltrack.ingest.landing.remembered import are_these, note_sources
from skilltrack.ingest.landing.settling import note_accepted, refuse_others
from skilltrack.ingest.landing.unverified import tell_unverified
from skilltrack.ingest.reading.ends import STATUS
from skilltrack.ingest.reading.keys_given import key_column
from skilltrack.ingest.reading.outcome import KindCount, Outcome, Problem, Progress
from skilltrack.ingest.reading.sources import ReadFile
from skilltrack.kept import refresh
from skilltrack.kinds import KEPT_APART, KINDS, Kind, has_roster, kinds_it_reads
from skilltrack.language import _, sentence
from skilltrack.relations import END_OF_TIME, read_text, with_definitions
from skilltrack.storage import Entry, Transaction

MODES = ("snapshot", "changes")


@dataclass(frozen=True)
class Options:
    """How to import an upload."""

    effective: date | None = None
    """First day a roster holds; today by default."""
    mode: str = "snapshot"
    quarantine: bool = False
    dry_run: bool = False
    by: str = "local"
    progress: Progress | None = None
    landed_at: datetime | None = None
    """UTC, naive; now by default. Never earlier than the previous upload."""
    replayed: Entry | None = None
    """The line of the journal whose upload is done again, with its number and its kept files."""
    is_one_of_many: bool = False
    """Whether others follow; the kept tables are then built after the last."""
    careful: bool = False
    """Whether an alarm, which is something wrong with the whole file, refuses it."""
    corrections: bool = False
    """Whether awards whose holder differs from before move to the new one, instead of being bad rows."""
    areas: frozenset[str] | None = None
    """Areas whose kinds of file may be imported, as `Kind.area`; None for all."""
    settles: int | None = None
    """The proposal that is accepted by this upload, which then brings rows of its person only."""
    only_adds: bool = False
    """Whether it is refused when it would change what is on record."""
    unattended: bool = False
    """Whether a program imports the files unwatched, or guesses their kind: a grave alarm then refuses them."""

    def refuses(self, problem: Problem) -> bool:
        """Whether a problem of the files as a whole refuses them."""
        return problem.severity == "alarm" and (self.careful or (self.unattended and problem.is_grave))

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise Refused(
                sentence("There is no mode {mode!r}. Use one of: {listed}.", mode=self.mode, listed=", ".join(MODES))
            )

    def say(self, step: str) -> None:
        """Report the next step to whoever is waiting."""
        if self.progress:
            self.progress(step)


class Upload:
    """The import of one upload inside one transaction."""

    def __init__(self, options: Options, files: list[ReadFile], notices: list[Problem], stored: list[str], looks: bool):
        self.options = options
        self.files = files
        self.problems = notices
        self.questions = [question for file in files for question in file.mapped.questions]
        self.stored = stored or [""] * len(files)
        """Hashes of the files as the journal keeps them."""
        self.effective_on = options.effective or today()
        self.upload_id, self.landed_at = 0, datetime.min
        self.looks = looks
        self.samples: dict[str, list[dict[str, Any]]] = {}
        """For the preview: by kind, some rows that are new, changed or gone."""

    def land(self, transaction: Transaction) -> Outcome:
        """Check and store every kind; the caller rolls back unless the outcome is `stored`."""
        same = self._repeated(transaction)
        if same is not None:
            return same
        kinds = {name: self._files(name) for name in dict.fromkeys(file.kind.name for file in self.files)}
        typed = {}
        for name, files in kinds.items():
            self.options.say(_("Reading the values of {file}", file=name))
            typed[name] = stage(KINDS[name], {no: file.mapped for no, file in files.items()}, transaction)
            stage_checks(files, transaction)
        for name, select in typed.items():
            transaction.run(f"create or replace temp view typed_{name} as {select}")
        upload_id, landed_at = self.upload_id, self.landed_at = self._announce(transaction)
        names = [file.decoded.name for file in self.files]
        creates = any(file.mapped.mapping.unknown_credentials for file in self.files)
        landing = Landing(
            transaction, upload_id, names, self.options.quarantine, self.options.mode, creates,
            self.problems, self.questions, self.files, self.options.corrections, self.options.replayed is not None,
            effective_on=self.effective_on, landed_on=landed_at.date(),
        )  # fmt: skip
        transaction.run(
            "create or replace temp table bad "
            "(kind varchar, file_no integer, line_no bigint, column_name varchar, value varchar, message varchar)"
        )
        if landing.is_again:
            remember_erased(landing, self.files)
        counts = []
        for name in kinds:
            self.options.say(_("Checking {file}", file=name))
            counts.append(self._land_kind(KINDS[name], landing, landed_at))
        break_cycles(landing, list(kinds), self.effective_on)
        counts = [self._count_bad(landing, count) for count in counts]
        refused = Outcome("refused", None, counts, self.problems, self.questions)
        is_empty = not refused.good_rows and not landing.is_again and not self._only_mended_here()
        if refused.errors and (is_empty or not self.options.quarantine):
            return refused
        for name in kinds:
            self.problems += doubts(KINDS[name], landing)
        tell_unverified(landing)
        self.problems += alarms(landing, counts, [file.sha256 for file in self.files], self.effective_on)
        if any(map(self.options.refuses, self.problems)):
            return Outcome("refused", None, counts, self.problems, self.questions)
        if self.options.only_adds and any(count.changed for count in counts):
            raise WouldReplace(_("It would change what is on record already. HR decides that, as a correction."))
        self._keep(landing, counts)
        if self.options.dry_run:
            return Outcome("checked", None, counts, self.problems, self.questions)
        note_sources(transaction, upload_id, self.files, self.stored, landing.mappings)
        landed = {
            name: _good(landing, name)
            for name, count in zip(kinds, counts, strict=True)
            if count.new + count.changed + count.unchanged
        }
        note_checksums(transaction, upload_id, landed)
        self._settle(transaction, kinds)
        self._record(transaction, upload_id, landed_at)
        if not self.options.is_one_of_many:
            self.options.say(_("Computing what the questions read"))
            refresh(transaction, upload_id, {KINDS[name].table: select for name, select in landed.items()})
        return Outcome("stored", upload_id, counts, self.problems, self.questions)

    def _only_mended_here(self) -> bool:
        """Whether bad rows can be mended only once they are set aside: of badges as files, or set aside before."""
        return any(file.badges is not None or KEPT_APART.name in file.mapped.columns for file in self.files)

    def _repeated(self, transaction: Transaction) -> Outcome | None:
        """The outcome for files that an upload has already imported in the same way, if nothing later concerns them."""
        if self.options.landed_at or (self.options.dry_run and not self.looks):
            return None
        known = "select 1 from upload_files where sha256 in (select unnest($digests)) limit 1"
        if not transaction.rows(known, {"digests": [file.sha256 for file in self.files]}):
            return None
        kinds = {file.kind.name for file in self.files}
        reads = kinds_it_reads(kinds) | {
            kind.name for kind in KINDS.values() if key_column(kind) and any(file.badges for file in self.files)
        }
        rows = transaction.rows(
            with_definitions(read_text("landing/upload/in_force")),
            {"known_at": END_OF_TIME},
        )
        newest = next((row for row in rows if reads & set(row["kinds"])), None)
        # It may not be known how an older program read its files.
        if newest is None or not are_these(self.files, newest["files"] or []):
            return None
        is_whole = self.options.quarantine or not newest["apart"]
        if not is_whole or (has_roster(kinds) and not self._holds_already(newest, rows)):
            return None
        message = sentence(
            "imported already as upload {upload_id}, and nothing since concerns it: not imported again.",
            upload_id=newest["upload_id"],
        )
        notices = [Problem(file.decoded.name, None, None, None, message, "notice") for file in self.files]
        return Outcome("repeated", newest["upload_id"], [], notices)

    def _holds_already(self, same: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
        """Whether the earlier roster holds from the day asked for or, when no day is given, is in force today."""
        since, until = same["effective_on"], self.effective_on
        later = [row for row in rows if has_roster(row["kinds"]) and since < row["effective_on"] <= until]
        is_in_force = self.options.effective is None and since < until and not later
        return same["mode"] == self.options.mode and (since == until or is_in_force)

    def _record(self, transaction: Transaction, upload_id: int, landed_at: datetime) -> None:
        """Write to the journal what is needed to import these files again in the same way."""
        if self.options.replayed:
            transaction.know(self.options.replayed)
            return
        transaction.record({
            "event": "landed", "upload_id": upload_id, "happened_at": landed_at.isoformat(), "by": self.options.by,
            "effective": self.effective_on.isoformat(), "mode": self.options.mode,
            "quarantine": self.options.quarantine,
            "files": [
                {
                    "kind": file.kind.name, "name": file.decoded.name, "sha256": file.sha256, "stored": stored,
                    "bytes": file.byte_count, "source": file.source,
                    "mapping": file.mapping.to_toml(),
                }
                for file, stored in zip(self.files, self.stored, strict=True)
            ],
            **({"settles": self.options.settles} if self.options.settles is not None else {}),
        })  # fmt: skip

    def _settle(self, transaction: Transaction, kinds: Iterable[str]) -> None:
        """Have the proposal that the upload settles accepted with it."""
        again = self.options.replayed
        proposal_id = again.get("settles") if again else self.options.settles
        if proposal_id is not None:
            if not again:
                refuse_others(transaction, map(KINDS.__getitem__, kinds), self.upload_id, proposal_id)
            note_accepted(transaction, proposal_id, self.upload_id, self.landed_at, self.options.by)

    def _announce(self, transaction: Transaction) -> tuple[int, datetime]:
        landed_at = transaction.moment_after("upload_events", self.options.landed_at)
        last = transaction.rows("select coalesce(max(upload_id), 0) as id from uploads")[0]["id"]
        upload_id = self.options.replayed["upload_id"] if self.options.replayed else last + 1
        for file_no, file in enumerate(self.files):
            transaction.run(
                "insert into upload_files values ($upload_id, $file_no, $kind, $name, $digest, $size)",
                {
                    "upload_id": upload_id,
                    "file_no": file_no,
                    "kind": file.kind.name,
                    "name": file.decoded.name,
                    "digest": file.sha256,
                    "size": file.byte_count,
                },
            )
        event = {"upload_id": upload_id, "landed_at": landed_at, "who": self.options.by}
        transaction.run("insert into upload_events values ($upload_id, 'landed', $landed_at, $who)", event)
        transaction.run(
            "insert into uploads values ($upload_id, $effective_on, $mode)",
            {"upload_id": upload_id, "effective_on": self.effective_on, "mode": self.options.mode},
        )
        return upload_id, landed_at

    def _files(self, kind: str) -> dict[int, ReadFile]:
        return {no: file for no, file in enumerate(self.files) if file.kind.name == kind}

    def _land_kind(self, kind: Kind, landing: Landing, landed_at: datetime) -> KindCount:
        files = self._files(kind.name)
        for file in files.values():
            self.problems += file.decoded.problems + file.mapped.problems
        self.problems += check(kind, landing) + (still_apart(kind, landing, files) if landing.is_again else [])
        landing.transaction.run(f"create or replace temp view good as {_good(landing, kind.name)}")
        if any(KEPT_APART.name in file.mapped.columns for file in files.values()):
            landing.transaction.run(
                "insert into mended_rows select $upload_id, split_part(place, '/', 1), split_part(place, '/', 2), "
                "split_part(place, '/', 3) from (select "
                "regexp_extract(raw_kept_apart, '^(?:row )?(\\d+/\\d+/\\d+)$', 1) as place "
                f"from typed_{kind.name}) as t where place <> ''",
                {"upload_id": landing.upload_id},
            )
        before = {"known_at": landed_at - timedelta(microseconds=1), "effective_on": self.effective_on}
        count = comparison(landing.transaction, kind, self.options.mode, before)
        if kind.lists_people:
            given = {name for file in files.values() for name in file.mapped.columns}
            if given & {"manager_name", "manager_email"}:
                given.add("manager_id")
            if STATUS in given:
                given.add("left_on")
            self.problems += compared(landing, given, before, min(files))
        tell_counting_again(kind, landing)
        if self.looks:
            self.samples[kind.name] = landing.transaction.rows(samples(kind, self.options.mode), before)
        columns = ", ".join(kind.stored)
        landing.transaction.run(
            f"insert into {kind.table} (upload_id, file_no, line_no, {columns}) "
            f"select $upload_id, file_no, line_no, {columns} from good",
            {"upload_id": landing.upload_id},
        )
        if kind.holds_awards:
            note_undated(landing)
            note_named_issuers(landing)
            if have_checks(landing):
                note_checks(landing, landed_at)
        return KindCount(kind.name, **count)

    def _count_bad(self, landing: Landing, count: KindCount) -> KindCount:
        bad = landing.transaction.rows(
            "select count(distinct (file_no, line_no)) as n from bad where kind = $kind", {"kind": count.kind}
        )[0]["n"]
        unread = sum(
            problem.severity == "error"
            for file in self.files
            if file.kind.name == count.kind
            for problem in file.decoded.problems
        )
        return KindCount(count.kind, count.new, count.changed, count.unchanged, count.gone, bad + unread)

    def _keep(self, landing: Landing, counts: list[KindCount]) -> None:
        """Store the counts and the bad rows of an upload that is stored."""
        for count in counts:
            landing.transaction.run(
                "insert into upload_counts values ($upload_id, $kind, $new, $changed, $unchanged, $gone, $quarantined)",
                {"upload_id": landing.upload_id, **vars(count)},
            )
        for file_no, file in enumerate(self.files):
            quarantine(landing, file_no, file.decoded, file.mapped, self.problems)


def _good(landing: Landing, kind: str) -> str:
    """A select of the rows of a kind that have no fault."""
    if not landing.transaction.rows("select 1 from bad where kind = $kind limit 1", {"kind": kind}):
        return f"select * from typed_{kind}"  # most files are clean, and looking up each row takes time
    return (
        f"select * from typed_{kind} as t where not exists (select 1 from bad as b "
        f"where b.kind = '{kind}' and b.file_no = t.file_no and b.line_no = t.line_no)"
    )
