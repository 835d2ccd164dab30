"""Options: what a verb can be told, as frozen dataclasses, and the command lines and YAML files made of them.

This room imports no TensorFlow, pandas or pyarrow, so that ``--help`` and a mistyped option answer at once.
What an option *does* stands in the rooms to the right.
"""
