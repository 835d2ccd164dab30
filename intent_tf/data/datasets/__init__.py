"""Public data sets by name: each knows its label, its kinds, what must never be a feature, and its split.

To add one, write a module beside these with a `NamedDataset`, and list it here.
"""

from intent_tf.data.datasets.clothing_reviews import CLOTHING_REVIEWS
from intent_tf.data.datasets.dmc2013 import DMC2013
from intent_tf.data.datasets.named import DataFile, NamedDataset
from intent_tf.data.datasets.online_shoppers import ONLINE_SHOPPERS
from intent_tf.data.datasets.rees46 import REES46
from intent_tf.data.datasets.waimai import WAIMAI

DATASETS = {each.name: each for each in (ONLINE_SHOPPERS, CLOTHING_REVIEWS, DMC2013, WAIMAI, REES46)}

__all__ = ["DATASETS", "DataFile", "NamedDataset"]
