-- What is left of rows of people who were erased where other rows have the same key: that there was one, but not whose.
-- An award or a payment that had moved to somebody who was erased does not go back to whoever had it before, and an end
-- that only such a row told still holds. Of a roster whose every row was erased, one row without a place: it still holds.

create table erased_rows (
    upload_id bigint not null,
    file_no integer not null,
    kind varchar not null,
    of_upload bigint,                -- upload, file and line of a row that stays and has the same key
    of_file integer,
    of_line bigint,
    lacks_id boolean,                -- of an award: whether the row had no award_id
    expires_on date,
    revoked_on date
);
