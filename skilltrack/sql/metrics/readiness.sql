-- title: Readiness
-- question: Who is ready for their role, or for another one?
-- definition: Σ weight of the met requirements ÷ Σ weight of all requirements of the role. Partial gives part of the weight for part of the level: Σ weight × min(1, level ÷ required) ÷ Σ weight. Ready means every critical requirement is met and readiness is at least 0.8. Exempt requirements are left out.
-- unit: share of weight, 0 to 1
-- role: asked
-- area: person
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label
-- column role_id (Role): the role asked about: their own, or the one given
-- column requirements (Of): requirements of the role, exempt ones left out
-- column met (Met): of these, how many are met
-- column readiness (Readiness): weight met ÷ weight of all, empty when there are none
-- column partial (With partial credit): the same with part of the weight for part of the level
-- column critical_unmet (Critical unmet): critical requirements that are not met
-- column ready (Ready): true when no critical requirement is unmet and readiness is at least 0.8
select
    employee_id,
    name,
    team,
    role_id,
    requirements,
    met,
    readiness,
    partial,
    critical_unmet,
    ready
from member_readiness
order by employee_id
