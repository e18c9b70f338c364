"""Exports of the systems that the documentation names, with the columns and states they have: nothing need be said.

Each file is small and made up, in the shape in which the system writes it: who works here, who has left, which award counts.
"""

import pytest

from skilltrack.ingest.reading.guess import likeliest_kinds
from skilltrack.kinds.declared import KINDS
from tests.ingest.test_status import mapped

ROSTERS = {
    "Workday": """Employee ID,Worker,email - Work,Manager ID,Supervisory Organization,Job Profile,Active Status,Hire Date,Termination Date
21,Ada Berg,ada@x.example,,Field,Fitter,Yes,2019-02-13,
22,Bo Cree (On Leave),bo@x.example,21,Field,Fitter,Yes,2020-02-13,
23,Di Ek (Terminated),di@x.example,21,Field,Fitter,No,2020-02-13,2024-01-31
""",
    "SuccessFactors": """STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,EMAIL,MANAGER,DEPARTMENT,TITLE,HIREDATE
STATUS,User ID,Username,First Name,Last Name,Email,Manager,Department,Title,Hire Date
active,21,ada,Ada,Berg,ada@x.example,NO_MANAGER,Field,Fitter,02/13/2019
active,22,bo,Bo,Cree,bo@x.example,21,Field,Fitter,02/14/2020
inactive,23,di,Di,Ek,di@x.example,21,Field,Fitter,02/15/2020
""",
    "BambooHR": """Employee #,First Name,Last Name,Work Email,Supervisor EId,Department,Job Title,Employment Status,Status,Hire Date,Termination Date
21,Ada,Berg,ada@x.example,,Field,Fitter,Full-Time,Active,2019-02-13,0000-00-00
22,Bo,Cree,bo@x.example,21,Field,Fitter,Part-Time,Active,2020-02-13,0000-00-00
23,Di,Ek,di@x.example,21,Field,Fitter,Terminated,Inactive,2020-02-13,2024-01-31
""",
    "ADP": """Associate ID,Payroll Name,Work Contact: Work Email,Reports To Associate ID,Home Department Description,Job Title Description,Position Status,Hire Date,Termination Date
21,"Berg, Ada",ada@x.example,,Field,Fitter,Active,02/13/2019,
22,"Cree, Bo",bo@x.example,21,Field,Fitter,Leave,02/14/2020,
23,"Ek, Di",di@x.example,21,Field,Fitter,Terminated,02/15/2020,01/31/2024
""",
    "Odoo": """id,name,work_email,parent_id/id,department_id,job_title,active,contract_date_start
21,Ada Berg,ada@x.example,,Field,Fitter,True,2019-02-13
22,Bo Cree,bo@x.example,21,Field,Fitter,True,2020-02-13
23,Di Ek,di@x.example,21,Field,Fitter,False,2020-02-13
""",
    "SCIM": """employeeNumber,displayName,emails.value,manager.value,department,title,active
21,Ada Berg,ada@x.example,,Field,Fitter,true
22,Bo Cree,bo@x.example,21,Field,Fitter,true
23,Di Ek,di@x.example,21,Field,Fitter,false
""",
    "Personio": """Personalnummer;Vorname;Nachname;E-Mail;Vorgesetzter;Abteilung;Position;Status;Anstelldatum;Letzter Arbeitstag
21;Ada;Berg;ada@x.example;;Field;Fitter;Aktiv;13.02.2019;
22;Bo;Cree;bo@x.example;21;Field;Fitter;Elternzeit;13.02.2020;
23;Di;Ek;di@x.example;21;Field;Fitter;Inaktiv;13.02.2020;31.01.2024
""",
    "HiBob": """Employee ID,Display name,Email,Reports to,Department,Job title,Lifecycle status,Start date,Termination date
21,Ada Berg,ada@x.example,,Field,Fitter,Employed,13/02/2019,
22,Bo Cree,bo@x.example,21,Field,Fitter,Garden leave,13/02/2020,
23,Di Ek,di@x.example,21,Field,Fitter,Terminated,13/02/2020,31/01/2024
""",
    "Rippling": """Employee number,Full name,Work email,Manager,Department,Title,Employment status,Employment type,Start date,End date
21,Ada Berg,ada@x.example,,Field,Fitter,ACTIVE,Salaried full-time,2019-02-13,
22,Bo Cree,bo@x.example,21,Field,Fitter,ACTIVE,Contractor,2020-02-13,
23,Di Ek,di@x.example,21,Field,Fitter,TERMINATED,Salaried full-time,2020-02-13,2024-01-31
""",
    "UKG": """Employee Number,Employee Name,Email Address,Supervisor Number,Department,Job Title,Employee Status,Last Hire Date,Date of Termination
21,"Berg, Ada",ada@x.example,,Field,Fitter,Active,02/13/2019,
22,"Cree, Bo",bo@x.example,21,Field,Fitter,Leave of absence,02/14/2022,06/30/2020
23,"Ek, Di",di@x.example,21,Field,Fitter,Terminated,02/15/2020,01/31/2024
""",
    "Oracle HCM": """Person Number,Display Name,Work Email,Manager Person Number,Department Name,Job Name,Assignment Status,Enterprise Hire Date,Actual Termination Date
21,Ada Berg,ada@x.example,,Field,Fitter,Active - Payroll Eligible,2019-02-13,
22,Bo Cree,bo@x.example,21,Field,Fitter,Active - No Payroll,2020-02-13,
23,Di Ek,di@x.example,21,Field,Fitter,Inactive - Payroll Eligible,2020-02-13,2024-01-31
""",
    "OrangeHRM": """Employee Id,First (& Middle) Name,Last Name,Work Email,Supervisor,Sub Unit,Job Title,Employment Status,Joined Date
21,Ada,Berg,ada@x.example,,Field,Fitter,Full-Time Permanent,2019-02-13
22,Bo,Cree,bo@x.example,21,Field,Fitter,Full-Time Contract,2020-02-13
23,Di,Ek (Past Employee),di@x.example,21,Field,Fitter,Full-Time Permanent,2020-02-13
""",
    "Silae": """Matricule;Prénom;Nom;Adresse e-mail;Responsable hiérarchique;Service;Intitulé du poste;Situation;Date d'embauche;Date de sortie
21;Ada;Berg;ada@x.example;;Field;Fitter;En poste;13/02/2019;
22;Bo;Cree;bo@x.example;21;Field;Fitter;Congé parental;13/02/2020;
23;Di;Ek;di@x.example;21;Field;Fitter;Sorti;13/02/2020;31/01/2024
""",
    "Meta4": """Nº de empleado;Nombre;Apellidos;Correo electrónico;Jefe directo;Departamento;Puesto;Situación;Fecha de alta;Fecha de baja
21;Ada;Berg;ada@x.example;;Field;Fitter;Activa;13/02/2019;
22;Bo;Cree;bo@x.example;21;Field;Fitter;Excedencia;13/02/2020;
23;Di;Ek;di@x.example;21;Field;Fitter;Baja;13/02/2020;31/01/2024
""",
}
"""Of each: Ada and Bo, whose manager is Ada, work here; Di has left."""


def understood(kind, text):
    """The cells of a file about which nothing is asked, by column."""
    found = mapped(kind, text)
    assert not found.questions, [str(question) for question in found.questions]
    return {name: column.to_pylist() for name, column in found.columns.items()}


@pytest.mark.parametrize("system", ROSTERS)
def test_who_works_here_and_who_has_left_is_read_from_a_roster_of_a_system(system):
    text = ROSTERS[system]
    cells = understood("roster", text)
    names = [" ".join(reversed(name.split(", "))) for name in cells["name"]]
    assert names == ["Ada Berg", "Bo Cree", "Di Ek"]
    assert (cells["employee_id"], cells["manager_id"]) == (["21", "22", "23"], ["", "21", "21"])
    assert (cells["email"][1], cells["team"][1], cells["role_id"][1]) == ("bo@x.example", "Field", "Fitter")
    assert "hired_on" not in cells or cells["hired_on"][0][:4] == "2019"
    left = cells.get("left_on", [""] * 3)
    says = cells.get("status_says", ["counts"] * 3)
    assert left[:2] == ["", ""], "who works here has no last day"
    assert [bool(day) or state == "left" for day, state in zip(left, says, strict=True)] == [False, False, True]
    assert _kinds(text)[0] == "roster"


BADGES = {
    "Credly": """Badge Template ID,Badge Template Name,Recipient Email,Issued To First Name,Issued To Last Name,Issued At,Expires At,State
t-1,Welder,ada@x.example,Ada,Berg,2024-02-01,2026-01-31,accepted
t-1,Welder,bo@x.example,Bo,Cree,2024-02-02,2026-01-31,pending
t-1,Welder,di@x.example,Di,Ek,2024-02-03,2026-01-31,revoked
""",
    "Accredible": """Credential ID,Recipient Name,Recipient Email,Group Name,Issued On,Expiry Date,Status
900,Ada Berg,ada@x.example,Welder,2024-02-01,2026-01-31,Published
901,Bo Cree,bo@x.example,Welder,2024-02-02,2026-01-31,Draft
902,Di Ek,di@x.example,Welder,2024-02-03,2026-01-31,Revoked
""",
    "Badgr": """entityId,badgeclass,recipient.identity,issuedOn,expires,revoked
900,Welder,ada@x.example,2024-02-01T00:00:00Z,2026-01-31T00:00:00Z,false
902,Welder,di@x.example,2024-02-03T00:00:00Z,2026-01-31T00:00:00Z,true
""",
    "Moodle": """Full name,Email address,Course full name,Progress,Time completed
Ada Berg,ada@x.example,Welder,100%,"Thursday, 1 February 2024, 2:30 PM"
Bo Cree,bo@x.example,Welder,35%,
""",
    "Cornerstone": """User ID,User Full Name,User Email,Training Title,Training Provider,Transcript Status,Transcript Completed Date,Expiration Date
21,Ada Berg,ada@x.example,Welder,Weld Ltd,Completed,02/13/2024,01/31/2026
22,Bo Cree,bo@x.example,Welder,Weld Ltd,In Progress,,
""",
    "LinkedIn Learning": """Name,Email,Content Name,Content Provider,Content Type,Percent Completed,Completed At (PST/PDT)
Ada Berg,ada@x.example,Welder,LinkedIn,Course,100,2024-02-01
Bo Cree,bo@x.example,Welder,LinkedIn,Course,12,
""",
    "Coursera": """Name,Email,External Id,Course,University,Enrollment Time,Overall Progress,Completed,Completion Time,Course Certificate URL
Ada Berg,ada@x.example,21,Welder,Weld U,2023-11-01,100.0,Yes,2024-02-01,https://c.example/1
Bo Cree,bo@x.example,22,Welder,Weld U,2023-11-01,40.5,No,,
""",
    "Udemy": """User Name,User Email,User External ID,Course Title,Completion Ratio,Course Enrollment Date,Course Completion Date
Ada Berg,ada@x.example,21,Welder,100,2023-11-01,2024-02-01
Bo Cree,bo@x.example,22,Welder,40,2023-11-01,
""",
    "Pluralsight": """First Name,Last Name,Email,Course name,Percent complete,Completed on
Ada,Berg,ada@x.example,Welder,100%,2024-02-01
Bo,Cree,bo@x.example,Welder,63%,
""",
    "Degreed": """Employee ID,Email,Content Title,Content Type,Provider,Completed Date,Is Verified
21,ada@x.example,Welder,Course,Weld Ltd,2024-02-01,true
""",
}
"""Of each: Ada's award counts, Bo has none, Di's is revoked."""


@pytest.mark.parametrize("system", BADGES)
def test_which_awards_count_is_read_from_an_export_of_a_system(system):
    text = BADGES[system]
    cells = understood("badges", text)
    who = [address.split("@")[0] for address in cells["email"]]
    says = dict(zip(who, cells.get("status_says", ["counts"] * len(who)), strict=True))
    assert says == {"ada": "counts"} | ({"di": "revoked"} if "di@" in text else {})
    assert cells.get("credential", cells.get("credential_id"))[0] == "Welder"
    assert cells["issued_on"][0][:7] == "2024-02"
    assert "expires_on" not in cells or cells["expires_on"][0] == "2026-01-31"
    assert _kinds(text)[0] == "badges"


def _kinds(text):
    return likeliest_kinds("export.csv", [text.split("\n")[0].replace(";", ",").split(",")])


def test_the_systems_that_the_documentation_names_are_those_tried_here():
    from skilltrack.config import ROOT

    page = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    named = page.split("known, in English, German, French and Spanish (")[1].split(")")[0].replace("\n", " ")
    systems = {part.strip() for half in named.split(";") for part in half.split(",")}
    assert systems - {"Canvas Credentials"} == (set(ROSTERS) | set(BADGES)) - {"Silae", "Meta4"}
    assert set(KINDS) >= {"roster", "badges"}
