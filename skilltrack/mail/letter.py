"""Letters as data: what is written is decided once, and set as plain text and as HTML.

Everything that comes from data is escaped here, in `as_html`. A letter loads nothing from anywhere: no pictures, no
fonts, no counters of who has read it.
"""

from dataclasses import dataclass, field
from html import escape

from skilltrack.language import current

INK, PALE, LINE, LINK = "#1f2933", "#52606d", "#d9e2ec", "#0b5cad"
"""Colours with enough contrast on white (WCAG AA)."""
CELL = f"padding:6px 12px 6px 0;border-bottom:1px solid {LINE};text-align:left;vertical-align:top"


@dataclass(frozen=True)
class Link:
    """Where a reader can go on."""

    label: str
    url: str


@dataclass(frozen=True)
class Part:
    """One thing that a letter is about: what is so, the list of it, and where to see more."""

    title: str
    sentence: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: str = ""
    """What is said of rows that are left out."""
    link: Link | None = None


@dataclass(frozen=True)
class Letter:
    """What somebody is written."""

    subject: str
    greeting: str
    opening: str
    parts: tuple[Part, ...]
    reason: str
    """Why the reader gets it."""
    stop: Link | None = None
    """Where the reader says that they do not want such letters."""
    language: str = field(default_factory=current)
    """The language that it is written in."""


def as_text(letter: Letter) -> str:
    """The letter as plain text, lines as long as they are: readers wrap them."""
    blocks = [letter.greeting, letter.opening]
    for part in letter.parts:
        rows = [f"- {'; '.join(filter(None, row))}" for row in part.rows]
        lines = [part.sentence, *rows, *filter(None, [part.more])]
        if part.title:
            lines = [part.title, "-" * len(part.title), *lines]
        if part.link:
            lines += ["", f"{part.link.label}: {part.link.url}"]
        blocks.append("\n".join(lines))
    ending = [letter.reason, *([f"{letter.stop.label}: {letter.stop.url}"] if letter.stop else [])]
    return "\n\n".join([*blocks, "-- \n" + "\n".join(ending)]) + "\n"


def as_html(letter: Letter) -> str:
    """The letter as an HTML document that mail programs show alike: styles in place, nothing from elsewhere."""
    body = [_paragraph(letter.greeting), _paragraph(letter.opening)]
    for part in letter.parts:
        if part.title:
            body.append(f'<h2 style="font-size:17px;margin:28px 0 4px">{escape(part.title)}</h2>')
        body.append(_paragraph(part.sentence))
        if part.rows:
            body.append(_table(part))
        if part.more:
            body.append(_paragraph(part.more))
        if part.link:
            body.append(f'<p style="margin:12px 0">{_anchor(part.link, "font-weight:600;")}</p>')
    stop = f"<br>{_anchor(letter.stop)}" if letter.stop else ""
    body.append(
        f'<p style="margin:32px 0 0;padding-top:12px;border-top:1px solid {LINE};color:{PALE};font-size:13px">'
        f"{escape(letter.reason)}{stop}</p>"
    )
    return (
        f'<!doctype html>\n<html lang="{letter.language}"><head><meta charset="utf-8">'
        f"<title>{escape(letter.subject)}</title>"
        '<meta name="viewport" content="width=device-width"></head>\n'
        f'<body style="margin:0;padding:24px;background:#fff;color:{INK};'
        'font:15px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Arial,sans-serif">\n'
        '<div style="max-width:640px">\n' + "\n".join(body) + "\n</div></body></html>\n"
    )


def _paragraph(text: str) -> str:
    return f'<p style="margin:8px 0">{escape(text)}</p>'


def _anchor(link: Link, style: str = "") -> str:
    return f'<a style="{style}color:{LINK}" href="{escape(link.url)}">{escape(link.label)}</a>'


def _table(part: Part) -> str:
    heads = "".join(
        f'<th scope="col" style="{CELL};color:{PALE};font-size:13px">{escape(c)}</th>' for c in part.columns
    )
    rows = "\n".join(
        "<tr>" + "".join(f'<td style="{CELL}">{escape(cell)}</td>' for cell in row) + "</tr>" for row in part.rows
    )
    return f'<table style="border-collapse:collapse;margin:8px 0"><tr>{heads}</tr>\n{rows}</table>'
