"""The picture of a badge that is stored, from the kept file that brought it."""

from skilltrack.badges import Image, image_at
from skilltrack.errors import BadStore
from skilltrack.ingest.reading.mapping import parse_mapping
from skilltrack.storage import Store


def picture_of(store: Store, upload_id: int, file_no: int, line_no: int) -> Image | None:
    """The picture of the badge that stands for a line of a file, safe to show; none where there is none to show."""
    asked = "select stored, mapping from upload_sources where upload_id = $upload_id and file_no = $file_no"
    rows = store.query(asked, {"upload_id": upload_id, "file_no": file_no}).to_pylist()
    try:
        if not rows:
            return None
        is_earlier = parse_mapping(rows[0]["mapping"], f"of upload {upload_id}", is_kept=True).lands_as_sixth
        return image_at(store.journal.read(rows[0]["stored"]), "the file", line_no, is_earlier)
    except BadStore:
        return None
