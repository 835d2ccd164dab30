"""Columns that name the row, which are excluded, or the shopper of several rows, which are told."""

import re
from collections.abc import Sequence

import pandas as pd

from intent_tf.columns.kinds.column_profile import ColumnProfile
from intent_tf.columns.kinds.registry import kind_of
from intent_tf.columns.repeated_ids import judge_by_groups
from intent_tf.data.facts import Facts
from intent_tf.data.predictions import Labels
from intent_tf.data.specification import Column
from intent_tf.options.lists import write_list

#: Values from which on a column may identify something.
_FEWEST = 50
#: Share of validation rows whose values no training row has, beyond which it may identify the row.
_UNSEEN = 0.5
#: Rows a value, on average, between which it may identify a shopper.
_ROWS = (1.2, 20)
_SHOPPER = "user|customer|client|visitor|shopper|member|account|session|household|cookie"
_NAME = re.compile(
    rf"({_SHOPPER})([ _-]?(id|no|nr|number|name|key|hash))?|(.*[ _-])?(uu)?id|e-?mail.*"
    r"|(.*[ _-])?(phone|mobile|tel)([ _-]?(no|nr|number))?",
    re.IGNORECASE,
)
_ENDS_IN_ID = re.compile(r".*[a-z]I[dD]")
#: An address, letters beside digits, or many digits.
_CODE = r"@|[^\W\d_].*\d|\d.*[^\W\d_]|\d{7}"


def find_identifiers(
    columns: Sequence[Column], train: pd.DataFrame, validation: pd.DataFrame, labels: Labels, facts: Facts
) -> dict[str, str]:
    """Find columns that identify a row, each with the reason, and warn of those that identify a shopper.

    A column identifies the row if most validation rows have a value that no training row has, and its kind
    knows no other reason for that. What identifies a shopper of several rows is learnt by heart, and worth
    nothing for new shoppers, unless all rows of one are on one side of the split; folds of both kinds tell
    how much.

    Args:
        columns: Columns whose kinds were inferred.
        train: Training rows.
        validation: Validation rows.
        labels: Labels and weights of the training rows.
        facts: Where to warn.

    Example:
        >>> rows = pd.DataFrame({"mail": [f"u{number}@shop.com" for number in range(200)]})
        >>> labels = Labels.unweighted([0, 1] * 75)
        >>> find_identifiers([Column("mail", "category", "string")], rows[:150], rows[150:], labels, Facts())
        {'mail': 'a likely identifier (100% of validation rows have values that no training row has)'}
    """
    found = {}
    for name, kind in ((each.name, kind_of(each.kind)) for each in columns if not each.is_list):
        profile = ColumnProfile(name, train[name])
        cells, held_out = profile.present, ColumnProfile(name, validation[name]).present
        if profile.distinct < _FEWEST or held_out.empty:
            continue
        unseen = 1 - held_out.isin(cells).mean()
        if unseen > _UNSEEN and kind.identifies(profile):
            rows = f"{unseen:.0%} of validation rows have values that no training row has"
            found[name] = f"a likely identifier ({rows})"
        elif (
            kind.names_shoppers
            and _ROWS[0] < len(cells) / profile.distinct < _ROWS[1]
            and _names_shoppers(name, profile)
        ):
            others = {each.name: each.kind for each in columns if not each.is_list and each.name != name}
            aurocs = judge_by_groups(train, name, others, labels)
            folds = " (on folds of the training rows AUROC {:.3f}, for new values {:.3f})" if aurocs else ""
            facts.warn(
                f"{name!r} looks like an identifier that repeats ({profile.distinct:,} values in "
                f"{len(cells):,} rows), which a model learns by heart{folds.format(*aurocs or ())}: "
                f"--group {name} keeps all rows of a value on one side of the split and makes it no feature, "
                f"--drop {write_list([name])} only the latter"
            )
    return found


def _names_shoppers(name: str, profile: ColumnProfile) -> bool:
    if _NAME.fullmatch(name) or _ENDS_IN_ID.fullmatch(name):
        return True
    return profile.content == "string" and bool(profile.texts.str.contains(_CODE).mean() > 0.9)
