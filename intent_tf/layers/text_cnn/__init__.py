"""The article's extractor, Embedding → Conv1D → GlobalMaxPooling1D: one layer, exact, and faster.

Where to read on, in this order:

- `as_keras_layers`: what is computed, in Keras' own layers; all else here is the same, faster.
- `text_cnn`: `TextCNN`, the layer that takes their place, and which of its two ways a batch takes.
- `sharing_pays`: the rule that chooses between the two.
- `monotone_activations`: the activations for which there is a choice.
- `plain_maxima`: the plain way, a convolution at every position, then the maximum over the text.
- `text_windows`: the other way begins with the tokens of each window, as if every text stood alone.
- `pooled_products`: it multiplies each distinct token by the kernel once, and adds up windows of products.
- `window_maxima`: adds them up, and takes the maximum.
- `compiled_maxima`: does that in one compiled loop, for large batches in training.
- `winning_products`: the way back, which touches the winning windows only; gradients of any order.
- `precomputed_text_cnn`: for serving, the products of the whole vocabulary as one table.
- `to_keras_layers`: a trained `TextCNN` in Keras' own layers.

Words: a *window* is what a filter sees at one position: as many tokens as the *kernel size*. The *kernel
offset* of a token is its index in the window, from 0. A filter's *response* is what it says about a window.
"""
