"""From intent strength to decisions: what a shop does with it, each decision beside its plain alternative.

Each decision is a small API on DataFrames and a name of ``python -m intent_tf.decide NAME``.
"""
