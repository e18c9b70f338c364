"""What is left of people who were erased, and why: every kept file, every other byte within reach, every table.

A text that names something else, such as the number of an invoice, may read like the id of somebody who was erased. It
stays, and is reported.
"""

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from skilltrack.ingest import KINDS, TELLING, Named, without_people
from skilltrack.keeping.kept_files import KeptRows, Place, Places, mentioned_in_proposed, read_kept
from skilltrack.keeping.replay import mentioning, saved_exports, things_asked
from skilltrack.kinds import THINGS, Means
from skilltrack.storage import Store, kept_of

CHUNK, OVERLAP = 2**26, 4096
"""Bytes of a file that are searched at once; how many of them are searched again with the next."""
NAMED = 20
"""At most this many texts that stay are named."""
DONE = (
    "Done. Every cell of the kept files, every byte of the database, its write-ahead log, the journal and the audit "
    "log, and every text in every table was searched: nothing of what they were called is left{but}. (An id of fewer "
    f"than {TELLING} characters was looked for only where ids of people are, and a name of one word only where people "
    "are named. Initials, names written as one word and names without their accents were not looked for.)"
)
PERSON_IDS = ("employee_id", "manager_id", "account", "of_manager", "by_whom")
"""Columns that hold ids of people."""

_SCHEDULED = "select distinct account as by_whom, '' as name, definition from schedule_events"
_READERS = (
    "select unnest(cast(cast(readers as json) as varchar[])) as who from schedule_events "
    "where schedule_id not in (select unnest($without)) union select unnest(json_keys(cast(outcome as json))) "
    "from schedule_events where schedule_id not in (select unnest($without))"
)


@dataclass
class Remains:
    """The result of a search for people who were erased."""

    left: list[str] = field(default_factory=list)
    """Where something that means them is still found."""
    kept: list[str] = field(default_factory=list)
    """What reads like them and is kept, since it means something else."""

    @property
    def done(self) -> str:
        """The sentence that nothing is left."""
        return DONE.format(but=", but for what is named above" if self.kept else "")


def search(store: Store, people: Named) -> Remains:
    """Look for people in every kept file cell by cell, in every other file byte by byte, and in every table."""
    filled = _filled(store)
    known, looked_at = KeptRows(store, people, {}), set()
    remains, kept = Remains(), _kept(store, known, filled)
    for entry in store.journal.entries():
        for file_no, file in enumerate(entry.get("files", ())):
            read = read_kept(store, file)
            looked = without_people(read, people, known.of(entry["upload_id"], file_no, read))
            if looked.changed:
                remains.left.append(
                    f"{file['name']} of upload {entry['upload_id']} still mentions them in line {looked.changed[0]}."
                )
            if looked.content in (None, read.decoded.content):
                looked_at.add(file["stored"])  # no byte is outside its cells, and bytes that span two cells mean nobody
            for place, texts in looked.kept.items():
                kept.setdefault(place, set()).update(texts)
        if entry["event"] == "proposal" and entry["what"] == "badge":
            is_in_it, texts_of = mentioned_in_proposed(store, entry, people)
            looked_at |= set() if is_in_it else {file["stored"] for file in kept_of(entry)}
            for place, texts in texts_of.items():
                kept.setdefault(place, set()).update(texts)
    rest = people.unlike(text for texts in kept.values() for text in texts)
    path = Path(store.path)
    files = [path.with_name(path.name + end) for end in (".wal", ".audit", ".anchor")]
    for folder in (store.journal.folder, path.with_name(path.name + ".tmp")):
        files += sorted(folder.rglob("*"))
    if store.folder and _are_in(store.pieces(CHUNK), rest):
        remains.left.append(f"{path} still mentions them.")
    remains.left += [
        f"{file} still mentions them."
        for file in files
        if file.name not in looked_at and file.is_file() and _are_in(_pieces_of(file), rest)
    ]
    remains.left += _in_tables(store, known, rest, filled)
    remains.kept = list(_in_words(kept, people))
    return remains


def stays(store: Store, people: Named, places: AnyMapping[str, Places], scheduled: Collection[str]) -> list[str]:
    """What reads like the people and would stay, since it means something else.

    Without the rows at `places` and the `scheduled` reports, by number, which go.
    """
    return list(_in_words(_kept(store, KeptRows(store, people, places), _filled(store), scheduled), people))


def _filled(store: Store) -> set[str]:
    """Tables that have rows; columns of empty tables need no search."""
    asked = " union all ".join(f"(select '{name}' as name from {name} limit 1)" for name in store.columns())
    return set(store.query(asked)["name"].to_pylist())


def _kept(
    store: Store, known: KeptRows, filled: set[str], scheduled: Collection[str] = ()
) -> dict[tuple[str, str], set[str]]:
    """Texts in the kinds' tables that read like the people but name a thing or somebody else, without rows that go."""
    people = known.people
    kept: dict[tuple[str, str], set[str]] = {}
    for kind in KINDS.values():
        for column in kind.columns:
            if column.means in (*THINGS, Means.CALLED) and kind.table in filled:
                what = "something else" if column.means in THINGS else "somebody else"
                texts = {
                    text
                    for text in _texts(store, people, kind.table, column.name, known.places.get(kind.name, {}))
                    if people.is_meant(text) or people.mention.search(text)
                }
                if texts:
                    kept.setdefault((column.names, what), set()).update(texts)
    orders = saved_exports(store) + store.query(_SCHEDULED).to_pylist()
    theirs = mentioning(orders, people)
    for team in (team for order in orders if order not in theirs for team in things_asked(order["definition"])):
        if people.is_meant(team) or people.mention.search(team):
            kept.setdefault(("team", "something else"), set()).add(team)
    for who in _others(store, known, filled, scheduled):
        kept.setdefault(("address" if "@" in who else "id", "somebody else"), set()).add(who)
    return kept


def _others(store: Store, known: KeptRows, filled: set[str], scheduled: Collection[str]) -> set[str]:
    """Ids and addresses of somebody else that read like the people, as `100123-2` does like `100123`."""
    texts = [
        text
        for table, column in _of_people(store)
        if table in filled
        for text in _texts(store, known.people, table, column)
    ]
    texts += store.query(_READERS, {"without": sorted(scheduled)})["who"].to_pylist()
    return {text for text in texts if known.people.by_name.search(text) and known.names_another(text)}


def _of_people(store: Store) -> list[tuple[str, str]]:
    """Columns, after their tables, that hold ids of people."""
    return [(table, name) for table, columns in store.columns().items() for name in columns if name in PERSON_IDS]


def _in_words(kept: dict[tuple[str, str], set[str]], people: Named) -> Iterable[str]:
    for (names, what), texts in sorted(kept.items()):
        for text in sorted(texts)[:NAMED]:
            how = "equals what they were called" if people.is_meant(text) else "holds what they were called"
            how = "equals their id" if text in people.ids else how
            article = "an" if names[0] in "aeiou" else "a"
            means = f"names {article} {names}" if what == "something else" else f"is the {names} of somebody else"
            yield f"{text!r} {how} and is kept, since it {means}."
        if len(texts) > NAMED:
            yield f"{len(texts) - NAMED:,} more texts that name a {names} read like them and are kept."


def _in_tables(store: Store, known: KeptRows, rest: Named, filled: set[str]) -> list[str]:
    """Columns of tables that still hold them. In a column that may hold names of things, `rest` is looked for."""
    columns = [(table, name) for table, types in store.columns().items() for name in types if types[name] == "VARCHAR"]
    meanings = {(kind.table, column.name): column.means for kind in KINDS.values() for column in kind.columns}
    meanings |= {("kept_roster", column.name): column.means for column in KINDS["roster"].columns}
    sentences = []
    for table, column in columns:
        means = meanings.get((table, column), Means.OWNER if column in PERSON_IDS else None)
        if table not in filled or means in (*THINGS, Means.CALLED, Means.VALUE):
            continue  # `_kept` reports those that read like them
        are_people = means in (Means.OWNER, Means.SOMEBODY)
        sought = known.people if means else rest
        pattern = sought.by_name if are_people or means is Means.PEOPLE else sought.mention
        for text in _texts(store, sought, table, column):
            if are_people and known.names_another(text):
                continue  # `_others` reports those
            if pattern.search(text) or ((are_people or means is Means.PEOPLE) and sought.is_meant(text)):
                sentences.append(f"The table {table} still holds them in {column}.")
                break
    return sentences


def _texts(
    store: Store, people: Named, table: str, column: str, without: AnyMapping[Place, set[int]] = MappingProxyType({})
) -> list[str]:
    """Texts of a column that may mean the people: few texts, and most of them do; lines of `without` are left out."""
    lines = [(*place, line) for place, of_place in without.items() for line in of_place]
    uploads, files, numbers = map(list, zip(*lines, strict=True)) if lines else ([], [], [])
    staying = "(upload_id, file_no, line_no) not in (select unnest($uploads), unnest($files), unnest($lines))"
    decoded = f"coalesce(try(url_decode({column})), {column})"
    rows = store.query(
        f"select distinct t.text from (select {column} as text, "
        f"replace(strip_accents(lower(nfc_normalize({decoded}))), 'ß', 'ss') as plain from {table}"
        f"{' where ' + staying if lines else ''}) as t "
        "where t.text in (select unnest($ids)) "
        "or exists (select 1 from (select unnest($words) as word) as w where contains(t.plain, w.word))",
        {"ids": sorted(people.ids), "words": people.longest_words}
        | ({"uploads": uploads, "files": files, "lines": numbers} if lines else {}),
    )
    texts: list[str] = rows["text"].to_pylist()
    return texts


def _are_in(pieces: Iterable[bytes], people: Named) -> bool:
    """Whether the pieces of a file mention them; the file may be larger than memory."""
    before = b""
    for part in pieces:
        if people.are_in(before + part):
            return True
        before = part[-OVERLAP:]
    return False


def _pieces_of(file: Path) -> Iterator[bytes]:
    """The content of a file in pieces; a workbook, which is compressed, in one piece."""
    with file.open("rb") as content:
        while part := content.read(CHUNK):
            yield part + (content.read() if part.startswith(b"PK\x03\x04") else b"")
