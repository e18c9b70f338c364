"""The ways in: files of one kind, a folder, bytes from a screen or another program; each is one upload."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path

from skilltrack.errors import BadFile, NoMemory, Refused
from skilltrack.happenings import happened
from skilltrack.ingest.landing.remembered import read_all
from skilltrack.ingest.landing.settling import refuse_settled
from skilltrack.ingest.landing.upload import Options, Upload
from skilltrack.ingest.reading.badge_files import ENDINGS as BADGE_ENDINGS
from skilltrack.ingest.reading.badge_files import in_its_file
from skilltrack.ingest.reading.mapping import read_mapping
from skilltrack.ingest.reading.matrix_places import placed
from skilltrack.ingest.reading.outcome import Outcome, Problem
from skilltrack.ingest.reading.sources import ReadFile, Source, source_from
from skilltrack.kinds import KINDS, refuse_closed
from skilltrack.language import sentence
from skilltrack.storage import Store, Transaction
from skilltrack.text import readable

NOT_NAMED = sentence("not named after a kind of file: left out.")
ENDINGS = ("csv", "tsv", "txt", "xlsx", "xlsm")
"""Endings of the names of files that can be imported."""

MANY = 200_000
"""Rows from which an upload is one that could fill the memory."""

Look = Callable[[Transaction, Upload], None]
"""Called inside the transaction of a dry run, when every row is in and nothing is committed yet."""


def import_files(store: Store, kind: str, paths: Iterable[str | Path], **options) -> Outcome:
    """Import files of one kind as one upload; keyword arguments are the fields of `Options` and `mapping`, a path.

    Returns an `Outcome`, refused when a row is bad (unless `quarantine`). Raises `Refused` when the kind, a file, the
    mapping or an option cannot be used at all; nothing is stored then either.
    """
    if kind not in KINDS:
        raise Refused(
            sentence(
                "There is no kind of file called {kind!r}. Use one of: {listed}; or name a folder.",
                kind=kind,
                listed=", ".join(KINDS),
            )
        )
    files = [Path(path) for path in paths]
    if not files:
        raise Refused(sentence("Name at least one file of {kind} to import.", kind=kind))
    path = options.pop("mapping", None)
    chosen = Options(**options)
    mapping = read_mapping(path) if path else None
    names = [file.name for file in files]
    # Two files with one name are distinguished by their folders.
    called = [file.name if names.count(file.name) == 1 else str(file) for file in files]
    sources = [source_from(store.folder, kind, name, file, mapping) for name, file in zip(called, files, strict=True)]
    return import_sources(store, sources, chosen)


def import_folder(store: Store, folder: str | Path, **options) -> Outcome:
    """Import every file of `folder` that is named after its kind (`roster.csv`, `badges.xlsx` …) as one upload."""
    folder = Path(folder)
    if not folder.is_dir():
        raise Refused(sentence("{folder} is not a folder. Name a folder, or a kind and its files.", folder=folder))
    if options.pop("mapping", None) is not None:
        raise Refused(sentence("A mapping is for one kind of file. Import that kind by itself."))
    files = sorted(path for path in folder.iterdir() if path.is_file())
    known = [(kind, path) for kind in KINDS for path in files if kind_of_name(path.name) == kind]
    if not known:
        names = ", ".join(f"{name}.csv" for name in KINDS)
        raise BadFile(
            sentence(
                "{folder} has no file named after its kind. Expected some of: {names}.", folder=folder, names=names
            )
        )
    rest = [readable(path.name) for path in files if path not in [path for _, path in known]]
    notices = [Problem(name, None, None, None, NOT_NAMED, "notice") for name in rest]
    sources = [source_from(store.folder, kind, path.name, path) for kind, path in known]
    return import_sources(store, sources, Options(**options), notices)


def import_sources(store: Store, sources: list[Source], options: Options, notices: Iterable[Problem] = ()) -> Outcome:
    """Import bytes as one upload."""
    return counted(lambda: _imported(store, read_all(store, sources, options.say), options, notices))


def import_read(
    store: Store, read: list[ReadFile], options: Options, notices: Iterable[Problem] = (), look: Look | None = None
) -> Outcome:
    """Import files that have been read as one upload; `look` sees what a dry run would store."""
    return counted(lambda: _imported(store, read, options, notices, look))


def counted(imported: Callable[[], Outcome]) -> Outcome:
    """Do an import, and tell those who count how it ended."""
    status = "failed"
    try:
        outcome = imported()
        status = outcome.status
    except Refused:
        status = "refused"
        raise
    finally:
        happened("upload", outcome=status)
    return outcome


def _imported(
    store: Store, read: list[ReadFile], options: Options, notices: Iterable[Problem] = (), look: Look | None = None
) -> Outcome:
    """Land the files; many rows in little memory, and if that is too little, again in as much as there is."""
    refuse_closed([file.kind.name for file in read], options.areas)
    notices = list(notices)
    if sum(len(file.mapped.lines) for file in read) > MANY:
        with suppress(NoMemory):
            within = partial(Transaction.sparing, is_shared=store.is_shared)
            return _landed(store, read, options, notices, look, within)
    return _landed(store, read, options, notices, look)


def _landed(
    store: Store,
    read: list[ReadFile],
    options: Options,
    notices: Iterable[Problem],
    look: Look | None,
    within: Callable[[Transaction], AbstractContextManager[object]] = nullcontext,
) -> Outcome:
    with store.write() as transaction, within(transaction):
        if options.settles is not None:
            refuse_settled(transaction, options.settles)
        stored = _kept(store, read, options)
        upload = Upload(options, read, list(notices), stored, look is not None)
        outcome = upload.land(transaction)
        for file in read:
            if file.mapped.mapping.is_taken_apart:
                outcome.problems = placed(file.kind, file.decoded, file.mapped.mapping, outcome.problems)
            if file.badges:
                outcome.problems = [in_its_file(file.decoded, problem) for problem in outcome.problems]
        if look is not None and outcome.status == "checked":
            look(transaction, upload)
        if outcome.status != "stored":
            transaction.give_up()
    if outcome.status == "repeated" and not options.dry_run:
        kinds = sorted({file.kind.name for file in read})
        store.journal.audit.note(options.by, "again", None, upload=outcome.upload_id, kinds=kinds)
    return outcome


def _kept(store: Store, read: list[ReadFile], options: Options) -> list[str]:
    """Keep the files on disk; returns their hashes, or none for a dry run."""
    if options.dry_run:
        return []
    if options.replayed is not None:
        return [file["stored"] for file in options.replayed["files"]]
    store.refuse_unless_whole()
    return [store.journal.keep_pieces(file.to_store) for file in read]


def kind_of_name(name: str) -> str | None:
    """The kind that a file is named after: `Roster.xlsx` is a roster."""
    stem, _, ending = name.lower().rpartition(".")
    if stem not in KINDS:
        return None
    return stem if ending in ENDINGS or (KINDS[stem].holds_awards and ending in BADGE_ENDINGS) else None
