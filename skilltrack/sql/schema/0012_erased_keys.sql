-- What rows of erased people said last, so that the rows before them stay superseded: an award or a payment that had
-- moved to somebody who was erased is nobody's. Of a roster whose every row was erased, an empty key: it still holds.

create table erased_keys (
    upload_id bigint not null,
    file_no integer not null,
    kind varchar not null,
    key varchar not null
);
