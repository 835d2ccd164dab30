"""Training: examples in, fitted weights out, on one device or many machines, resumable.

Losses, optimisers and callbacks stand here, and what is fitted after the weights, from labels, probabilities
and weights of validation rows alone (`calibration.fit_calibrator`). It evaluates nothing but the validation
loss: figures for people are made in `evaluation/`.
"""
