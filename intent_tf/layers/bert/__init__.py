"""The Transformer of BERT, as layers."""
