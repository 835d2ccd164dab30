"""The Transformer of BERT, as layers: `transformer_block` is one block, `transformer` the network of them."""
