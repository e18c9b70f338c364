"""Whether a status that leaves a row out says that it will never count, such as `Cancelled`, or only not yet."""

from functools import cache

from skilltrack.ingest.reading.states import header_words, phrases_of, says_nothing
from skilltrack.ingest.reading.status_words import FILLERS, FOR_GOOD, LEAVE_OUT, WORDS, YES, listed, meanings, plain

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
