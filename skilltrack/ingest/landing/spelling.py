"""How the names of people are compared: whatever their case, accents, order and punctuation, as SQL."""

_LETTERS = "replace(replace(replace(translate({x}, 'øłđı', 'oldi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')"
_UMLAUTS = "replace(replace(replace(replace(replace({x}, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ø', 'oe'), 'å', 'aa')"
_FIRST_LAST = "if(contains({x}, ','), regexp_replace({x}, '^([^,]+),\\s*(.+)$', '\\2 \\1'), {x})"
_ASCII = "regexp_replace(lower({x}), '[^a-z0-9]+', ' ', 'g')"
_ANY = "regexp_replace(strip_accents({x}), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')"


def _plain(name: str, is_spelled_out: bool) -> str:
    """A name in lower case with spaces between its words; plain ASCII names, which are most, take a quicker way."""
    lower = f"lower(nfc_normalize({name}))"
    any_letters = _ANY.format(x=_LETTERS.format(x=_UMLAUTS.format(x=lower) if is_spelled_out else lower))
    return f"trim(if(strlen({name}) = length({name}), {_ASCII.format(x=name)}, {any_letters}))"


def words(name: str, is_spelled_out: bool = False) -> str:
    """The words of a name, the given one first; `is_spelled_out`: two letters for an umlaut, `Mueller` for `Müller`."""
    return f"string_split({_plain(_FIRST_LAST.format(x=name), is_spelled_out)}, ' ')"


def spellings(name: str) -> tuple[str, str]:
    """The words of a name in alphabetical order as one text, as they are and with umlauts spelled out."""
    plain, spelled_out = (
        f"array_to_string(list_sort(string_split({_plain(name, way)}, ' ')), ' ')" for way in (False, True)
    )
    return plain, spelled_out


def agree(one: str, other: str) -> str:
    """Whether two names can belong to one person; each is the list of its words, the given name first.

    They must share a word and the given name, which may be shortened or an initial in one of them. The other words may
    differ, as after a marriage. Names that differ only in spaces agree too.
    """
    begins = (
        "len(list_filter({those}, lambda w: starts_with(w, {this}[1]) or (w <> '' and starts_with({this}[1], w)))) > 0"
    )
    short = f"({begins.format(those=one, this=other)} or {begins.format(those=other, this=one)})"
    given = f"(list_contains({one}, {other}[1]) or list_contains({other}, {one}[1]))"
    same = f"array_to_string({one}, '') = array_to_string({other}, '')"
    return f"({same} or (list_has_any({one}, {other}) and ({given} or {short})))"
