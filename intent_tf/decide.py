"""`python -m intent_tf.decide NAME ...`: what to do with the probability, beside a baseline."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.options.command_line import parse_configuration, run_verb

#: What each decision does, and the module with its ``CONFIGS`` and ``run``.
DECISIONS = {
    "advertise": ("bid for impressions, and choose whom to treat", "intent_tf.decisions.advertise.command"),
    "recommend": ("offer items to sessions", "intent_tf.decisions.recommend.command"),
    "churn": ("list users who will not come back, with reasons", "intent_tf.decisions.churn.command"),
    "stock": ("order what open sessions and a forecast ask for", "intent_tf.decisions.stock.command"),
    "experiment": ("analyse an A/B test on the users of a log", "intent_tf.decisions.experiments.command"),
    "segment": ("put users into named segments", "intent_tf.decisions.segment.command"),
    "policy": (
        "choose an action in a session: bandits and off-policy evaluation",
        "intent_tf.decisions.policy.command",
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Find the decision, parse its options, run it and print, as the last line, the folder it wrote."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        print("usage: python -m intent_tf.decide NAME [options]   (NAME --help lists its options)\n")
        print("\n".join(f"  {name:<12}{what}" for name, (what, _) in DECISIONS.items()))
        return
    name = given[0]
    if name not in DECISIONS:
        message = f"no decision {name!r}{nearest(name, DECISIONS)}"
        raise InputError(message, expected=", ".join(DECISIONS))
    what, module = DECISIONS[name]
    command = importlib.import_module(module)
    description = f"Decision {name!r}: {what}."
    configurations, _ = parse_configuration(f"decide {name}", description, command.CONFIGS, given[1:])
    print(command.run(*configurations))


if __name__ == "__main__":
    run_verb(main)
