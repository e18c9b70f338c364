"""How the names of people are compared: whatever their case, accents, order and punctuation, as SQL."""

_LETTERS = "replace(replace(replace(translate({x}, 'øłđı', 'oldi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')"
_LOWER = "lower(nfc_normalize({x}))"
_UMLAUTS = "replace(replace(replace(replace(replace({x}, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ø', 'oe'), 'å', 'aa')"
_WORDS = "string_split(trim(regexp_replace(strip_accents({x}), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')), ' ')"
_FIRST_LAST = "regexp_replace({x}, '^([^,]+),\\s*(.+)$', '\\2 \\1')"


def words(name: str, is_spelled_out: bool = False) -> str:
    """The words of a name, the given one first; `is_spelled_out`: two letters for an umlaut, `Mueller` for `Müller`."""
    lower = _LOWER.format(x=_FIRST_LAST.format(x=name))
    if is_spelled_out:
        lower = _UMLAUTS.format(x=lower)
    return _WORDS.format(x=_LETTERS.format(x=lower))


def spellings(name: str) -> tuple[str, str]:
    """The words of a name in the order of the alphabet as one text, as they are and with umlauts spelled out."""
    plain, spelled_out = (f"array_to_string(list_sort({words(name, way)}), ' ')" for way in (False, True))
    return plain, spelled_out


def agree(one: str, other: str) -> str:
    """Whether two names can be one person's, each given as the list of its words, the given name first.

    They share a word and the given name, which one of them may shorten or give as an initial; the other words may
    differ, as after a marriage. Names that are the same but for blanks agree too.
    """
    begins = (
        "len(list_filter({those}, lambda w: starts_with(w, {this}[1]) or (w <> '' and starts_with({this}[1], w)))) > 0"
    )
    short = f"({begins.format(those=one, this=other)} or {begins.format(those=other, this=one)})"
    given = f"(list_contains({one}, {other}[1]) or list_contains({other}, {one}[1]))"
    same = f"array_to_string({one}, '') = array_to_string({other}, '')"
    return f"({same} or (list_has_any({one}, {other}) and ({given} or {short})))"
