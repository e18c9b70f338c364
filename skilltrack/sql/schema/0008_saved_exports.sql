-- What people export again and again, each their own. Not part of the journal: it changes no number.

create table saved_exports (
    by_whom varchar not null,
    name varchar not null,
    definition varchar not null      -- JSON: report, format, suppress and the filters other than the day
);
