"""What simple models reach on the same rows: no figure of quality is printed without them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from intent_tf.data.predictions import FloatArray, IntArray, Labels, Predictions
from intent_tf.evaluation.baseline_table import BaselineTable

_WORD = r"(?u)\w+"


class Baseline(Protocol):
    """A fitted baseline."""

    def predict(self, table: BaselineTable) -> FloatArray:
        """Predict the probability of each row, shape `(rows,)`."""
        ...

    def refitted(self, table: BaselineTable, labels: Labels) -> "Baseline":
        """Fit the same on other rows, of the penalty, or with the number of trees, that was found best."""
        ...


def fit_baselines(
    train: BaselineTable,
    labels: Labels,
    seed: int = 0,
    only: Sequence[str] | None = None,
) -> dict[str, Baseline]:
    """Fit the baselines on train rows.

    - `constant_rate`: the share of positive train rows, for every row.
    - `logistic_regression`: scaled numbers (missing ones by the median, with an indicator), one-hot
      categories (those seen less than 5 times together), and TF-IDF of the texts: words and word pairs or,
      where texts have no spaces (see `written_without_spaces`), runs of 1 to 3 characters. C, the inverse of
      the L2 penalty, is 0.01, 0.1, 1 or 10: whichever has the lowest log loss on a tenth of the train rows.
    - `hist_gradient_boosting`: scikit-learn's histogram gradient boosting on numbers and categories (the 254
      most frequent of each), stopped early on a tenth of the train rows; without texts, and without numbers
      that less than 10 rows have; excluded if nothing remains.

    Args:
        train: The train rows.
        labels: Labels and weights.
        seed: Seed of the held-out tenths and of the boosting. Defaults to 0.
        only: Names of those to fit. Defaults to all.

    Returns:
        The baselines by name, in the order above. With less than 10 rows of a class (of rows of different
        weight the effective number), of which no tenth can be held out, or without columns, the constant
        rate alone.

    Raises:
        InputError: If labels and rows do not match.

    Example:
        >>> number = np.arange(100.0)[:, np.newaxis]
        >>> table = BaselineTable(number, np.empty((100, 0), int), names=["age"])
        >>> baselines = fit_baselines(table, Labels.unweighted(number[:, 0] > 60))
        >>> list(baselines)
        ['constant_rate', 'logistic_regression', 'hist_gradient_boosting']
        >>> bool(baselines["logistic_regression"].predict(table)[99] > 0.9)
        True
    """
    Predictions.of(labels, np.zeros(train.rows))  # refuses labels of other rows
    baselines: dict[str, Baseline] = {"constant_rate": _ConstantRate(labels.rate)}
    if min(labels.effective_sizes) >= 10:
        pipelines = {
            "logistic_regression": _logistic_regression(train, seed),
            "hist_gradient_boosting": _boosting(train, seed),
        }
        with _threads_for(train.rows):
            for name, pipeline in pipelines.items():
                if pipeline is not None and (only is None or name in only):
                    pipeline.fit(train.frame(), labels.label, model__sample_weight=labels.weight)
                    baselines[name] = _Pipeline(pipeline)
    return baselines


def fit_on_all(
    train: BaselineTable,
    labels: Labels,
    validation: BaselineTable,
    validation_labels: Labels,
    seed: int = 0,
    only: Sequence[str] | None = None,
) -> dict[str, tuple[FloatArray, Baseline]]:
    """Fit baselines on train rows, and again on train and validation rows, as the parts of a model are.

    Args:
        train: The train rows.
        labels: Labels and weights of the train rows.
        validation: The validation rows.
        validation_labels: Labels and weights of the validation rows.
        seed: That of `fit_baselines`.
        only: That of `fit_baselines`.

    Returns:
        By name, what the first fit says of the validation rows, ``(rows,)``, which it has not seen; and the
        second fit.
    """
    both, of_both = train.joined(validation), labels.joined(validation_labels)
    first = fit_baselines(train, labels, seed, only)
    final = {name: each.refitted(both, of_both) for name, each in first.items()}
    if len(first) == 1:  # the train rows alone may have too few of a class to fit anything
        final = fit_baselines(both, of_both, seed, only)
    return {name: (first.get(name, each).predict(validation), each) for name, each in final.items()}


def written_without_spaces(texts: Sequence[str]) -> bool:
    """Whether the texts are in a script that puts no space between words, such as Chinese or Thai.

    So they are counted if white space makes up less than 5 % of all characters (English: 15 to 20 %).

    Args:
        texts: Texts; empty ones say nothing.

    Example:
        >>> written_without_spaces(["很快，好吃", "送餐太慢了"])
        True
        >>> written_without_spaces(["I like it", "too late"])
        False
    """
    spaces = sum(len(re.findall(r"\s", text)) for text in texts)
    return spaces < 0.05 * sum(map(len, texts))


@dataclass(frozen=True)
class _ConstantRate:
    rate: float

    def predict(self, table: BaselineTable) -> FloatArray:
        return np.full(table.rows, self.rate)

    def refitted(self, table: BaselineTable, labels: Labels) -> Baseline:
        return _ConstantRate(labels.rate)


@dataclass(frozen=True)
class _Pipeline:
    pipeline: Pipeline

    def predict(self, table: BaselineTable) -> FloatArray:
        with _threads_for(table.rows):
            return np.asarray(self.pipeline.predict_proba(table.frame())[:, 1], np.float64)

    def refitted(self, table: BaselineTable, labels: Labels) -> Baseline:
        pipeline, model = clone(self.pipeline), self.pipeline["model"]
        if isinstance(model, _RegularisedRegression):
            pipeline.set_params(model__c=model.C_)
        else:
            pipeline.set_params(model__max_iter=model.n_iter_, model__early_stopping=False)
        with _threads_for(table.rows):
            pipeline.fit(table.frame(), labels.label, model__sample_weight=labels.weight)
        return _Pipeline(pipeline)


def _threads_for(rows: int) -> threadpool_limits:
    """Few rows need no threads, and on a busy machine threads that wait for each other take far longer."""
    return threadpool_limits(1 if rows < 20_000 else None)


def _logistic_regression(train: BaselineTable, seed: int) -> Pipeline | None:
    numbers, categories = train.numbers.shape[1], train.categories.shape[1]
    scaled = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5)
    columns: list[tuple[str, Any, Any]] = []
    if numbers:
        columns.append(("numbers", scaled, list(range(numbers))))
    if categories:
        columns.append(("categories", one_hot, list(range(numbers, numbers + categories))))
    if train.texts and any(re.search(_WORD, text) for text in train.texts):
        columns.append(("texts", _tf_idf(train.texts), numbers + categories))
    model = _RegularisedRegression(seed)
    return Pipeline([("columns", ColumnTransformer(columns)), ("model", model)]) if columns else None


class _RegularisedRegression(BaseEstimator, ClassifierMixin):
    """A logistic regression, by default with the penalty that is best on a tenth of the rows, by weight.

    `GridSearchCV` would not weigh the rows of the tenth.
    """

    def __init__(self, seed: int = 0, c: float | None = None) -> None:
        self.seed, self.c = seed, c

    def fit(self, x: Any, y: IntArray, sample_weight: FloatArray) -> "_RegularisedRegression":
        self.C_ = self.c or self._best(x, y, sample_weight)
        self.model_ = LogisticRegression(C=self.C_, max_iter=1000).fit(x, y, sample_weight)
        self.classes_ = self.model_.classes_
        return self

    def _best(self, x: Any, y: IntArray, sample_weight: FloatArray) -> float:
        fit, held_out = next(StratifiedShuffleSplit(1, test_size=0.1, random_state=self.seed).split(x, y))
        losses = {}
        for c in (0.01, 0.1, 1.0, 10.0):
            model = LogisticRegression(C=c, max_iter=1000).fit(x[fit], y[fit], sample_weight[fit])
            probability = model.predict_proba(x[held_out])
            losses[c] = log_loss(y[held_out], probability, sample_weight=sample_weight[held_out])
        return min(losses, key=losses.__getitem__)

    def predict_proba(self, x: Any) -> FloatArray:
        return np.asarray(self.model_.predict_proba(x), np.float64)


def _boosting(train: BaselineTable, seed: int) -> Pipeline | None:
    numbers, categories = train.numbers.shape[1], train.categories.shape[1]
    # The boosting cannot bin a number that none of its nine tenths of the rows has.
    filled = np.flatnonzero(np.isfinite(train.numbers).sum(axis=0) >= 10).tolist()
    codes = OrdinalEncoder(max_categories=255, handle_unknown="use_encoded_value", unknown_value=np.nan)
    columns = ColumnTransformer(
        [
            ("numbers", "passthrough", filled),
            ("categories", codes, list(range(numbers, numbers + categories))),
        ]
    )
    # Better than scikit-learn's defaults, and like LightGBM: on UCI log loss 0.224 instead of 0.231.
    model = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=500,
        max_leaf_nodes=15,
        max_features=0.5,
        early_stopping=True,
        n_iter_no_change=20,
        categorical_features=list(range(len(filled), len(filled) + categories)),
        random_state=seed,
    )
    return Pipeline([("columns", columns), ("model", model)]) if filled or categories else None


def _tf_idf(texts: Sequence[str]) -> TfidfVectorizer:
    kind: dict[str, Any] = {"token_pattern": _WORD, "ngram_range": (1, 2)}
    if written_without_spaces(texts):
        kind = {"analyzer": "char", "ngram_range": (1, 3)}
    return TfidfVectorizer(max_features=200_000, sublinear_tf=True, **kind)
