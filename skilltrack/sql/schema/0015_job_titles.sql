-- Which role each job title of the rosters means, as somebody confirmed it.

create table job_title_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    job_title varchar not null,
    role_id varchar                  -- empty: the title means no role (any more)
);
