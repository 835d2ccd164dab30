"""Which SavedModels need TF Text: those of models with an encoder, which cut documents into subwords."""

from pathlib import Path

from tensorflow.core.protobuf import saved_model_pb2

#: The ops of TF Text that cut documents into subwords, with the libraries of its Python package that hold
#: them.
TEXT_OPS = {
    "FastBertNormalize": "tensorflow_text/python/ops/_fast_bert_normalizer.so",
    "FastWordpieceTokenizeWithOffsets": "tensorflow_text/python/ops/_fast_wordpiece_tokenizer.so",
}


def op_libraries(folder: str | Path) -> tuple[str, ...]:
    """List the op libraries that a SavedModel needs beside TensorFlow's, by their place among packages.

    Args:
        folder: A folder that holds ``saved_model.pb``.

    Returns:
        Paths below ``site-packages``; none for a model without an encoder.
    """
    saved_model = saved_model_pb2.SavedModel.FromString((Path(folder) / "saved_model.pb").read_bytes())
    graph = saved_model.meta_graphs[0].graph_def
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    found = {node.op for node in nodes}
    return tuple(library for op, library in TEXT_OPS.items() if op in found)
