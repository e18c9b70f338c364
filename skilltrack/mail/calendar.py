"""Due dates as calendar files (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from skilltrack.language import current
from skilltrack.mail.message import Attached


class Entry(NamedTuple):
    """A day of a calendar; the same `identity` (letters and digits) is the same entry."""

    last_day: date
    title: str
    text: str
    identity: str
    url: str = ""


def due_date(name: str, last_day: date, title: str, text: str, identity: str, url: str) -> Attached:
    """A day in somebody's calendar, as a file of that name; the same `identity` (letters and digits) is the same entry.

    It takes no time of the day, and reminds two weeks before.
    """
    return Attached(name, "text/calendar", as_calendar([Entry(last_day, title, text, identity, url)]))


def as_calendar(entries: Iterable[Entry]) -> bytes:
    """Days as a calendar file; none takes a time of the day, and each reminds two weeks before."""
    from icalendar import Alarm, Calendar, Event  # takes a while to load, and few commands need it

    calendar, speaks = Calendar(), {"LANGUAGE": current()}
    calendar.add("prodid", f"-//Skilltrack//{current().upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.identity}@skilltrack")
        event.add("dtstamp", datetime.combine(entry.last_day, time(), UTC))  # not now: the same entry is the same file
        event.add("dtstart", entry.last_day)
        event.add("dtend", entry.last_day + timedelta(days=1))
        event.add("summary", entry.title, speaks)
        event.add("description", entry.text, speaks)
        event.add("transp", "TRANSPARENT")
        if entry.url:
            event.add("url", entry.url)
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", timedelta(days=-14))
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
