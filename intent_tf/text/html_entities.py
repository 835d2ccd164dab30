"""HTML entities, decoded in the graph as NLTK's ``TweetTokenizer`` decodes them."""

import html.entities
import sys
import unicodedata
from functools import cache

import numpy as np
import tensorflow as tf

from intent_tf.text.code_points import MAX_CODE_POINT, CodePointExpansion, every_character

_ENTITY = "&[^&; ]+;"
_DIGITS = 7  # as many as 1,114,111, the last code point, has


def decode_entities(texts: tf.Tensor) -> tf.Tensor:
    r"""Replace ``&amp;``, ``&#38;`` and ``&#x26;`` by what they stand for, and unknown ones by nothing.

    The rules are NLTK's to the letter, its surprises included: the number may be written in the digits of
    any script, with a sign and underscores, as Python's ``int`` takes them, and ``x`` starts a hexadecimal
    number without ``#``, so that ``&xi;`` is unknown. Code points 128 to 159 mean those of Windows-1252.
    References to surrogates, which UTF-8 cannot hold, become U+FFFD.

    Args:
        texts: Strings whose only white space is the space, ``(batch,)``.

    Returns:
        Strings ``(batch,)``.

    Example:
        >>> decode_entities(tf.constant(["100&nbsp;% &lt;3 &#x2764; &nothing;"]))[0].numpy().decode()
        '100\xa0% <3 ❤ '
    """
    # A newline cannot occur in these texts, so it can mark the ends of entities.
    parts = tf.strings.split(tf.strings.regex_replace(texts, _ENTITY, "\n\\0\n"), "\n")
    entities = tf.strings.regex_full_match(parts.values, _ENTITY)
    decoded = _decode(tf.boolean_mask(parts.values, entities))
    values = tf.tensor_scatter_nd_update(parts.values, tf.where(entities), decoded)
    return tf.strings.reduce_join(parts.with_values(values), axis=-1)


def _decode(entities: tf.Tensor) -> tf.Tensor:
    body = tf.strings.regex_replace(entities, "^&|;$", "")
    hexadecimal = tf.strings.regex_full_match(body, "#?x.+")
    decimal = tf.strings.regex_full_match(body, "#.+") & ~hexadecimal
    digits = tf.strings.regex_replace(body, "^(#x|#|x)", "")
    return tf.where(hexadecimal, _number(digits, 16), tf.where(decimal, _number(digits, 10), _named(body)))


def _named(names: tf.Tensor) -> tf.Tensor:
    # Entities are too rare to be worth a table, which a layer would have to own.
    names_of_html = html.entities.name2codepoint
    same = names[:, None] == tf.constant([*names_of_html])
    characters = tf.gather(
        tf.constant([chr(number) for number in names_of_html.values()]), tf.argmax(same, 1)
    )
    return tf.where(tf.reduce_any(same, 1), characters, "")


def _number(digits: tf.Tensor, base: int) -> tf.Tensor:
    """Write the character whose number Python's ``int(digits, base)`` reads; nothing if it reads none."""
    latin = tf.strings.unicode_encode(_latin_digits()(tf.strings.unicode_decode(digits, "UTF-8")), "UTF-8")
    pattern = {10: "[+-]?[0-9]+(_[0-9]+)*", 16: "[+-]?(0[xX]_?)?[0-9a-fA-F]+(_[0-9a-fA-F]+)*"}[base]
    valid = tf.strings.regex_full_match(latin, pattern)
    unsigned = tf.strings.regex_replace(tf.strings.regex_replace(latin, "^[+-]?(0[xX])?", ""), "_", "")
    if base == 10:
        valid &= tf.strings.length(unsigned) <= sys.int_info.default_max_str_digits
    significant = tf.strings.regex_replace(unsigned, "^0+", "")
    valid &= tf.strings.length(significant) <= _DIGITS
    padded = tf.strings.substr(tf.strings.join(["0" * _DIGITS, significant]), -_DIGITS, _DIGITS)
    codes = tf.strings.unicode_decode(tf.where(valid, padded, "0" * _DIGITS), "UTF-8")
    codes = codes.to_tensor(shape=(None, _DIGITS))
    value_of = np.zeros(128, np.int32)
    for char in "0123456789abcdefABCDEF":
        value_of[ord(char)] = int(char, 16)
    number = tf.reduce_sum(
        tf.gather(value_of, codes) * base ** np.arange(_DIGITS - 1, -1, -1, dtype=np.int32), 1
    )
    valid &= (number <= MAX_CODE_POINT) & ((number == 0) | ~tf.strings.regex_full_match(latin, "-.*"))
    windows = tf.gather(_WINDOWS_1252, tf.clip_by_value(number - 0x80, 0, 31))
    number = tf.where((number >= 0x80) & (number < 0xA0), windows, number)
    valid &= number >= 0
    # Surrogates are encoded as U+FFFD.
    char = tf.strings.unicode_encode(tf.maximum(number, 0)[:, None], "UTF-8")
    return tf.where(valid, char, "")


def _windows_1252(byte: int) -> int:
    try:
        return ord(bytes([byte]).decode("cp1252"))
    except UnicodeDecodeError:
        return -1


_WINDOWS_1252 = np.array([_windows_1252(byte) for byte in range(0x80, 0xA0)], np.int32)


@cache
def _latin_digits() -> CodePointExpansion:
    digits = ((char, unicodedata.decimal(char, None)) for char in every_character())
    return CodePointExpansion(
        {char: str(digit) for char, digit in digits if digit is not None and char > "9"}
    )
