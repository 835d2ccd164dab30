r"""The pattern of NLTK's ``TweetTokenizer``, written for RE2 over shapes."""

from collections.abc import Callable

#: What stands behind a character, as far as the pattern asks.
BESIDE = ("other", "word", "at")

_REGIONAL, _SKIN, _JOINER = "[\U0001f1e6-\U0001f1ff]", "[\U0001f3fb-\U0001f3ff]", "\u200d"
IN_MARKUP, _IN_TAG, _IN_WORD = r"[^>\s]", r"[\w'-]", "['_-]"
_BLACK_FLAG, _END_OF_FLAG = "\U0001f3f4", "\U000e007f"
# Tag letters, as NLTK spells England, Scotland and Wales.
_NATIONS = [
    "".join(chr(0xE0000 + ord(letter)) for letter in nation) for nation in ("gbeng", "gbsct", "gbwls")
]


def emoticon_pattern(like: Callable[..., str]) -> str:
    """Write NLTK's pattern of ASCII emoticons, such as ``:-)`` and ``<3``.

    Args:
        like: Writes the RE2 class of a case-insensitive class.
    """
    eyes, nose, mouth = like("[:;=8]"), like(r"[\-o*']"), like(r"[)\](\[dp/:}{@|\\]")
    hat, heart = like("[<>]"), like("<") + like("/") + "?" + like("3")
    return f"(?:{hat}?{eyes}{nose}?{mouth}|{mouth}{nose}?{eyes}{hat}?|{heart})"


def social_pattern(like: Callable[..., str]) -> str:
    """Write NLTK's pattern of tokens; alternatives come in its order, since the first that matches wins.

    Args:
        like: Writes the RE2 class of a case-insensitive class. RE2 looks neither back nor ahead; instead the
            class is narrowed, with ``flagged`` to letters and digits that follow an ``@`` (``(True,)``) or do
            not, and to a ``<`` that a ``>`` follows before white space or not; with ``before`` to characters
            that come before a word character (``"word"``), an ``@`` (``"at"``) or ``"other"``.
    """
    word, digit, letter, solid = like(r"\w"), like(r"\d"), like(r"[^\W\d_]"), like(r"\S")
    latin, alphanumeric = like("[a-z]"), like("[a-z0-9]")
    at, dash, dot, hash_sign, slash = map(like, ("@", "-", r"\.", r"\#", "/"))
    open_bracket, close_bracket, less, greater = map(like, (r"\(", r"\)", "<", ">"))

    scheme = "".join(map(like, "http")) + f"{like('s')}?{like(':')}(?:{slash}{{1,3}}|{like('[a-z0-9%]')})"
    domain = f"{like('[a-z0-9.-]')}{{1,255}}{dot}{latin}{{2,13}}{slash}"
    outside, in_url = like(r"[^\s()]"), like(r"[^\s()<>{}\[\]]")
    inner = f"{open_bracket}{outside}{{1,255}}{close_bracket}"
    nested = f"{open_bracket}{outside}{{0,255}}?{inner}{outside}{{0,255}}?{close_bracket}"
    bracketed = f"{nested}|{open_bracket}{solid}{{1,255}}?{close_bracket}"
    url_end = like(r"[^\s`!()\[\]{};:'\".,<>?«»“”‘’]")
    url = f"(?:{scheme}|{domain})(?:{in_url}+|{bracketed})+(?:{bracketed}|{url_end})"

    label = f"{like('[a-z0-9]', flagged=(False,))}{alphanumeric}*"
    labels = f"{label}(?:{like('[.-]')}{alphanumeric}+){{0,126}}{dot}"
    top_level = f"{latin}{{1,12}}{like('[a-z]', before=('other',))}"
    bare = f"{labels}{top_level}{like('/', before=('word', 'other'))}?"

    gap = like("[ *.)-]")
    country, area = f"{like('[+]')}?{like('[01]')}{gap}*", f"{open_bracket}?{digit}{{3}}{gap}*"
    phone = f"(?:{country})?(?:{area})?{digit}{{3}}{gap}*{digit}{{4}}"

    mailbox, host = like(r"[\w.+-]"), like(r"[\w-]")
    skin, regional = like(_SKIN), like(_REGIONAL)
    sign, spaces = like("[+-]"), like(r"[^\S\r\n]")
    alternatives = [
        url,
        bare,
        phone,
        emoticon_pattern(like),
        # Asked of every ``<`` of a long run, the search for its ``>`` would take the square of its length.
        f"{like('<', flagged=(True,))}{like(IN_MARKUP)}+{greater}",
        f"{dash}+{greater}|{less}{dash}+",
        f"{at}{word}+",
        f"{hash_sign}+{word}+{like(_IN_TAG)}*{word}+",
        f"{mailbox}{{1,64}}{at}{host}{{1,63}}{dot}(?:{host}{dot}?){{1,251}}{host}",
        f"{solid}(?:{skin}?(?:{like(_JOINER)}{solid}{skin}?)+|{skin})",
        f"{regional}{{2}}",
        *("".join(map(like, _BLACK_FLAG + nation + _END_OF_FLAG)) for nation in _NATIONS),
        f"{letter}(?:{letter}|{like(_IN_WORD)})+{letter}",
        f"{sign}?{digit}+{like('[,/.:-]')}{digit}+{sign}?",
        f"{word}+",
        f"{dot}(?:{spaces}*{dot})+",
        solid,
    ]
    return "|".join(f"(?:{alternative})" for alternative in alternatives)
