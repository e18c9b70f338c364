-- Which text of kept.sql has made the kept tables of this file: with another text they are made anew.
create table if not exists kept_schema (
    digest varchar not null          -- SHA-256
);
