"""Fitted trees in the graph: core operations only, and the leaves that the library itself would reach.

- `ordered_bits`: float32 numbers as integers in the same order, so that no comparison rounds or flushes.
- `bin_tables`: what each bin of each column says to every tree, in bits: few large look-ups for all trees.
- `walk`: for trees with too many leaves for that, step by step from the root.
- `tree_ensemble`: `TreeEnsemble`, the layer.
"""
