"""Features: raw columns to what extractors take, in one graph for training and serving."""
