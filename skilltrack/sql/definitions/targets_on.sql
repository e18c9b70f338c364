-- One row per asked day, team, skill and level of which a target holds on that day; of several the one that starts last.
select
    d.day,
    t.team,
    t.skill_id,
    t.level,
    t.headcount
from asked_days as d
join targets as t on d.day between t.valid_from and t.valid_to
where $is_whole_company
    or t.team in (select m.team from members as m)
    or (not $is_limited and t.team = $team)
qualify row_number() over (partition by d.day, t.team, t.skill_id, t.level order by t.valid_from desc) = 1
