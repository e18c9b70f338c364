"""Headers of systems of the field, in four languages, stand for the column that is meant, and for one only."""

import unicodedata
from collections import defaultdict

import pytest

from skilltrack.ingest.reading.columns import map_columns
from skilltrack.ingest.reading.decode import decode
from skilltrack.ingest.reading.guess import likeliest_kinds
from skilltrack.ingest.reading.mapping import Mapping
from skilltrack.ingest.reading.recognise import known_columns, lay_out, score
from skilltrack.ingest.reading.sensitive import is_sensitive
from skilltrack.kinds import KINDS, plain_header
from skilltrack.kinds.headers import _tables, headers_of


def read(kind, text):
    """The columns of a file, under our names, as far as its cells are read without a word from anybody."""
    kind, mapping = KINDS[kind], Mapping()
    found = map_columns(kind, decode(text.encode(), "f.csv", mapping, lay_out(kind, mapping), score(kind)), mapping)
    assert found.questions == []
    return {name: cells.to_pylist() for name, cells in found.columns.items()}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_header_stands_for_one_column_of_a_kind(kind):
    meant = defaultdict(set)
    for column in kind.file_columns:
        for header in (column.name, *column.synonyms):
            meant[plain_header(header)].add(column.name)

    assert {header: names for header, names in meant.items() if len(names) > 1} == {}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_listed_header_is_known_however_its_accents_are_written(kind):
    named = {column.name for column in kind.file_columns}
    listed = _tables().get(kind.name, {})
    assert set(listed) <= named
    for name in listed:
        assert headers_of(kind.name, name)
        for header in headers_of(kind.name, name):
            bare = "".join(c for c in unicodedata.normalize("NFD", header) if not unicodedata.combining(c))
            for spelled in (header, header.upper(), unicodedata.normalize("NFD", header), bare):
                assert known_columns(kind, [spelled]) == {name: 0}, (spelled, name)


def test_no_header_of_a_column_of_ours_is_taken_for_sensitive():
    headers = {header for kind in KINDS.values() for c in kind.file_columns for header in (c.name, *c.synonyms)}

    assert {header for header in headers if is_sensitive(header)} == set()


def test_headers_are_listed_for_kinds_there_are():
    assert set(_tables()) - {"shared"} <= set(KINDS)


def test_an_umlaut_may_be_spelled_with_two_letters():
    assert known_columns(KINDS["roster"], ["Fuehrungskraft", "Buero"]) == {"manager_id": 0, "location": 1}


ENDS = {
    "badges": [
        "Valid To", "Expiry", "Expiration", "Valid Till", "Renewal Due", "Expire Date", "Certificate End Date", "Recertify By",
        "Gültig bis", "Ablaufdatum", "Läuft ab am", "Date d'expiration", "Valable jusqu’au", "Échéance", "Fecha de caducidad",
        "Vence el", "Válido hasta",
    ],
    "roster": [
        "Separation Date", "Employment End Date", "Date Left", "Last Working Day", "Last Day", "Terminated On", "Leave Date",
        "Termination", "Austrittsdatum", "Letzter Arbeitstag", "Ausgeschieden am", "Date de sortie", "Dernier jour travaillé",
        "Fecha de baja", "Último día de trabajo",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "header"), [(kind, header) for kind, listed in ENDS.items() for header in listed])
def test_a_day_on_which_something_ends_is_never_passed_over(kind, header):
    assert known_columns(KINDS[kind], [header]) == {{"badges": "expires_on", "roster": "left_on"}[kind]: 0}


@pytest.mark.parametrize(
    ("kind", "header"),
    [("roster", "Vertragsende"), ("roster", "Date de fin de contrat"), ("roster", "Contract End Date"), ("badges", "Renewal Date"),
     ("roster", "Mitarbeiter"), ("credentials", "Validity"), ("credentials", "Validity (years)"), ("badges", "ID Number"),
     ("spend", "Gross amount"), ("spend", "Kostenträger"), ("badges", "End Date")],
)  # fmt: skip
def test_a_word_that_means_two_things_is_not_taken(kind, header):
    assert known_columns(KINDS[kind], [header]) == {}


ROSTERS = {
    "Workday": "Employee ID,Worker,Email - Primary Work,Manager ID,Supervisory Organization,Job Profile,Hire Date,Termination Date\n"
    "117,Ada Berg,ada@x.example,101,Field,Fitter,2024-02-01,2026-01-31\n",
    "SuccessFactors": "USERID,FIRSTNAME,LASTNAME,EMAIL,MANAGER,DEPARTMENT,TITLE,HIREDATE,COMPANYEXITDATE\n"
    "117,Ada,Berg,ada@x.example,101,Field,Fitter,2024-02-01,\n",
    "BambooHR": "Employee #,First Name,Last Name,Work Email,Supervisor EId,Department,Job Title,Hire Date,Termination Date\n"
    "117,Ada,Berg,ada@x.example,101,Field,Fitter,2024-02-01,2026-01-31\n",
    "ADP": "Associate ID,Payroll Name,Work Contact: Work Email,Reports To Associate ID,Home Department Description,Job Title Description,"
    "Hire Date,Termination Date\n117,Ada Berg,ada@x.example,101,Field,Fitter,2024-02-01,2026-01-31\n",
    "Odoo": "id,name,work_email,parent_id/id,department_id,job_title,contract_date_start,contract_date_end\n"
    "117,Ada Berg,ada@x.example,101,Field,Fitter,2024-02-01,2026-01-31\n",
    "SCIM": "employeeNumber,displayName,emails.value,manager.value,department,title\n117,Ada Berg,ada@x.example,101,Field,Fitter\n",
    "Personio, German": "Personalnummer;Vorname;Nachname;E-Mail;Vorgesetzter;Abteilung;Position;Anstelldatum;Letzter Arbeitstag\n"
    "117;Ada;Berg;ada@x.example;101;Field;Fitter;13.02.2024;31.01.2026\n",
    "HiBob": "Employee ID,Display name,Email,Reports to,Department,Job title,Site,Start date,Termination date\n"
    "117,Ada Berg,ada@x.example,101,Field,Fitter,Bergen,2024-02-01,2026-01-31\n",
    "Rippling": "Employee number,Full name,Work email,Manager,Department,Title,Work location,Start date,End date\n"
    "117,Ada Berg,ada@x.example,101,Field,Fitter,Bergen,2024-02-01,2026-01-31\n",
    "UKG": "Employee Number,Employee Name,Email Address,Supervisor Number,Department,Job Title,Last Hire Date,Date of Termination\n"
    "117,Ada Berg,ada@x.example,101,Field,Fitter,2024-02-01,2026-01-31\n",
    "Oracle HCM": "Person Number,Display Name,Work Email,Manager Person Number,Department Name,Job Name,Enterprise Hire Date,"
    "Actual Termination Date\n117,Ada Berg,ada@x.example,101,Field,Fitter,2024-02-01,2026-01-31\n",
    "OrangeHRM": "Employee Id,First (& Middle) Name,Last Name,Work Email,Supervisor,Sub Unit,Job Title,Joined Date\n"
    "117,Ada,Berg,ada@x.example,101,Field,Fitter,2024-02-01\n",
    "SAP, French": "Matricule;Prénom;Nom;Adresse e-mail;Responsable hiérarchique;Service;Intitulé du poste;Date d'embauche;Date de sortie\n"
    "117;Ada;Berg;ada@x.example;101;Field;Fitter;13/02/2024;31/01/2026\n",
    "Meta4, Spanish": "Nº de empleado;Nombre;Apellidos;Correo electrónico;Jefe directo;Departamento;Puesto;Fecha de alta;Fecha de baja\n"
    "117;Ada;Berg;ada@x.example;101;Field;Fitter;13/02/2024;31/01/2026\n",
}


@pytest.mark.parametrize("system", ROSTERS)
def test_a_roster_of_a_system_needs_nothing_said(system):
    found = read("roster", ROSTERS[system])

    expected = {
        "employee_id": "117",
        "name": "Ada Berg",
        "email": "ada@x.example",
        "manager_id": "101",
        "team": "Field",
        "role_id": "Fitter",
    }
    assert {name: found[name] for name in expected} == {name: [cell] for name, cell in expected.items()}
    assert "SCIM" in system or found["hired_on"][0][:7] == "2024-02"
    assert system in ("SCIM", "SuccessFactors", "OrangeHRM") or found["left_on"] == ["2026-01-31"]
    assert likeliest_kinds("export.csv", [ROSTERS[system].split("\n")[0].replace(";", ",").split(",")])[0] == "roster"


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Nombre;Apellidos", "Ada;Berg", "Ada Berg"),
        ("Nombre", "Ada Berg", "Ada Berg"),
        ("Nom", "Ada Berg", "Ada Berg"),
        ("Name;Vorname", "Berg;Ada", "Ada Berg"),
        ("Name;Surname", "Ada;Berg", "Ada Berg"),
        ("Name;First name", "Ada Berg;Ada", "Ada Berg"),
        ("Full name;Vorname;Nachname", "A. Berg;Ada;Berg", "A. Berg"),
    ],
)
def test_a_name_in_parts_is_whole_whatever_its_parts_are_called(header, row, name):
    assert read("roster", f"Personalnummer;{header}\n117;{row}\n")["name"] == [name]


BADGES = {
    "Credly": "Badge Template Name,Recipient Email,Issued At,Expires At\nWelder,ada@x.example,2024-02-01,2026-01-31\n",
    "Accredible": "Recipient Name,Recipient Email,Group Name,Issued On,Expiry Date\nAda Berg,ada@x.example,Welder,2024-02-01,2026-01-31\n",
    "Moodle": "Full name,Email address,Course full name,Time completed\nAda Berg,ada@x.example,Welder,2024-02-01\n",
    "Cornerstone": "User ID,User Full Name,User Email,Training Title,Training Provider,Transcript Completed Date,Expiration Date\n"
    "117,Ada Berg,ada@x.example,Welder,Weld Ltd,2024-02-01,2026-01-31\n",
    "LinkedIn Learning": "Name,Email,Content Name,Content Provider,Completed At (PST/PDT)\nAda Berg,ada@x.example,Welder,LinkedIn,2024-02-01\n",
    "Coursera": "Name,Email,External Id,Course,University,Completion Time,Course Certificate URL\n"
    "Ada Berg,ada@x.example,117,Welder,Weld U,2024-02-01,https://c.example/1\n",
    "Udemy": "User Name,User Email,User External ID,Course Title,Course Completion Date\nAda,ada@x.example,117,Welder,2024-02-01\n",
    "Pluralsight": "First Name,Last Name,Email,Course name,Completed on\nAda,Berg,ada@x.example,Welder,2024-02-01\n",
    "Degreed": "Employee ID,Email,Content Title,Provider,Completed Date\n117,ada@x.example,Welder,Weld Ltd,2024-02-01\n",
    "German": "E-Mail-Adresse;Schulungstitel;Abschlussdatum;Gültig bis\nada@x.example;Welder;13.02.2024;31.01.2026\n",
    "French": "E-mail de l'apprenant;Intitulé de la formation;Date d'obtention;Date de fin de validité\nada@x.example;Welder;01/02/2024;31/01/2026\n",
    "Spanish": "Correo electrónico;Nombre del curso;Fecha de finalización;Fecha de vencimiento\nada@x.example;Welder;01/02/2024;31/01/2026\n",
}


@pytest.mark.parametrize("system", BADGES)
def test_the_awards_of_a_system_need_nothing_said(system):
    text = BADGES[system].replace("01/02/2024", "13/02/2024")
    found = read("badges", text)

    assert (found["email"], found["credential"]) == (["ada@x.example"], ["Welder"])
    assert found["issued_on"][0][:7] == "2024-02"
    assert found.get("expires_on", ["2026-01-31"]) == ["2026-01-31"]
    assert ("expires_on" in found) == ("2026" in text)
    assert likeliest_kinds("export.csv", [text.split("\n")[0].replace(";", ",").split(",")])[0] == "badges"


OTHERS = {
    "skills": [("Kompetenz-ID;Bezeichnung;Kategorie", "s1;Weld;Metal"), ("Code compétence;Libellé;Domaine", "s1;Weld;Metal"),
               ("Código de competencia;Nombre;Categoría", "s1;Weld;Metal"), ("Competency ID;Competency Name;Skill Group", "s1;Weld;Metal")],
    "credentials": [("Course Code;Course Title;Training Provider;Price", "c1;Weld;W;10"), ("Kursnummer;Kursname;Anbieter;Preis", "c1;Weld;W;10"),
                    ("Code formation;Intitulé de la formation;Organisme de formation;Tarif", "c1;Weld;W;10"),
                    ("Código del curso;Nombre del curso;Proveedor;Precio", "c1;Weld;W;10")],
    "roles": [("Job Code;Job Title;Skill Code;Required Proficiency", "r1;Fitter;s1;2"), ("Stellennummer;Stellenbezeichnung;Kompetenz;Sollstufe", "r1;Fitter;s1;2"),
              ("Code emploi;Intitulé du poste;Compétence;Niveau requis", "r1;Fitter;s1;2"), ("Código del puesto;Puesto;Competencia;Nivel requerido", "r1;Fitter;s1;2")],
    "spend": [("Rechnungsnummer;Personalnummer;Schulung;Rechnungsdatum;Nettobetrag;Währung;Finanziert durch", "1;117;Weld;2024-02-01;10.50;EUR;employer"),
              ("N° de facture;Matricule;Formation;Date de facturation;Montant HT;Devise;Financé par", "1;117;Weld;2024-02-01;10.50;EUR;employer"),
              ("Nº de factura;Nº de empleado;Curso;Fecha de pago;Importe;Moneda;Pagado por", "1;117;Weld;2024-02-01;10.50;EUR;employer"),
              ("Receipt Number;Person Number;Training Title;Payment Date;Net Total;Currency;Funded By", "1;117;Weld;2024-02-01;10.50;EUR;employer")],
    "self_ratings": [("Mitarbeiternummer;Kompetenz;Selbsteinschätzung;Datum", "117;s1;2;2024-02-01"), ("Matricule;Compétence;Auto-évaluation;Date d'évaluation", "117;s1;2;2024-02-01"),
                     ("Legajo;Competencia;Autoevaluación;Fecha", "117;s1;2;2024-02-01"), ("Employee ID;Skill;Proficiency;Assessment Date", "117;s1;2;2024-02-01")],
    "prior_learning": [("Personalnummer;Kompetenz;Stufe;Anerkannt von;Anerkannt am", "117;s1;2;Bo;2024-02-01")],
    "exemptions": [("Matricule;Compétence;Motif;Jusqu'au", "117;s1;leave;2024-02-01")],
    "targets": [("Departamento;Competencia;Nivel;Número de personas", "Field;s1;2;3")],
    "issuers": [("Aussteller;Einstufung;Begründung;Gültig ab", "W;trusted;known;2024-02-01")],
    "issuer_keys": [("Issuer name;Public key;Valid since", "W;did:web:w.example;2024-02-01"), ("Aussteller;Öffentlicher Schlüssel;Gültig ab", "W;did:web:w.example;2024-02-01"),
                    ("Émetteur;Clé publique;À partir du", "W;did:web:w.example;2024-02-01"), ("Emisor;Clave pública;Válido desde", "W;did:web:w.example;2024-02-01")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "header", "row"), [(kind, *each) for kind, listed in OTHERS.items() for each in listed]
)
def test_every_kind_of_file_is_known_by_headers_of_four_languages(kind, header, row):
    found = read(kind, f"{header}\n{row}\n")

    assert len(found) == header.count(";") + 1
    assert sorted(c[0] for c in found.values()) == sorted(row.split(";"))
    assert likeliest_kinds("export.csv", [header.split(";")])[0] == kind
