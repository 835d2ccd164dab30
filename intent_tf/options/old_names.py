"""Names of version 0.1 that were changed or taken out: they work, or say what to use, for one version."""

from typing import Any

#: The new name of an option, on the command line and in YAML.
RENAMED = {
    "averaging": "ema_momentum",
    "dimension": "output_dim",
    "fold": "precompute",
    "members": "ensemble_size",
    "moments": "prediction_times",
    "token_factor": "token_learning_rate_multiplier",
}

#: The new value of an option that takes one of several.
RENAMED_VALUES = {("label", "strength"): "action_level"}

_WHITESPACE = (
    "intent_tf.text.tokenize_offline writes tokens between spaces; train on them with --tokenizer whitespace"
)
_TOKENIZER = "make an intent_tf.text.Tokenizer and give it to intent_tf.preprocess_data"
_SERVING = "`serve` is for development on this machine, and speaks REST only (--rest-port); run TF Serving"
_CONSTANT = "no measurement moved it from its default, which is what is used"

#: Options that are gone: their default, with which a saved configuration still loads, and what to use.
GONE: dict[str, tuple[Any, str]] = {
    "accumulation": (1, _CONSTANT),
    "alpha": (1.0, _CONSTANT),
    "character_ngrams": ([], _TOKENIZER),
    "clip_norm": (1.0, _CONSTANT),
    "collective": ("auto", _CONSTANT),
    "encoder_weight_decay": (0.01, _CONSTANT),
    "host": ("127.0.0.1", _SERVING),
    "input_service": (None, "leave it out: rows in memory are gathered faster than they are received"),
    "input_workers": (0, "leave it out: rows in memory are gathered faster than they are received"),
    "layer_decay": (0.9, _CONSTANT),
    "lower": (True, _TOKENIZER),
    "max_batch": (256, "leave it out: `serve` runs each request by itself"),
    "max_body": (16 << 20, "leave it out: `serve` is for development, and takes requests of any size"),
    "max_session_tokens": (256, _CONSTANT),
    "min_count": (2, _CONSTANT),
    "mixed_precision": (False, "--precision mixed_bfloat16"),
    "model": ("cnn", "leave it out: --encoder FOLDER says that an encoder reads"),
    "normalise": ("NFKC", _TOKENIZER),
    "numbers": (None, _TOKENIZER),
    "oov_buckets": (1, _CONSTANT),
    "per_replica_batch": (None, "--batch-size is over all devices"),
    "port": (8500, _SERVING),
    "positive_weight": (1.0, "it made probabilities worse; --cost-fp and --cost-fn weigh the decision"),
    "recombined": (None, _CONSTANT),
    "scale_learning_rate": ("none", "--learning-rate"),
    "session_extractor": ("cnn", "leave it out: neither GRU nor attention was better than the convolution"),
    "shorten": (False, _TOKENIZER),
    "stem": (None, _WHITESPACE),
    "stop_words": ([], _TOKENIZER),
    "strip_handles": (False, _TOKENIZER),
    "teacher_share": (1.0, _CONSTANT),
    "temperature": (1.0, _CONSTANT),
    "token_embedding": ("full", "--token-buckets N lets tokens share so many rows"),
    "warm_up": (0.1, _CONSTANT),
    "weight_decay": (3e-4, _CONSTANT),
}

#: Values that are gone, and what to use.
GONE_VALUES = {("tokenizer", "jieba"): _WHITESPACE}
