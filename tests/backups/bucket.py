"""A storage that speaks as much of S3 over HTTP as a backup or a lake needs: put, in parts too, get, list, delete."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4


@contextmanager
def storage(bucket: str, account: str = "", *, keeps_versions: bool = False) -> Iterator[tuple[str, dict[str, bytes]]]:
    """A storage with one bucket on loopback: its address, and its objects by key; only the account is let in, if any."""
    objects: dict[str, bytes] = {}
    parts: dict[str, dict[int, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, code: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(code)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def asked(self) -> tuple[str, dict[str, list[str]]] | None:
            url = urlsplit(self.path)
            named, _, key = unquote(url.path).lstrip("/").partition("/")
            if account and f"Credential={account}/" not in self.headers.get("Authorization", ""):
                self.answer(
                    403, b"<Error><Code>InvalidAccessKeyId</Code><Message>Nobody has this key</Message></Error>"
                )
                return None
            if named == bucket:
                return key, parse_qs(url.query, keep_blank_values=True)
            self.answer(404, b"<Error><Code>NoSuchBucket</Code><Message>There is no such bucket</Message></Error>")
            return None

        def content(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def do_PUT(self) -> None:
            body = self.content()
            if (request := self.asked()) is None:
                return
            key, query = request
            if "uploadId" in query:
                parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
            else:
                objects[key] = body
            self.answer(200, ETag=f'"{uuid4().hex}"')

        def do_POST(self) -> None:
            body = self.content()
            if (request := self.asked()) is None:
                return
            key, query = request
            if "uploads" in query:
                number = uuid4().hex
                parts[number] = {}
                name = f"<UploadId>{number}</UploadId>"
                self.answer(200, f"<InitiateMultipartUploadResult>{name}</InitiateMultipartUploadResult>".encode())
            elif "delete" in query:
                keys = [piece.split("</Key>")[0] for piece in body.decode().split("<Key>")[1:]]
                gone = "".join(
                    f"<Deleted><Key>{key}</Key></Deleted>" for key in keys if objects.pop(key, None) is not None
                )
                self.answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())
            else:
                sent = parts.pop(query["uploadId"][0])
                objects[key] = b"".join(sent[number] for number in sorted(sent))
                answer = f'<CompleteMultipartUploadResult><ETag>"{uuid4().hex}"</ETag></CompleteMultipartUploadResult>'
                self.answer(200, answer.encode())

        def do_GET(self) -> None:
            if (request := self.asked()) is None:
                return
            key, query = request
            if key and key in objects:
                body, about = objects[key], {"ETag": '"1"', "Last_Modified": "Thu, 26 Nov 2026 00:00:00 GMT"}
                about |= {"x_amz_version_id": "v1"} if keeps_versions else {}
                if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or ""):
                    first, last = int(asked[1]), min(int(asked[2] or len(body)), len(body) - 1)
                    self.answer(206, body[first : last + 1], Content_Range=f"bytes {first}-{last}/{len(body)}", **about)
                else:
                    self.answer(200, body, Accept_Ranges="bytes", **about)
            elif key:
                self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            else:
                prefix = query.get("prefix", [""])[0]
                listed = "".join(
                    f"<Contents><Key>{name}</Key><Size>{len(body)}</Size><ETag>1</ETag>"
                    "<LastModified>2026-11-26T00:00:00.000Z</LastModified></Contents>"
                    for name, body in sorted(objects.items())
                    if name.startswith(prefix)
                )
                self.answer(
                    200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>".encode()
                )

        do_HEAD = do_GET  # noqa: N815

        def do_DELETE(self) -> None:
            if (request := self.asked()) is not None:
                objects.pop(request[0], None)
                self.answer(204)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", objects
    finally:
        server.shutdown()
        server.server_close()
