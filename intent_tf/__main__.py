"""`python -m intent_tf`: lists the verbs, and runs one: `python -m intent_tf train --data visits.csv …`."""

import importlib
import sys
from collections.abc import Sequence

from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.command_line import run_verb

#: What each verb does.
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


def main(arguments: Sequence[str] | None = None) -> None:
    """List the verbs, or run the one that is named with the arguments after it."""
    name, *rest = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if name in ("-h", "--help", "--help-all"):
        print("usage: intent_tf VERB [options]   (VERB --help lists its options)\n")
        print("\n".join(f"  {verb:<10}{what}" for verb, what in VERBS.items()))
        return
    if name not in VERBS:
        raise InputError(f"no verb {name!r}{nearest(name, VERBS)}", expected=", ".join(VERBS))
    importlib.import_module(f"intent_tf.{name}").main(rest)


def console() -> None:
    """Run as the console script ``intent_tf``."""
    run_verb(main)


if __name__ == "__main__":
    console()
