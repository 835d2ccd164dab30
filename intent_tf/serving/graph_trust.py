"""Whether a SavedModel can touch more than its own tensors: a stranger's graph is a stranger's program."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from google.protobuf.message import DecodeError
from tensorflow.core.framework import node_def_pb2
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2
from tensorflow.python.framework import op_def_registry

from intent_tf.serving.text_ops import TEXT_OPS

#: What the names of operations hold that read, write or send, even if TensorFlow calls them stateless.
_TOUCHES = re.compile(
    "File|Read|Write|Restore|Save|Load|Dump|Debug|Print|PyFunc|Dataset|Summary|Rpc|Checkpoint|Remote|Send|Recv"
)
#: Of these and of the stateful ones, those that keep to the model's own variables and tables, call functions
#: of the same graph, or draw numbers.
_HARMLESS = re.compile(
    "Assert|(Assign|Read)VariableOp|VarHandleOp|VarIsInitializedOp|DisableCopyOnRead|Resource(Gather|Scatter).*|"
    "(Mutable|Anonymous)?HashTableV2|LookupTable(Find|Insert|Import|Export|Size)V2|InitializeTableV2|"
    "(StatefulPartitioned|Partitioned)Call|If|While|Case|ShardedFilename|(Stateful|Stateless)?Random.*|"
    "TruncatedNormal|TensorArray(Read|Write)?V3|Placeholder.*|" + "|".join(TEXT_OPS)
)
#: What saves and restores variables, at the word of whoever loads the model.
_SAVER = {"SaveV2", "RestoreV2", "MergeV2Checkpoints"}


def untrusted_ops(folder: str | Path) -> list[str]:
    """List the operations of a SavedModel that could read, write or send something.

    Those that save and restore variables count where more than the saver calls them.

    Args:
        folder: A folder that holds ``saved_model.pb``.
    """
    try:
        model = saved_model_pb2.SavedModel.FromString((Path(folder) / "saved_model.pb").read_bytes())
    except (OSError, DecodeError):
        return []  # nothing that could be loaded
    return sorted({op for graph in model.meta_graphs for op in _untrusted(graph)})


def _untrusted(graph: meta_graph_pb2.MetaGraphDef) -> Iterator[str]:
    functions = {each.signature.name: each.node_def for each in graph.graph_def.library.function}
    saver = graph.saver_def
    names = (saver.filename_tensor_name, saver.save_tensor_name, saver.restore_op_name)
    saving = {name.partition(":")[0] for name in names}
    exposed = [node for node in graph.graph_def.node if node.name not in saving]
    for name in graph.object_graph_def.concrete_functions:
        exposed += functions.get(name, ())
    beside = {node.op for node in _reached(exposed, functions)}
    everywhere = {node.op for nodes in (graph.graph_def.node, *functions.values()) for node in nodes}
    for op in everywhere - functions.keys():
        if op in _SAVER:
            if op in beside:
                yield op
        elif not _HARMLESS.fullmatch(op):
            definition = op_def_registry.get(op)
            if definition is None or definition.is_stateful or _TOUCHES.search(op):
                yield op


def _reached(
    nodes: Iterable[node_def_pb2.NodeDef], functions: dict[str, Iterable[node_def_pb2.NodeDef]]
) -> Iterator[node_def_pb2.NodeDef]:
    """Go through nodes and those of all functions that they call."""
    waiting, called = [*nodes], set[str]()
    while waiting:
        node = waiting.pop()
        yield node
        names = {node.op, *(each.func.name for each in node.attr.values())}
        names |= {each.name for value in node.attr.values() for each in value.list.func}
        for name in names & functions.keys() - called:
            called.add(name)
            waiting += functions[name]
