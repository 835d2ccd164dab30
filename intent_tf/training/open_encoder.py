"""Opens the encoder that a run's options name."""

from pathlib import Path
from typing import Any

from intent_tf.models.bert.bert_encoder import BertEncoder
from intent_tf.options.devices import Precision
from intent_tf.options.encoder import EncoderConfig


def open_encoder(config: EncoderConfig, precision: Precision = "float32") -> BertEncoder | None:
    """Load the encoder; None where the model needs none.

    Args:
        config: Which one.
        precision: Type in which it computes; weights stay float32.

    Raises:
        InputError: If it is not there, no encoder, or not trusted.
    """
    if config.encoder is None:
        return None
    folder, tokens, pooling = Path(config.encoder), config.encoder_tokens, config.pooling
    if (folder / "saved_model.pb").is_file() and not (folder / "config.json").is_file():
        return BertEncoder.from_hub(folder, trust=config.trust, max_tokens=tokens, pooling=pooling)
    policy: dict[str, Any] = {} if precision == "float32" else {"dtype": precision}
    return BertEncoder.from_preset(config.encoder, max_tokens=tokens, pooling=pooling, **policy)
