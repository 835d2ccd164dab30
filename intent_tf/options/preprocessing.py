"""How raw columns become features."""

from collections.abc import Mapping
from dataclasses import dataclass

from intent_tf.options.checked import Checked, Count


@dataclass(frozen=True)
class PreprocessingConfig(Checked):
    """Preprocessing.

    Args:
        tokenizer: How texts are cut into tokens (wordpunct, characters, social, treebank; whitespace for
            texts that were tokenised before); by default characters where a tenth of the letters of the
            training rows are Chinese or Japanese, else wordpunct.
        stop_language: Language whose stop words are excluded (NLTK's list where it is installed, or the one
            of this package); negations stay, since they turn an intent around.
        word_ngrams: Lengths of the runs of words that are tokens; 1,2 adds pairs such as "not good".
        derived: Derived number columns by expression, such as seconds_a_page=duration/pages; by default
            ratios and differences of two numbers that pay on inner folds of the training rows.
        max_text_tokens: Tokens of text kept a row, the first ones.
        max_vocabulary: Tokens that get an id of their own, the commonest ones.
    """

    tokenizer: str | None = None
    stop_language: str | None = None
    word_ngrams: tuple[int, ...] = (1,)
    derived: Mapping[str, str] | None = None
    max_text_tokens: Count = 200
    max_vocabulary: Count = 20_000
