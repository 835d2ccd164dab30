"""Adapters: how the event logs of known publishers are read."""

from __future__ import annotations

from intent_tf.data.adapters.adapter import Adapter
from intent_tf.data.adapters.dmc2013 import DMC2013
from intent_tf.data.adapters.ga4 import GA4
from intent_tf.data.adapters.otto import OTTO
from intent_tf.data.adapters.rees46 import REES46
from intent_tf.data.adapters.retailrocket import RETAILROCKET
from intent_tf.data.adapters.taobao import TAOBAO
from intent_tf.data.adapters.yoochoose import YOOCHOOSE

#: All adapters by name.
ADAPTERS = {each.name: each for each in (DMC2013, GA4, OTTO, REES46, RETAILROCKET, TAOBAO, YOOCHOOSE)}

__all__ = ["ADAPTERS", "Adapter"]
