-- One row per manager, person below them at any depth and stretch of days in which the line holds through one and the
-- same people. Both stand on the roster on each of those days. `climbing` holds the affected and everyone above them.
-- `union` takes each line once, so that it ends whatever the roster holds.
with recursive links as (
    select
        m.person as manager,
        r.person,
        greatest(r.valid_from, b.valid_from) as valid_from,
        least(r.valid_to, b.valid_to) as valid_to
    from kept_roster as r
    join kept_people as m on m.employee_id = r.manager_id and m.person <> r.person
    join kept_roster as b on b.person = m.person and b.valid_from <= r.valid_to and b.valid_to >= r.valid_from
    where r.person in (select c.person from climbing as c)
),
lines as (
    select
        l.manager,
        l.person,
        l.valid_from,
        l.valid_to
    from links as l
    join affected as t on t.person = l.person
    union
    select
        u.manager,
        l.person,
        greatest(l.valid_from, u.valid_from) as valid_from,
        least(l.valid_to, u.valid_to) as valid_to
    from lines as l
    join links as u
        on u.person = l.manager and u.manager <> l.person
        and u.valid_from <= l.valid_to and u.valid_to >= l.valid_from
)
select
    manager,
    person,
    valid_from,
    valid_to
from lines
order by manager, person, valid_from
