"""One token a Chinese or Japanese character, words elsewhere."""

from functools import cache

from nltk.tokenize import RegexpTokenizer

from intent_tf.text.code_points import code_points_matching, re2_class
from intent_tf.text.normaliser import FREQUENT_SPACES
from intent_tf.text.scripts import CJK
from intent_tf.text.wordpunct import WordPunct


class Characters(WordPunct):
    r"""Single ideographs and kana; elsewhere what ``WordPunct`` gives.

    Chinese and Japanese write no spaces, so that a whole clause is one run of word characters. A character
    carries much of a word's meaning, and a convolution over characters finds the words without a segmenter.

    Example:
        >>> Characters().reference("iphone很好，推荐!!")
        ['iphone', '很', '好', '，', '推', '荐', '!!']
    """

    def __init__(self) -> None:
        self._set_apart = _set_apart()
        self._nltk = RegexpTokenizer(rf"[^\w\s]+|[{CJK}]|[^\W{CJK}]+")


@cache
def _set_apart() -> str:
    words, spaces = code_points_matching(r"\w"), code_points_matching(r"\s")
    characters = words & code_points_matching(f"[{CJK}]")
    other = re2_class(words | spaces, negated=True)
    return f"({re2_class(characters)}|{other}+)|{re2_class(map(ord, FREQUENT_SPACES))}"
