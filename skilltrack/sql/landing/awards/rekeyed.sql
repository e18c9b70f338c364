-- The keys of rows about stored awards, and of those whose id is that of an award in another numbering. A badge has an id of
-- its own beside that of the system that lists the award: each of the two finds an award that lacks its kind of id.
with same_day as (
    select
        r.employee_id,
        r.credential_id,
        r.issued_on,
        arg_min(r.award_key, (not (a.is_live and a.employee_id = r.employee_id), {first})) as any_key,
        list_sort(list(distinct r.award_key) filter (not a.has_badge_id)) as without_badge_id,
        list_sort(list(distinct r.award_key) filter (not a.has_table_id)) as without_table_id
    from stored_badges as r
    join stored_awards as a on a.award_key = r.award_key
    group by r.employee_id, r.credential_id, r.issued_on
),
odd as (
    -- Most rows are about the stored award with their id, and have the right key already.
    select t.file_no, t.line_no, t.award_id, t.award_key, t.employee_id, t.credential_id, t.issued_on, f.numbering
    from typed_badges as t
    join numberings as f on f.file_no = t.file_no
    left join known_ids as k
        on k.award_id = t.award_id and k.numbering = f.numbering and k.award_key = t.award_key
        and (k.employee_id = t.employee_id or not k.is_live)
    where k.award_key is null
),
candidates as (
    select
        t.file_no,
        t.line_no,
        t.award_id,
        max(k.award_key) filter (k.numbering = t.numbering) as own_key,
        coalesce(
            bool_or(k.numbering = t.numbering and (k.employee_id = t.employee_id or not k.is_live)), false
        ) as is_own,
        min(k.award_key) filter (k.employee_id = t.employee_id and k.credential_id = t.credential_id) as agreeing_key,
        max(d.any_key) as any_key,
        t.numbering = $of_badges as is_badge,
        case when is_badge then any_value(d.without_badge_id) else any_value(d.without_table_id) end as free_keys,
        case
            when bool_or(k.award_key = t.award_key) then max({other_key})
            else max(t.award_key)
        end as new_key
    from odd as t
    left join known_ids as k on k.award_id = t.award_id
    left join same_day as d
        on d.employee_id = t.employee_id and d.credential_id = t.credential_id and d.issued_on = t.issued_on
    where k.award_key is not null or d.any_key is not null
    group by t.file_no, t.line_no, t.award_id, t.numbering
),
matched as (
    select
        *,
        case
            when award_id is null then any_key
            when is_own then own_key
            else coalesce(agreeing_key, own_key)
        end as known_key
    from candidates
)
select
    file_no,
    line_no,
    case
        when known_key is not null then known_key
        else coalesce(free_keys[dense_rank() over one_award], new_key)
    end as award_key
from matched
window one_award as (partition by known_key is null, free_keys, is_badge order by award_id)
