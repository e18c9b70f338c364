"""A due date as a calendar file (RFC 5545)."""

from datetime import UTC, date, datetime, time, timedelta

from skilltrack.language import current
from skilltrack.mail.message import Attached


def due_date(name: str, last_day: date, title: str, text: str, identity: str, url: str) -> Attached:
    """A day in somebody's calendar, as a file of that name; the same `identity` (letters and digits) is the same entry.

    It takes no time of the day, and reminds two weeks before.
    """
    from icalendar import Alarm, Calendar, Event  # takes a while to load, and few commands need it

    event = Event()
    event.add("uid", f"{identity}@skilltrack")
    event.add("dtstamp", datetime.combine(last_day, time(), UTC))  # not now: the same entry is the same file
    event.add("dtstart", last_day)
    event.add("dtend", last_day + timedelta(days=1))
    speaks = {"LANGUAGE": current()}
    event.add("summary", title, speaks)
    event.add("description", text, speaks)
    event.add("transp", "TRANSPARENT")
    event.add("url", url)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(days=-14))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", f"-//Skilltrack//{current().upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return Attached(name, "text/calendar", calendar.to_ical())
