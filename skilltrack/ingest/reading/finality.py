"""Whether a status that leaves a row out says that it will never count, such as `Cancelled`, or only not yet."""

from functools import cache

from skilltrack.ingest.reading.states import header_words, phrases_of, says_nothing
from skilltrack.ingest.reading.status_words import FILLERS, LEAVE_OUT, WORDS, YES, listed, meanings, plain

FOR_GOOD = """
    failed; fail; failure; withdrawn; withdrew; no show; did not attend; absent; rejected; refused; declined; cancelled;
    canceled; dropped; dropped out; unsuccessful; disqualified; unsatisfactory; denied; abandoned; deleted; void;
    voided; not passed; invalid; aborted; disallowed; bounced; not charged; error; annulled;
    not accepted; durchgefallen; nicht bestanden; abgebrochen; nicht teilgenommen; nicht erschienen;
    storniert; storno; abgesagt; abgelehnt; zurückgezogen; zurückgewiesen; fehlgeschlagen; unentschuldigt; ungenügend;
    gelöscht; nicht angenommen; annulliert; ungültig; échoué/e; échec; abandonné/e; abandon; annulé/e; refusé/e;
    rejeté/e; retiré/e; recalé/e; non réussi/e; non validé/e; non présenté/e; insuffisant/e; absent/e;
    supprimé/e; invalide; reprobado/a; no aprobado/a; no superado/a; fallido/a; suspenso/a; abandono; cancelado/a;
    anulado/a; rechazado/a; retirado/a; ausente; no presentado/a; no asistió; abandonado/a; eliminado/a; denegado/a;
    no aceptado/a; inválido/a
"""
"""Words with which a row that does not count says that it never will: what is stored under its key is taken back."""

RETURNED = """
    refund; refunded; fully refunded; refund issued; reversal; reversed; chargeback; charge back; charged back;
    credited; erstattet; zurückerstattet; rückerstattet; rückgebucht; rückbuchung; zurückgebucht; gutgeschrieben;
    remboursé/e; contre-passé/e; rétrofacturation; reembolsado/a; devuelto/a; contracargo
"""
"""Words with which a payment that is left out says that it came back in full."""


@cache
def returned() -> frozenset[str]:
    """Plain words with which a payment that is left out came back in full."""
    return frozenset(listed(RETURNED))


@cache
def for_good() -> frozenset[str]:
    """Plain words with which a row says that it will never count."""
    return frozenset(listed(FOR_GOOD))


@cache
def leave_out() -> frozenset[str]:
    """Plain words with which a row does not count, of any family of statuses, for good or not yet."""
    return frozenset(word for family in WORDS for word, meaning in meanings(family).items() if meaning == LEAVE_OUT)


def is_for_good(header: str, value: str, is_of_payments: bool = False) -> bool:
    """Whether a value that leaves a row out says that it never will count: `Cancelled`, or yes below *Void*.

    A payment that came back in full (`Refunded`) never will, either.
    """
    if is_of_payments and plain(value) in returned():
        return True
    core = "".join(word for word in header_words(header) if word not in FILLERS)
    if value.casefold() in YES:
        return plain(core) in for_good()
    parts = [value] if plain(value) in for_good() else phrases_of(value)
    never = [part for part in parts if plain(part) in for_good()]
    return bool(never) and all(plain(part) in leave_out() or says_nothing(part) for part in parts)
