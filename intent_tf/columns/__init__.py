"""Columns: raw columns to features, in one graph for training and serving, and rows prepared by it.

Here a table's columns become tensors. What is learnt of them by gradient is `models/`; what any Keras model
could use is `layers/`.
"""
