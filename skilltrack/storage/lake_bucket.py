"""The bucket (S3-compatible) in which the rows of a lake lie: how it is reached, and whether it forgets.

Who may use it is said in the ways of AWS: variables, a profile, or the role of the machine, which is asked again when
what it gave is over. None of it stands in an address, in a statement or in what is logged.
"""

from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

import duckdb

from skilltrack.config import bucket_endpoint
from skilltrack.errors import Refused
from skilltrack.storage.address import IN_BUCKET, Address
from skilltrack.storage.database_file import bucket_in_words
from skilltrack.storage.engine import quoted


def secret_for(address: Address) -> str:
    """The statement that lets the engine into the bucket of a lake, and into nothing else."""
    words = ["type s3", "provider credential_chain", "refresh auto", f"scope {quoted(address.data)}"]
    if (place := urlsplit(bucket_endpoint())).netloc:
        words += [
            f"endpoint {quoted(place.netloc)}",
            "url_style 'path'",
            f"use_ssl {str(place.scheme != 'http').lower()}",
        ]
    return f"create secret bucket ({', '.join(words)})"


def refuse_versions(address: Address, new_cursor: Callable[[], duckdb.DuckDBPyConnection]) -> None:
    """Raise `Refused` where the bucket cannot be written, or keeps what is removed: who is erased would stay in it.

    A lake whose rows lie in a folder has none.
    """
    if not address.is_in_bucket:
        return
    from pyarrow.fs import S3FileSystem  # starts threads of its own

    place, tried = urlsplit(bucket_endpoint()), f"{address.tables}/tried.parquet"
    try:
        with closing(new_cursor()) as cursor:
            cursor.execute(f"copy (select 1 as n) to {quoted(tried)}")
        storage = S3FileSystem(endpoint_override=place.netloc or None, scheme=place.scheme or "https")
        with storage.open_input_stream(tried.removeprefix(IN_BUCKET)) as content:
            version = content.metadata().get("VersionId", b"null")
        storage.delete_file(tried.removeprefix(IN_BUCKET))
    except (duckdb.Error, OSError) as error:
        raise Refused(bucket_in_words(str(address), str(error))) from None  # its text can name keys
    if version not in (b"", b"null"):
        raise Refused(
            f"The bucket of {address} keeps old versions of its objects: who is erased would stay in them. Nothing was "
            "changed; name a bucket without versioning."
        )
