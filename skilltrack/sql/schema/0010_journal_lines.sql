-- A copy of every line of the journal, so that either can be held against the other and written again from it.

create table journal_lines (
    line_no bigint not null,
    digest varchar not null,         -- SHA-256 of what the line says, as it stands in it
    line varchar not null using compression zstd
);
