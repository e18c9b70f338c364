"""The OpenAPI document, made from what the addresses themselves read: kinds, metrics, options, formats, answers.

It describes the program, not the company, so everybody may read it.
"""

import re
from functools import cache
from typing import Any

from skilltrack import __version__
from skilltrack.api import imports, reports, service, uploads
from skilltrack.api.schema import schema_of
from skilltrack.ingest import KINDS, Outcome
from skilltrack.questions import Option, catalogue
from skilltrack.reports import exports, packs

TYPES = {
    "day": {"type": "string", "format": "date"},
    "time": {"type": "string"},
    "number": {"type": "integer"},
    "text": {"type": "string"},
    "flag": {"type": "boolean"},
}
REFUSED = {
    "400": "The request cannot be answered as it is; the message says what would work.",
    "401": "No token, or one that is unknown, was ended, or is over.",
    "403": "The token does not open this, or its account may not do it (any more).",
    "404": "There is nothing of this name, or its account may not see it.",
    "414": "The address is too long.",
    "429": "The token was used too often; Retry-After says how many seconds to wait.",
    "500": "A failure of ours; the message has a reference to the server's log.",
    "503": "The database cannot be used now; nothing was stored, ask again later.",
}
OF_IMPORTS = {
    "413": "The body is too large.",
    "422": "Refused: nothing was stored; problems and questions say why.",
    "507": "The disk is full; nothing was stored and nothing is left of the files.",
}
IMPORTED = "Stored, checked (a dry run), or repeated: the same bytes had landed before."


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    answers = (Outcome, reports.Offer, uploads.Page, uploads.UploadInFull, uploads.Taken)
    paths = _imports() | _reports() | _uploads() | _others()
    for path, ways in paths.items():
        for method, way in ways.items():
            way["operationId"] = re.sub("[^a-z]+", "_", f"{method}{path.removeprefix('/api')}").strip("_")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Skilltrack",
            "version": __version__,
            "description": "Files in, reports out, for programs. docs/api.md says how to begin. Every refusal has the "
            "shape of an import's outcome; its problems say what is wrong and what would work.",
        },
        "security": [{"token": []}],
        "components": {
            "schemas": {kind.__name__: schema_of(kind) for kind in answers},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {status: _answer(text, _ref(Outcome)) for status, text in (REFUSED | OF_IMPORTS).items()},
        },
        "paths": paths,
    }


def _imports() -> dict[str, Any]:
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    parts = {kind: {"type": "array", "items": file, "description": f"Files of {kind}."} for kind in KINDS}
    mapping = {"type": "string", "description": "How they are read (TOML)."}
    mappings = {kind + imports.MAPPING: mapping for kind in KINDS}
    refused = {"405": _answer("Another method than POST.", _ref(Outcome))} | _refused(*REFUSED, *OF_IMPORTS)
    answers = {"200": _answer(IMPORTED, _ref(Outcome))} | refused
    several = {"schema": {"type": "object", "properties": parts | mappings, "additionalProperties": False}}
    kind = {"name": "kind", "in": "path", "required": True, "schema": {"enum": list(KINDS)}}
    return {
        "/api/imports": {
            "post": {
                "summary": "Import several files as one upload, whole or not at all",
                "parameters": [_asked(name, text) for name, text in imports.HOW_TO_IMPORT.items()],
                "requestBody": {"required": True, "content": {"multipart/form-data": several}},
                "responses": answers,
            }
        },
        "/api/imports/{kind}": {
            "post": {
                "summary": "Import one file as one upload, whole or not at all",
                "parameters": [
                    kind,
                    *(_asked(name, text) for name, text in (imports.HOW_TO_IMPORT | imports.OF_ONE_FILE).items()),
                ],
                "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}},
                "responses": answers,
            }
        },
    }


def _reports() -> dict[str, Any]:
    offers = {"type": "object", "properties": {"reports": {"type": "array", "items": _ref(reports.Offer)}}}
    paths: dict[str, Any] = {"/api/reports": {"get": _get("List the reports that the account may fetch", offers)}}
    for name in reports.names():
        title = packs.TITLES.get(name) or catalogue()[name].title
        forms = exports.forms_of(name)
        options = [_option(option, forms) for option in reports.options_in(name).values()]
        content: dict[str, Any] = {exports.FORMATS[form].media: {"schema": {}} for form in forms}
        if "json" in forms:
            columns = {column: {"description": text} for column, text in catalogue()[name].columns.items()}
            row = {"type": "object", "properties": columns, "required": list(columns)}
            content["application/json"] = {"schema": {"type": "array", "items": row} if name != "transcript" else {}}
        get = _get(title, {}, options) | {"description": exports.about(name)}
        get["responses"]["200"]["content"] = content
        if name == "coverage":
            get["responses"]["409"] = _answer("With small numbers hidden there would be none left.", _ref(Outcome))
        drawn = _get(f"{title}: the receipt of the file", {"type": "object"}, options)
        paths |= {f"/api/reports/{name}": {"get": get}, f"/api/reports/{name}/receipt": {"get": drawn}}
    return paths


def _uploads() -> dict[str, Any]:
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    page = [_asked(name, text) for name, text in uploads.PAGE.items()]
    conflict = {"409": _answer("It is so already, or what remains would be a circle.", _ref(Outcome))}
    taken = {"200": _answer("Done, or checked (a dry run).", _ref(uploads.Taken))} | _refused(*REFUSED) | conflict
    dry = [number, *(_asked(name, text) for name, text in uploads.DRY_RUN.items())]
    return {
        "/api/uploads": {"get": _get("List uploads, newest first", _ref(uploads.Page), page)},
        "/api/uploads/{number}": {
            "get": _get("Show one upload with its files", _ref(uploads.UploadInFull), [number]),
        },
        "/api/uploads/{number}/undo": {
            "post": {"summary": "Take an upload back whole", "parameters": dry, "responses": taken}
        },
        "/api/uploads/{number}/redo": {
            "post": {"summary": "Let an upload count again", "parameters": dry, "responses": taken}
        },
    }


def _others() -> dict[str, Any]:
    health = _get("Say whether the database can be used", schema_of(service.Health)) | {"security": []}
    health["responses"] = {"200": health["responses"]["200"]} | _refused("503")
    return {
        "/api/token": {"get": _get("Say what the token opens and until when", schema_of(service.OwnToken))},
        "/api/health": {"get": health},
    }


def _get(summary: str, schema: dict[str, Any], parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    answers = {"200": _answer("Done.", schema), "304": {"description": "Nothing changed since the tag was given."}}
    return {"summary": summary, "parameters": parameters or [], "responses": answers | _refused(*REFUSED)}


def _answer(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _refused(*statuses: str) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _ref(kind: type) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _asked(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}


def _option(option: Option, forms: list[str]) -> dict[str, Any]:
    schema: dict[str, Any] = dict(TYPES[option.kind])
    choices = forms if option.name == "format" else list(option.choices)
    return _asked(option.name, option.about) | {"schema": schema | ({"enum": choices} if choices else {})}
