"""Serving: exports for TF Serving, a client, a stand-in for development, and scores of live sessions."""

from intent_tf.serving.client import Client
from intent_tf.serving.export import export_saved_model
from intent_tf.serving.loading import load_model
from intent_tf.serving.redis_sessions import RedisSessions
from intent_tf.serving.served_model import ServedModel
from intent_tf.serving.serving_error import ServingError
from intent_tf.serving.session_scorer import SessionScorer
from intent_tf.serving.session_store import MemorySessions

__all__ = [
    "Client",
    "MemorySessions",
    "RedisSessions",
    "ServedModel",
    "ServingError",
    "SessionScorer",
    "export_saved_model",
    "load_model",
]
