"""What the words of a status mean for a row, and which words of headers say that a column holds one."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from skilltrack.ingest.reading.status_lists import (
    ASKED,
    ATTENDED,
    COUNTS,
    FLAGS,
    FOR_GOOD,
    LEAVE_OUT,
    LEFT,
    REFUND,
    REVOKED,
    VACANT,
    WEAK,
    WORDS,
)

__all__ = [
    "ASKED", "COUNTS", "FOR_GOOD", "LEAVE_OUT", "LEFT", "REFUND", "REVOKED", "WEAK", "WORDS",
]  # fmt: skip


def words_in(text: str) -> frozenset[str]:
    """The words of a text with blanks between them."""
    return frozenset(text.split())


OF_KIND = {
    "roster": ("employment",),
    "badges": ("completion", "badge"),
    "spend": ("payment",),
    "prior_learning": ("completion", "record"),
    "self_ratings": ("rating", "completion", "record"),
    "exemptions": ("record", "completion"),
}
"""Families of the statuses that rows of a kind have; other kinds have those of a record."""

YES = words_in("yes y true t 1 x on ja j wahr oui o vrai si sí sì s verdadero checked vero waar sim tak prawda sann")
NO = words_in("no n false f 0 off nein falsch non faux falso unchecked nee nej nei não nao nie fałsz falskt onwaar")

STATUS_HEADERS = words_in(
    "status statut estatus zustand etat estado state stati outcome result results ergebnis resultat resultado "
    "situacion situation disposition standing action decision entscheidung verdict resultaat uitslag esito risultato "
    "stato situacao estatuto utfall utfald wynik rezultat stan"
)
"""Words of headers that make a column of few words a status."""
PLAIN_STATUS = words_in("status statut estatus")
"""Those of them that mean nothing else, as `State` may."""
RESULT_HEADERS = words_in("grade grades mark marks score bewertung zensur mention nota calificacion")
"""Words of headers over what a completion was worth: a known word below them makes the column a status."""
OTHER_PEOPLE = words_in(
    "manager managers supervisor mentor buddy partner lead leader boss head coach tutor approver reviewer sponsor "
    "owner assistant contact vorgesetzter vorgesetzte fuhrungskraft leiter leiterin ansprechpartner responsable "
    "superieur chef jefe jefa gerente referent"
)
"""Words of headers over somebody other than the person of the row."""
OF_ACCOUNTS = words_in("account login logon email mail mailbox location site konto benutzerkonto compte cuenta acceso")
"""Words of headers over what somebody has, such as an account: it may be closed because they left, or not."""
LEAVING = words_in(
    "termination exit leaving leaver separation offboarding kundigung kundigungs austritt austritts ausscheiden depart "
    "sortie baja egreso cese salida trennungs abgangs beendigungs"
)
REASONS = words_in("reason reasons type code grund art motif raison motivo causa tipo")
FREE_TEXT = words_in(
    "comment comments notes remark remarks feedback description bemerkung bemerkungen kommentar kommentare anmerkung "
    "anmerkungen hinweis commentaire commentaires remarque remarques observation observations comentario comentarios "
    "observacion observaciones notas beschreibung descripcion"
)
"""Words of headers over what somebody wrote: a status only where every value is a word of one."""
FILLERS = words_in(
    "is was has been flag indicator ind yn y n the of employee employment empl emp worker user account person hr "
    "mitarbeiterin mitarbeitende mitarbeitender "
    "konto benutzerkonto benutzer compte utilisateur cuenta usuario acces acceso zugang login logon "
    "position job course class training completion learning learner badge award credential certificate payment "
    "invoice transaction record row item currently still code type current enrollment enrolment exam test "
    "assessment mitarbeiter mitarbeiterstatus beschaftigungs beschaftigung kurs schulung abschluss zahlung "
    "zahlungs zertifikat prufung examen teilnahme participation asistencia attestation nachweis lehrgang seminar "
    "seminaire modul module requirements anforderungen credit contract employe salarie contrat formation cours "
    "certificat paiement empleado empleo curso "
    "formacion contrato pago certificacion vertrag vertrags program programme noch encore aun since seit depuis desde "
    "from de la le du des del l d e s"
)
"""Words of headers that say nothing about a status."""
ABOUT_PEOPLE = words_in(
    "employee emp employment worker user account person staff learner mitarbeiter benutzer beschaftigungs employe "
    "salarie utilisateur empleado usuario hr"
)

HARMLESS = words_in(
    "with without mit ohne avec sans con sin merit distinction honours honors high highest auszeichnung lob mention "
    "felicitations honores matricula voluntary voluntarily involuntary involuntarily freiwillig volontaire voluntaria "
    "voluntario illness ill sick sickness health krankheit maladie enfermedad personal reason reasons resignation "
    "kundigung demission renuncia retirement deceased online onsite classroom virtual exam test prufung examen grade "
    "score points punkte full part time vollzeit teilzeit permanent temporary contract paid unpaid bezahlt unbezahlt "
    "parental maternity paternity family medical study military annual elternzeit mutterschutz auto automatic "
    "automatically manual manually system imported admin since from until till by for on of the in to a an at seit "
    "bis am vom zum de du des la le les el los desde hasta eur usd gbp chf card bank transfer credit debit first "
    "second attempt retake versuch payroll eligible nopayroll"
)
"""Words beside a status that change nothing about it."""
NEGATIONS = (
    "not", "nicht", "noch nicht", "non", "pas", "ne pas", "no", "never", "not yet", "un", "niet", "nog niet", "ikke",
    "inte", "ej", "icke", "não", "ainda não", "nie", "non ancora",
)  # fmt: skip


def plain(text: str) -> str:
    """A text without case, accents, blanks and punctuation: `Non terminé` is `nontermine`."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if letter.isalnum())


def listed(words: str) -> Iterator[str]:
    """Each word of a list, plain, in all the forms that it stands for."""
    for entry in filter(None, (part.strip() for part in re.split(r"[;\n]", words))):
        stem, _, ending = entry.partition("/")
        forms = [stem]
        if ending:
            forms.append(stem[:-1] + ending if stem[-1:] == "o" and ending == "a" else stem + ending)
        for form in forms:
            yield plain(form)
            umlauts = re.sub("[äöü]", lambda letter: {"ä": "ae", "ö": "oe", "ü": "ue"}[letter.group()], form.casefold())
            if umlauts != form.casefold():
                yield plain(umlauts)


@cache
def meanings(family: str) -> dict[str, str]:
    """Plain word to what it means in a family of statuses."""
    meaning_of: dict[str, str] = {}
    for meaning, words in WORDS[family].items():
        for word in listed(words):
            meaning_of.setdefault(word, meaning)
    return meaning_of


@cache
def words_of(kind: str) -> dict[str, str]:
    """Plain word to what it means for a row of a kind."""
    meaning_of: dict[str, str] = {}
    for family in OF_KIND.get(kind, ("record",)):
        for word, meaning in meanings(family).items():
            # `Active` says nothing about a completion, but of a badge it says that it counts.
            if word not in meaning_of or (meaning_of[word] == ASKED and meaning == COUNTS):
                meaning_of[word] = meaning
    return meaning_of


@cache
def of_credentials() -> frozenset[str]:
    """Plain words that say of a badge that it counts, and of an enrolment or a course nothing of the kind."""
    counts = {word for word, meaning in meanings("badge").items() if meaning == COUNTS}
    return frozenset(counts - {word for word, meaning in meanings("completion").items() if meaning == COUNTS})


@cache
def of_both() -> frozenset[str]:
    """Those of them that are said of an enrolment as well, while somebody still takes a course."""
    return frozenset(listed("active; current; aktiv; actif; en vigueur; vigente; activo/a"))


@cache
def beside_credentials() -> frozenset[str]:
    """Plain words that only badges and certificates have as their status."""
    return frozenset(meanings("badge").keys() - meanings("completion").keys()) - of_both()


@cache
def all_words() -> frozenset[str]:
    """Every plain word for a status, of any family."""
    return frozenset(word for family in WORDS for word, meaning in meanings(family).items() if meaning != WEAK)


@cache
def flags() -> frozenset[str]:
    """Plain words that say, over yes and no, what yes means."""
    return frozenset({*listed(FLAGS), *(word for word in listed(FOR_GOOD) if word in all_words())})


@cache
def good_when_yes(word: str) -> bool:
    """Whether a plain word speaks for a row, so that no speaks against it: `attended` does, `expired` does not."""
    return word in set(listed(ATTENDED)) or any(meanings(family).get(word) == COUNTS for family in WORDS)


@cache
def lasting() -> frozenset[str]:
    """Plain words over yes and no that say that a certificate still holds: no may also mean that it ended."""
    return frozenset(
        listed("valid; current; in force; gültig; aktuell; valide; valable; en vigueur; vigente; válido/a")
    )


@cache
def vacant() -> frozenset[str]:
    """Plain words that stand for nobody in a column of names."""
    return frozenset(listed(VACANT))
