"""Runs: what each verb does, from its options to the files that it leaves.

Every room is at hand here. The verbs above only parse their options, so that ``--help`` need not wait for
TensorFlow, and then import what they run from here.
Arguments are options: their classes in `options/` say what each means.
"""
