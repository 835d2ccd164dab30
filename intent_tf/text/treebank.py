"""NLTK's own word tokeniser, after the Penn Treebank, as regular expressions in the graph."""

import re
from functools import cache

import tensorflow as tf
from nltk.tokenize import NLTKWordTokenizer

from intent_tf.text.code_points import code_points_matching, every_character, re2_class
from intent_tf.text.normaliser import rewrite_where
from intent_tf.text.split_at_spaces import split_at_spaces

_CLITICS = ("re", "ve", "ll", "m", "t", "s", "d", "n")
Pairs = tuple[tuple[str, str], ...]
_INNER: Pairs = (
    ("can", "not"),
    ("d", "'ye"),
    ("gim", "me"),
    ("gon", "na"),
    ("got", "ta"),
    ("lem", "me"),
    ("more", "'n"),
)
_BEFORE_BLANK: Pairs = (("wan", "na"),)
_AFTER_BLANK: Pairs = (("'t", "is"), ("'t", "was"))


class Treebank:
    """What ``nltk.word_tokenize`` gives for one sentence: clitics apart (``do n't``), punctuation apart.

    NLTK rewrites the text step by step until blanks stand between all tokens; so does the graph, with the
    same steps in the same order. Where a step looks beside its match, which RE2 cannot, the neighbours are
    matched and written back, and the step is repeated for the matches that shared one.

    Example:
        >>> Treebank().reference("don't pay $3.50 (ever).")
        ['do', "n't", 'pay', '$', '3.50', '(', 'ever', ')', '.']
    """

    def __init__(self) -> None:
        self._nltk = NLTKWordTokenizer()

    def reference(self, text: str) -> list[str]:
        """Tokenise one normalised text with NLTK."""
        return self._nltk.tokenize(text)

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Tokenise normalised texts ``(batch,)`` whose only white space is the space; ``(batch, tokens)``."""
        for pattern, replacement in _steps():
            texts = tf.strings.regex_replace(texts, pattern, replacement)
        contracted = tf.strings.regex_full_match(texts, _contracted())
        return split_at_spaces(rewrite_where(contracted, texts, _part_contractions))


def _part_contractions(texts: tf.Tensor) -> tf.Tensor:
    for pattern, replacement in _contractions():
        for _ in range(2):
            texts = tf.strings.regex_replace(texts, pattern, replacement)
        # A step must not take its own blanks for those of the text, so it writes newlines.
        texts = tf.strings.regex_replace(texts, "\n", " ")
    return texts


@cache
def _steps() -> tuple[tuple[str, str], ...]:
    word, other = (re2_class(code_points_matching(r"\w"), negated) for negated in (False, True))
    not_digit = re2_class(code_points_matching(r"\d"), negated=True)
    clitic = "|".join(
        "".join(re2_class(code_points_matching(f"(?i){c}")) for c in clitic) for clitic in _CLITICS
    )
    # A newline, which cannot occur, stands for the apostrophe of a clitic.
    keep_clitic = (f"(^|{other})'({clitic})({other}|$)", "\\1\n\\2\\3")
    return (
        ("[«“‘„]|`+", r" \0 "),
        ('^"', "``"),
        ("``", " `` "),
        (r"""([ (\[{<])(?:"|'')""", r"\1 `` "),
        keep_clitic,
        keep_clitic,
        (f"(^|{other})'({word})", r"\1' \2"),
        ("\n", "'"),
        (r"""([^.])(\.)([\])}>"'»”’ ]*)$""", r"\1 \2 \3 "),
        (f"([:,])({not_digit})", r" \1 \2"),
        ("[:,]$", r" \0 "),
        (r"\.{2,}", r" \0 "),
        ("[;@#$%&]", r" \0 "),
        (r"[\x{2012}-\x{2015}]", r" \0 "),
        (r"""([^.])(\.)([\])}>"']*) *$""", r"\1 \2\3 "),
        ("[?!]", r" \0 "),
        ("([^'])' ", r"\1 ' "),
        (r"[*]", r" \0 "),
        (r"[\]\[(){}<>]", r" \0 "),
        ("--", " -- "),
        ("^|$", " "),
        ("[»”’]", r" \0 "),
        ("''", " '' "),
        ('"', " '' "),
        (" +", " "),
        ("([^' ])('[sSmMdD]|') ", r"\1 \2 "),
        ("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", r"\1 \2 "),
    )


@cache
def _contractions() -> tuple[tuple[str, str], ...]:
    # These are the patterns that NLTK compiles with ``re``.
    beside = re2_class(map(ord, "".join(re.findall(r"\w+", every_character()))), negated=True)
    inner = [
        (f"({beside})({first})({second})({beside})", "\\1\n\\2\n\\3\n\\4")
        for first, second in _any_case(_INNER)
    ]
    [(wan, na)] = _any_case(_BEFORE_BLANK)
    before_blank = (f"({beside})({wan})({na}) ", "\\1\n\\2\n\\3\n ")
    after_blank = [
        (f" ({first})({second})({beside})", "\n\\1\n\\2\n\\3") for first, second in _any_case(_AFTER_BLANK)
    ]
    return (*inner, before_blank, *after_blank)


@cache
def _contracted() -> str:
    words = ("".join(parts) for parts in _any_case(_INNER + _BEFORE_BLANK + _AFTER_BLANK))
    return f"(?s).*(?:{'|'.join(words)}).*"


def _any_case(words: Pairs) -> list[tuple[str, str]]:
    """Write both parts of words as RE2 patterns of what ``re`` takes for the same letters."""
    letters = "".join(first + second for first, second in words)
    alike = "".join(re.findall(f"(?i)[{letters}]", every_character()))
    classes = {letter: re2_class(map(ord, re.findall(f"(?i){letter}", alike))) for letter in letters}
    return [
        ("".join(map(classes.__getitem__, first)), "".join(map(classes.__getitem__, second)))
        for first, second in words
    ]
