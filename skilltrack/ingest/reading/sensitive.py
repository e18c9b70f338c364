"""Headers whose columns hold sensitive personal data, in English, German, French, Spanish and a few other languages.

Such a column is never read, whatever a mapping says, and no cell of it is kept.
"""

import re

from skilltrack.kinds import in_both_spellings, plain_header, unaccented

PARTS = """
    birth, geburt, geboren, de naissance, date naissance, nacimiento, nascita, nascimento, geboorte,
    gender, geschlecht, geslacht, pronoun, sexual orientation, sexual identity, sexuell, orientation sexuelle,
    orientación sexual, ethni, etnia, étnico, racial, hispanic, rasse zugehörigkeit,
    marital, familienstand, zivilstand, situation familiale, situation de famille, état civil, estado civil, spouse,
    ehepartner, conjoint, cónyuge, children, anzahl kinder, kinderzahl, enfants, hijos, dependents,
    religio, konfession, confession, confesión, kirchensteuer, faith,
    trade union, labor union, labour union, union member, gewerkschaft, syndicat, syndical, sindicat, sindical,
    political, politische, parteizugehörigkeit, parti politique, opinion politique, opinión política, partido político,
    nationality, nationalität, nationalité, nacionalidad, nazionalità, citizen, staatsangehörigkeit, staatsbürgerschaft,
    citoyenneté, ciudadanía, immigration, visa status, work permit, arbeitserlaubnis, aufenthaltstitel,
    titre de séjour, permis de travail, permiso de trabajo, residence permit,
    national id, national insurance, social security, passport, reisepass, personalausweis, ausweisnummer, passeport,
    pasaporte, carte d'identité, documento de identidad, cédula, aadhaar, tax id, tax class, steuer-id, steuerklasse,
    steuernummer, steueridentifikation, lohnsteuer, identifiant fiscal, número fiscal, sozialversicherung,
    versicherungsnummer, rentenversicherung, sécurité sociale, seguridad social, seguro social,
    health insurance, health condition, health status, health data, medical leave, medical condition, medical history,
    medical insurance, medical data, krankenkasse, krankenversicherung, krankheit, krankenstand, krankmeldung,
    krankentage, gesundheitszustand, sick leave, sick days, sickness, arrêt maladie, maladie, baja médica, enfermedad,
    blood, blutgruppe, groupe sanguin, grupo sanguíneo, pregnan, schwanger, embarazo, maternity, mutterschutz,
    elternzeit, parental leave, congé maternité, maternidad, vaccin, impfstatus, vacuna,
    disabilit, disabled, behinder, handicap, invalidit, discapacidad, minusvalía,
    veteran, wehrdienst, service militaire, servicio militar, criminal, conviction, vorstrafe, führungszeugnis,
    casier judiciaire, antecedentes penales, biometr, fingerprint,
    salary, salaries, compensation, income, base pay, annual pay, gross pay, net pay, pay rate, pay band, bonus,
    commission, hourly rate, daily rate, weekly rate, monthly rate, annual rate, remuneration, gehalt, lohn, entgelt,
    vergütung, besoldung, tarifgruppe, salaire, rémunération, salario, sueldo, remuneración, retribución, stipendio,
    performance, appraisal, leistungsbeurteilung, leistungsbewertung, zielerreichung, entretien annuel,
    évaluation annuelle, desempeño,
    bank account, bankkonto, bankverbindung, kontonummer, compte bancaire, cuenta bancaria, sort code,
    home address, private address, personal address, residential address, street address, privatadresse, wohnort,
    wohnadresse, heimatadresse, adresse privée, adresse personnelle, domicile, domicilio, dirección particular,
    dirección personal, personal email, private email, home email, email privat, private e-mail, email privé,
    email personnel, email personal, e-mail personal, correo personal, correo particular, home phone, private phone,
    personal phone, telefon privat, privattelefon, téléphone personnel, teléfono personal, teléfono particular,
    emergency, notfallkontakt, contact d'urgence, contacto de emergencia,
    burgerlijke staat, nationaliteit, kinderen, godsdienst, geloof, salaris, loonschaal, bruto loon, brutoloon, uurloon,
    ziekte, ziekmeld, rijksregister, rekeningnummer, thuisadres, privé adres, noodcontact, vakbond,
    stato civile, cittadinanza, stato di famiglia, figli a carico, religione, confessione, retribuzione, paga oraria,
    malattia, tessera sanitaria, conto corrente, conto bancario, indirizzo di residenza, indirizzo privato, sindacato,
    data nascita, sindicato, nacionalidade, filhos, religião, salário, remuneração,
    deficiência, deficiencia, conta bancária, título de eleitor, contato de emergência, atestado médico,
    fødselsdato, födelsedatum, cpr nummer, sivilstatus, civilstånd, lønn, løn, lön brutto, data urodzenia, płeć,
    narodowość, obywatelstwo, wynagrodzenie, stan cywilny
"""
WORDS = """
    sex, sexe, sexo, sesso, genre, género, age, alter, edad, race, raza, rasse, wage, wages, ssn, dob, iban, nss, nif,
    dni, curp, gdb, rqth, sick, naissance, santé, salud, paie, ni number, nino, nin, bsn, cpf, pesel, personnummer,
    codice fiscale, rijksregisternummer, gênero, genero, leeftijd, idade, wiek, kjønn, kön, køn, lön, raça, cuil
"""
"""The same as whole words only: `ssn` is also inside `Class Name`."""

ACCOUNTS = frozenset(["account", "user", "login", "access", "profile", "logon"])
"""Words in headers that say of whose `disabled` the header speaks: an account's, not a person's."""


def _plain(listed: str) -> frozenset[str]:
    words = filter(None, (" ".join(word.split()) for word in listed.split(",")))
    return frozenset(plain_header(spelled) for word in words for spelled in in_both_spellings(word))


_PARTS, _WORDS = _plain(PARTS), _plain(WORDS)


def is_sensitive(header: str) -> bool:
    """Whether a column with this header holds sensitive personal data."""
    plain = plain_header(header)
    words = re.findall(r"[A-Z]*[^\W\d_A-Z]+|[A-Z]+", unaccented(header))
    if plain == "nomdenaissance":  # the only surname of most people in French payrolls
        return False
    if ACCOUNTS & {word.lower() for word in words}:
        plain = plain.replace("disabled", "")
    return any(part in plain for part in _PARTS) or any(word.lower() in _WORDS for word in (plain, *words))
