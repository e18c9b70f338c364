"""Settings, read from the environment once per question, never at import. Nothing else reads it but the commands."""

from skilltrack.config.app import READY_AT, Settings, import_memory, most_memory, settings, today
from skilltrack.config.keeping import (
    KEEP,
    KEPT_BY_RULE,
    BackupRules,
    anchored_beside,
    audit_anchor,
    audit_key,
    backup_rules,
    bucket_endpoint,
    is_plain_http,
    retention,
)
from skilltrack.config.mail import WEEKDAYS, MailRules, MailServer, hr_addresses, mail_rules, mail_server
from skilltrack.config.places import IS_INSTALLED, PACKAGE, ROOT, SQL, located
from skilltrack.config.variables import VARIABLES, environment, secret_in, strange_variables, time_of_day
from skilltrack.config.watching import LogRules, WatchRules, log_rules, watch_rules

__all__ = [
    "IS_INSTALLED",
    "KEEP",
    "KEPT_BY_RULE",
    "PACKAGE",
    "READY_AT",
    "ROOT",
    "SQL",
    "VARIABLES",
    "WEEKDAYS",
    "BackupRules",
    "LogRules",
    "MailRules",
    "MailServer",
    "Settings",
    "WatchRules",
    "anchored_beside",
    "audit_anchor",
    "audit_key",
    "backup_rules",
    "bucket_endpoint",
    "environment",
    "hr_addresses",
    "import_memory",
    "is_plain_http",
    "located",
    "log_rules",
    "mail_rules",
    "mail_server",
    "most_memory",
    "retention",
    "secret_in",
    "settings",
    "strange_variables",
    "time_of_day",
    "today",
    "watch_rules",
]
