"""Training: examples in, fitted weights out, on one device or many machines, resumable.

Losses, optimisers and callbacks stand here. It evaluates nothing but the validation loss: figures for people
are made in `evaluation/`.
"""
