"""A model that goes on from what another has learnt."""

from intent_tf.columns.prepared import PreparedData
from intent_tf.models.base_rate import BaseRate
from intent_tf.models.intent_model import IntentModel


def warm_started(model: IntentModel, data: PreparedData) -> IntentModel:
    """Return a trained model's network, ready to be trained on new rows as it was on the first.

    The parts beside it, the calibrator and the threshold are left out: they are fitted anew. The optimiser is
    that of the first training, and remembers nothing of it.

    Args:
        model: The trained model, which shares the layers: training changes it, too.
        data: The new rows, prepared by its preprocessor.
    """
    base_rate = BaseRate(name="base_rate")
    base_rate.adapt(data.train.label, data.train.weight, data.train.features["blank"])
    network = model.with_parts(stack=None, calibrator=None, threshold=0.5, base_rate=base_rate)
    network.compile_alike(model)
    return network
