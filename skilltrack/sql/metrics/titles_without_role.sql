-- title: Job titles without a role
-- question: Which job titles on the roster stand for no role profile?
-- definition: what the roster gives as the role of the active people in scope on the day where no role of that id has requirements, with how many people it is. They count in no coverage and no readiness. Most people first.
-- unit: people
-- report: no
-- area: catalogue
-- column job_title (Job title): what the roster says
-- column people (People): active people with it
-- column teams (Teams): teams they are in
select
    m.role_id as job_title,
    count(*) as people,
    string_agg(distinct m.team, ', ' order by m.team) as teams
from members as m
where m.role_id is not null
    and m.role_id not in (select r.role_id from roles as r)
group by m.role_id
order by people desc, job_title
