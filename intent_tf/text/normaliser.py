"""Unicode normalisation and lower-casing in core TensorFlow ops, equal to Python's on every string."""

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Literal

import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.text.casing import CAPITAL_SIGMA, mark_final_sigma
from intent_tf.text.code_points import CodePointExpansion, every_character, re2_class
from intent_tf.text.composition import (
    canonical_compose,
    combining_marks,
    composing_seconds,
    is_hangul_syllable,
)

Form = Literal["NFC", "NFKC"]
Spaces = Literal["all", "rare", "none"]

#: White space that is frequent, and easy to treat as a space later: tabs and line ends.
FREQUENT_SPACES = "\t\n\v\f\r"

_DECOMPOSED: dict[Form, Literal["NFD", "NFKD"]] = {"NFC": "NFD", "NFKC": "NFKD"}


class Normaliser:
    """Rewrite texts so that what reads the same is the same: ``unicodedata.normalize``, then ``str.lower``.

    Shoppers type the same word as ``Café``, ``CAFÉ``, ``Cafe`` + combining accent, or in full-width letters.
    NFKC folds the ways of writing, lower-casing the case.

    The exact result costs next to nothing where it changes nothing. A text made only of characters that no
    step touches (ASCII, most of Chinese, Korean and lower-case text) passes one regular expression and one
    ASCII lower-casing. Where every character can be rewritten without a look at its neighbours (full-width
    forms, capitals, ligatures), one table does it. Only the rest are decomposed, reordered and composed.

    The Unicode version is that of the Python which builds the graph; an exported model keeps it for ever.

    Args:
        form: ``"NFKC"`` (compatibility composition, the default), ``"NFC"`` (canonical composition), or
            ``None``.
        lower: Lower-case as ``str.lower`` does, final sigma and dotted capital I included. Default ``True``.
        spaces: Which white space becomes a plain space: ``"all"`` (the default), ``"rare"`` (all but tabs and
            line ends, with which most texts stay untouched) or ``"none"``.

    Raises:
        InputError: If ``form`` is none of these.

    Example:
        >>> normaliser = Normaliser()
        >>> normaliser.reference("ＮＩＣＥ Cafe\u0301")
        'nice café'
        >>> normaliser(tf.constant(["ＮＩＣＥ Cafe\u0301"]))[0].numpy().decode()
        'nice café'

    Reference:
        Unicode Standard Annex 15, *Unicode Normalization Forms*.
    """

    def __init__(self, form: Form | None = "NFKC", lower: bool = True, spaces: Spaces = "all") -> None:
        if form not in ("NFC", "NFKC", None):
            raise InputError(f"unknown normalisation {form!r}", expected="'NFC', 'NFKC' or None")
        self.form = form
        self.lower = lower
        self.spaces = spaces
        self._untouched, self._alone = _patterns(form, lower, spaces)

    def reference(self, text: str) -> str:
        """Normalise one text in Python: the definition that the graph follows."""
        return _rewritten_text(text, self.form, self.lower, self.spaces)

    def __call__(self, texts: tf.Tensor) -> tf.Tensor:
        """Normalise texts in the graph.

        Args:
            texts: Strings in UTF-8, ``(batch,)``. Bytes that are no UTF-8 become U+FFFD, as in
                ``bytes.decode("utf-8", "replace")``.

        Returns:
            Strings, ``(batch,)``.
        """
        texts = rewrite_where(~tf.strings.regex_full_match(texts, self._untouched), texts, self._rewrite)
        return tf.strings.lower(texts) if self.lower else texts

    def _rewrite(self, texts: tf.Tensor) -> tf.Tensor:
        contextual = ~tf.strings.regex_full_match(texts, self._alone)
        return rewrite_where(
            contextual, rewrite_where(~contextual, texts, self._each_alone), self._in_context
        )

    def _each_alone(self, texts: tf.Tensor) -> tf.Tensor:
        code_points = tf.strings.unicode_decode(texts, "UTF-8")
        return tf.strings.unicode_encode(
            _each_alone(self.form, self.lower, self.spaces)(code_points), "UTF-8"
        )

    def _in_context(self, texts: tf.Tensor) -> tf.Tensor:
        code_points = tf.strings.unicode_decode(texts, "UTF-8")
        if self.form:
            code_points = canonical_compose(_decomposition(self.form)(code_points))
        if self.lower:
            code_points = mark_final_sigma(code_points)
        return tf.strings.unicode_encode(_each_alone(None, self.lower, self.spaces)(code_points), "UTF-8")


def rewrite_where(
    mask: tf.Tensor,
    texts: tf.Tensor,
    rewrite: Callable[[tf.Tensor], tf.Tensor],
    otherwise: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
) -> tf.Tensor:
    """Rewrite some strings of a batch in one way and the others in another, which must take them all.

    Args:
        mask: Which strings, bool ``(batch,)``.
        texts: Strings ``(batch,)``.
        rewrite: What becomes of the masked ones; costs nothing in a batch without any.
        otherwise: What becomes of the others. Default: they stay as they are.

    Returns:
        Strings ``(batch,)``.
    """
    others = otherwise(texts)
    return tf.cond(
        tf.reduce_any(mask),
        lambda: tf.tensor_scatter_nd_update(others, tf.where(mask), rewrite(tf.boolean_mask(texts, mask))),
        lambda: others,
    )


def _rewritten_text(text: str, form: Form | None, lower: bool, spaces: Spaces) -> str:
    """Normalise a text in Python; the definition of the layer."""
    text = unicodedata.normalize(form, text) if form else text
    text = text.lower() if lower else text
    kept = {"all": "", "rare": FREQUENT_SPACES, "none": text}[spaces]
    return "".join(" " if char.isspace() and char not in kept else char for char in text)


@cache
def _decompositions(form: Form) -> dict[str, str]:
    """Decompose every character that can be, but Hangul syllables: they need not be to be composed again."""
    pairs = ((char, unicodedata.normalize(_DECOMPOSED[form], char)) for char in every_character())
    return {char: text for char, text in pairs if char != text and not is_hangul_syllable(ord(char))}


@cache
def _rewritten(form: Form | None, lower: bool, spaces: Spaces) -> dict[str, str]:
    """List what each character becomes that does not stay itself when it stands alone."""
    pairs = ((char, _rewritten_text(char, form, lower, spaces)) for char in every_character())
    return {char: text for char, text in pairs if char != text}


@cache
def _contextual(form: Form | None, lower: bool) -> frozenset[int]:
    """List the code points whose rewriting depends on their neighbours.

    They are those that may join what stands before them, in their own right or by the first part of what they
    decompose to; and, with lower-casing, those that hold a capital sigma.
    """
    joining = composing_seconds() | combining_marks() if form else frozenset[int]()
    parts = _decompositions(form) if form else {}
    joining |= {ord(char) for char, text in parts.items() if ord(text[0]) in joining}
    if lower:
        joining |= {CAPITAL_SIGMA, *(ord(char) for char, text in parts.items() if chr(CAPITAL_SIGMA) in text)}
    return joining


@cache
def _patterns(form: Form | None, lower: bool, spaces: Spaces) -> tuple[str, str]:
    """RE2 patterns of texts that no step touches, and of those whose characters are rewritten one by one."""
    contextual = _contextual(form, lower)
    # A to Z are lower-cased by an operation of their own, which is faster.
    touched = {
        ord(char) for char in _rewritten(form, lower, spaces) if not (char.isascii() and char.isalpha())
    }
    untouched, alone = (re2_class(members, negated=True) for members in (touched | contextual, contextual))
    return f"{untouched}*", f"{alone}*"


@cache
def _decomposition(form: Form) -> CodePointExpansion:
    return CodePointExpansion(_decompositions(form))


@cache
def _each_alone(form: Form | None, lower: bool, spaces: Spaces) -> CodePointExpansion:
    return CodePointExpansion(_rewritten(form, lower, spaces))
