"""The verbs, a line each: what `python -m intent_tf` lists."""

VERBS = {
    "train": "from data to a calibrated model, a report and a SavedModel",
    "prepare": "from an event log to leakage-free examples",
    "predict": "add the intent strength to every row of a table",
    "evaluate": "say how good a trained model is on a labelled table",
    "compare": "compare the model with others on the same folds",
    "tune": "search for better options",
    "pretrain": "make an encoder that has read unlabelled sessions and texts",
    "serve": "serve a model on this machine, for development",
    "decide": "say what to do with the intent strength: recommend, advertise, segment, …",
    "launch": "start several workers on this machine, to try distributed training",
}
"""What each verb does."""
