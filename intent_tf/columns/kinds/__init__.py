"""One file a kind of column: how it is inferred, read, declared, encoded, embedded, sampled and binned.

Nothing else in the package asks which kind a column is of. A new kind is a file here and a line in
`registry`; from outside the package it is a class and a call of `register`.
"""
