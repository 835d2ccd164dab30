"""The model card: what a stranger must know before using a model (Mitchell et al., 2019)."""

from intent_tf.data.splitting import PARTS
from intent_tf.evaluation.run_metrics import RunMetrics
from intent_tf.evaluation.table import figure
from intent_tf.models.intent_model import IntentModel
from intent_tf.models.outputs import STRENGTH
from intent_tf.serving.markdown import code, prose, row
from intent_tf.version import __version__

_FIGURES = ("auroc", "auprc", "log_loss", "brier", "ece")


def model_card(model: IntentModel, metrics: RunMetrics) -> str:
    """Write the card as Markdown.

    Args:
        model: The trained and calibrated model.
        metrics: The figures of the run, the split among them.
    """
    specification, split = model.preprocessor.specification, metrics.split
    assert split is not None
    rows = [("intent_tf", metrics.test), *metrics.baselines.items()]
    if metrics.optimum is not None:
        rows.append(("optimum (no model can do better)", metrics.optimum))
    table = [row("model", *_FIGURES), row(*["---"] * (1 + len(_FIGURES)))]
    table += [row(prose(name), *(figure(getattr(each, key)) for key in _FIGURES)) for name, each in rows]
    inputs = [
        row(code(each.name), each.kind, *_TYPE_AND_MISSING[each.values]) for each in specification.columns
    ]
    inputs += [
        row(code(name), "events of the row", "int32", "always known") for name in specification.lengths
    ]
    parts = ", ".join(f"{getattr(split, name).rows:,} {name}" for name in PARTS)
    excluded = [f"- {code(name)}: {prose(reason)}" for name, reason in specification.excluded.items()]
    return "\n".join(
        [
            "# Model card",
            "",
            f"Tells how strongly a shopper intends to buy, as a probability in [0, 1] (`{STRENGTH}`), from "
            f"the columns below. Trained by intent_tf {__version__}; {model.count_params():,} weights. "
            f"From a probability of {model.threshold:.3f} on, a purchase is predicted (chosen on validation "
            "rows).",
            "",
            "## Quality on test rows",
            "",
            *table,
            "",
            f"Rows: {parts}. Split: {prose(split.method)}. Label: {code(specification.label)}, "
            f"{split.test.positives / max(split.test.rows, 1):.1%} of the test rows positive.",
            "",
            "## Input",
            "",
            row("column", "kind", "type", "missing"),
            row(*["---"] * 4),
            *inputs,
            "",
            *(["Excluded:", "", *excluded, ""] if excluded else []),
            "## Limits",
            "",
            "- The probability is calibrated for shoppers like those in the table, at that time and in that "
            "shop; measure again (`python -m intent_tf.evaluate`) when either changes.",
            "- It says how likely a purchase is, not whether an advertisement or a discount would cause one.",
            "- Categories and words that the training rows did not hold count as unknown.",
            "",
        ]
    )


_TYPE_AND_MISSING = {"string": ("string", "empty string"), "float": ("float32", "NaN")}
