"""Models: extractors, the predictor, and the model that joins them."""
