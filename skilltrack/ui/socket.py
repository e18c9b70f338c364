"""What may cross the socket between a browser and streamlit.

Streamlit answers more kinds of message than the app needs: some reveal details of the machine, some change it. A
kind that is not named here never reaches it, so a new kind in a later version is refused until somebody names it.
"""

import hashlib
from pathlib import Path

import streamlit
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # comes without types
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

FOR_ANYBODY = frozenset({"rerun_script"})
"""What the sign-in page needs: to be drawn, and its buttons."""
FOR_SIGNED_IN = FOR_ANYBODY | {"stop_script", "file_urls_request", "deferred_file", "dataframe_chunk"}
"""What the pages need as well: stopping, uploading, downloading, and the rows of a long table."""

FRONT_END = hashlib.sha256((Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()).hexdigest()[:12]
"""Identifies the version that the browser runs: when it changes, an open page reloads itself."""


def is_allowed(frame: bytes, is_signed_in: bool) -> bool:
    """Whether this message from a browser may reach streamlit."""
    return _kind(frame) in (FOR_SIGNED_IN if is_signed_in else FOR_ANYBODY)


def _kind(frame: bytes) -> str | None:
    """What a message from a browser asks for; None when it is not a message that this version knows."""
    try:
        message = BackMsg.FromString(frame)
    except DecodeError:
        return None
    kind = message.WhichOneof("type")
    return message.backend_operation_request.WhichOneof("payload") if kind == "backend_operation_request" else kind


def without_server_details(frame: bytes) -> bytes:
    """A message to a browser without what it says about the machine: paths, versions, system, installation."""
    message = ForwardMsg.FromString(frame)
    if message.WhichOneof("type") != "new_session":
        return frame
    started = message.new_session
    started.main_script_path = ""
    for part in (started.initialize.environment_info, started.initialize.user_info):
        part.Clear()
        part.SetInParent()  # the browser insists on having both
    started.initialize.environment_info.streamlit_version = FRONT_END
    return message.SerializeToString()
