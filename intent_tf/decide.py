"""`python -m intent_tf.decide NAME ...`: what to do with the intent strength, beside a baseline."""

import sys
from collections.abc import Sequence

from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options import decide as options
from intent_tf.options.command_line import run_verb
from intent_tf.options.verb import Verb

#: What each decision does, its options beside those of the log, and the module with its ``run``.
DECISIONS: dict[str, tuple[str, type, str]] = {
    "advertise": ("bid for impressions, and choose whom to treat", options.AdvertiseConfig, "advertise"),
    "recommend": ("offer items to sessions", options.RecommendConfig, "recommend"),
    "churn": ("list users who will not come back, with reasons", options.ChurnConfig, "churn"),
    "experiment": ("analyse an A/B test on the users of a log", options.ExperimentConfig, "experiments"),
    "segment": ("put users into named segments", options.SegmentConfig, "segment"),
    "policy": (
        "choose an action in a session: a bandit and off-policy evaluation",
        options.PolicyConfig,
        "policy",
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Find the decision, parse its options, run it and print, as the last line, the folder it wrote."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "--help-all"):
        print("usage: python -m intent_tf.decide NAME [options]   (NAME --help lists its options)\n")
        print("\n".join(f"  {name:<12}{what}" for name, (what, *_) in DECISIONS.items()))
        return
    name = words[0]
    if name not in DECISIONS:
        raise InputError(f"no decision {name!r}{nearest(name, DECISIONS)}", expected=", ".join(DECISIONS))
    what, kind, package = DECISIONS[name]
    description, run = f"Decision {name!r}: {what}.", f"intent_tf.decisions.{package}.command.run"
    print(Verb(f"decide {name}", description, (options.LogConfig, kind), run)(words[1:]))


if __name__ == "__main__":
    run_verb(main)
