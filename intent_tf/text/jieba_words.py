"""Chinese words, cut with jieba's dictionary in Python."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import Any

from intent_tf.errors import require


class JiebaWords:
    """Words that jieba finds with its dictionary and a hidden Markov model; white space is dropped.

    It needs the package ``jieba`` (``pip install 'intent_tf[text]'``) and has no graph: see
    ``cut_offline``.
    """

    def reference(self, text: str) -> list[str]:
        """Tokenise one normalised text."""
        return [word for word in self._jieba.cut(text) if not word.isspace()]

    @cached_property
    def _jieba(self) -> Any:
        jieba = require("jieba", "text")
        jieba.setLogLevel(logging.WARNING)  # it reports on loading its dictionary
        return jieba.Tokenizer()
