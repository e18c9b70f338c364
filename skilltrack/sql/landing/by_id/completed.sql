-- The rows of badges; those that name a stored award by its id have its holder, credential and day where they lack them.
with completed as (
    select
        t.* replace (
            coalesce(t.employee_id, case when {is_unnamed} then s.employee_id end) as employee_id,
            coalesce(t.credential_id, case when coalesce(t.raw_credential, '') = '' then s.credential_id end)
                as credential_id,
            coalesce(t.issued_on, s.issued_on) as issued_on,
            coalesce(t.raw_employee_id, case when {is_unnamed} then s.employee_id end) as raw_employee_id
        )
    from typed_badges as t
    left join stored_by_id as s on s.file_no = t.file_no and s.line_no = t.line_no and s.awards = 1
)
select t.* replace ({keyed}) from completed as t
