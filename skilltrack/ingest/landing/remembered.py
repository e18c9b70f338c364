"""What is remembered about files: where each came from, and how it was read, for the next file of the same source."""

from dataclasses import replace

from skilltrack.badges import IssuerKey
from skilltrack.ingest.landing.erased import NOBODY
from skilltrack.ingest.reading.badge_files import SOURCE, holds_badges
from skilltrack.ingest.reading.issued import of_issuers
from skilltrack.ingest.reading.mapping import Mapping, parse_mapping
from skilltrack.ingest.reading.outcome import Progress
from skilltrack.ingest.reading.sources import ReadFile, Source, read_sources
from skilltrack.kinds import KINDS
from skilltrack.relations import END_OF_TIME, with_definitions
from skilltrack.storage import Store, Transaction


def read_all(store: Store, sources: list[Source], say: Progress) -> list[ReadFile]:
    """Every file, decoded and mapped as the last file of its source was; raises `BadFile` as `read_sources` does."""
    if any(holds_badges(KINDS[source.kind], source.content) for source in sources):
        keys = known_keys(store)
        sources = [replace(source, issuer_keys=keys) for source in sources]
    return read_sources(sources, say, store.folder, lambda kind, source: remembered_mapping(store, kind, source))


def known_keys(store: Store) -> tuple[IssuerKey, ...]:
    """The keys in force of all issuers, on whatever day."""
    rows = store.query(
        with_definitions("select distinct issuer, key from issuer_keys order by all"), {"known_at": END_OF_TIME}
    )
    return tuple(IssuerKey(row["issuer"], row["key"]) for row in rows.to_pylist())


def remembered_mapping(store: Store, kind: str, source: str) -> Mapping | None:
    """How the newest file of this source that counts was read; None when there is none."""
    if not store.query("select 1 from upload_sources where source = $source limit 1", {"source": source}).num_rows:
        return None
    rows = store.query(
        with_definitions(
            "select s.mapping, s.upload_id from upload_sources as s "
            "join upload_files as f on f.upload_id = s.upload_id and f.file_no = s.file_no "
            "join live_uploads as u on u.upload_id = s.upload_id "
            "where s.source = $source and f.kind = $kind order by s.upload_id desc limit 1"
        ),
        {"source": source, "kind": kind, "known_at": END_OF_TIME},
    ).to_pylist()
    if not rows:
        return None
    mapping = parse_mapping(rows[0]["mapping"], f"of upload {rows[0]['upload_id']}", is_kept=True).for_other_files
    if source == SOURCE:
        mapping = of_issuers(mapping)
    skip = {name: [value for value in values if value != NOBODY] for name, values in mapping.skip.items()}
    return replace(mapping, skip={name: values for name, values in skip.items() if values})


def are_these(files: list[ReadFile], landed: list[list[str]]) -> bool:
    """Whether imported files, each given as kind, hash and mapping, are these very files, read in the same way."""
    if [[file.kind.name, file.sha256] for file in files] != [file[:2] for file in landed]:
        return False
    read = [parse_mapping(mapping, "of an upload", is_kept=True) for _, _, mapping in landed]
    return all(
        as_then.reading == file.mapping.reading
        and as_then.as_given(file.mapping).to_toml() == replace(file.mapping, reading="").to_toml()
        for file, as_then in zip(files, read, strict=True)
    )


def note_sources(
    transaction: Transaction, upload_id: int, files: list[ReadFile], stored: list[str], mappings: dict[int, Mapping]
) -> None:
    """Store where each file of an upload comes from, and its mapping; `mappings` has those completed by the import."""
    for file_no, file in enumerate(files):
        file.mapped.mapping = mappings.get(file_no, file.mapped.mapping)
        transaction.run(
            "insert into upload_sources values ($upload_id, $file_no, $stored, $source, $mapping)",
            {
                "upload_id": upload_id,
                "file_no": file_no,
                "stored": stored[file_no],
                "source": file.source,
                "mapping": file.mapping.to_toml(),
            },
        )
