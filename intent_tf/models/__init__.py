"""Models: the extractor of a table's features, `IntentModel`, the article's three functions, BERT.

What is fitted here is architecture; how it is fitted is `training/`.
"""
