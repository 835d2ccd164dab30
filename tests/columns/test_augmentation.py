"""Training rows are changed as often as asked for, and never more than asked for."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from intent_tf.columns.augmentation import Augmentation
from intent_tf.errors import InputError
from intent_tf.options.training import TrainingConfig

#: 200 rows of 50 tokens that are all different, the last ten of each row padding.
IDS = np.arange(2, 200 * 50 + 2).reshape(200, 50) * (np.arange(50) < 40)
LABEL = np.arange(200) % 2


def change(seed: int = 0, **rates: float) -> tuple[np.ndarray, np.ndarray]:
    ids, label = tf.constant(IDS, tf.int32), tf.constant(LABEL, tf.float32)
    [changed], flipped = Augmentation(**rates)([ids], label, (seed, 0))
    return changed.numpy(), flipped.numpy()


def test_nothing_changes_without_rates() -> None:
    ids, label = change()
    np.testing.assert_array_equal(ids, IDS)
    np.testing.assert_array_equal(label, LABEL)


def test_as_many_tokens_are_left_out_as_asked_for() -> None:
    ids, _ = change(token_dropout=0.2)
    assert (ids > 0).sum() == pytest.approx(0.8 * 200 * 40, rel=0.02)


def test_tokens_that_stay_keep_their_order_without_gaps() -> None:
    for row in change(token_dropout=0.3)[0]:
        tokens = row[: (row > 0).sum()]
        assert (tokens > 0).all() and (np.diff(tokens) > 0).all()


def test_swapped_rows_hold_the_same_tokens() -> None:
    ids, _ = change(swap=0.3)
    np.testing.assert_array_equal(np.sort(ids, axis=1), np.sort(IDS, axis=1))
    assert (ids[:, 40:] == 0).all()


def test_a_swapped_token_moves_past_its_neighbours_only() -> None:
    ids, _ = change(swap=0.1)
    index = ids[:, :40] - IDS[:, :40]
    assert 0.1 < (index != 0).mean() < 0.25
    assert set(np.unique(index)) <= set(range(-3, 4))


def test_as_many_labels_are_flipped_as_asked_for() -> None:
    flips = np.mean([change(seed, label_flip=0.2)[1] != LABEL for seed in range(20)])
    assert flips == pytest.approx(0.2, abs=0.02)


def test_a_seed_and_a_batch_number_fix_the_changes() -> None:
    rates = {"token_dropout": 0.1, "swap": 0.1, "label_flip": 0.1}
    for first, second in zip(change(3, **rates), change(3, **rates), strict=True):
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(change(3, **rates)[1], change(4, **rates)[1])


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 3), st.integers(0, 3))
def test_batches_without_rows_or_tokens_are_taken(rows: int, tokens: int) -> None:
    augmentation = Augmentation(0.5, 0.5, 0.4)
    [ids], label = augmentation([tf.zeros((rows, tokens), tf.int32)], tf.zeros(rows), (0, 0))
    assert ids.shape[0] == label.shape[0] == rows
    assert not ids.numpy().any()


@pytest.mark.parametrize("rates", [{"swap": 1.0}, {"swap": -0.1}, {"label_flip": 0.5}])
def test_a_rate_that_is_none_is_refused(rates: dict[str, float]) -> None:
    with pytest.raises(InputError, match="expected a share in"):
        Augmentation(**rates)


def test_an_unknown_augmentation_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no augmentation 'token_drop'.*token_dropout"):
        TrainingConfig(augment={"token_drop": 0.1})
