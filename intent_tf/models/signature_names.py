"""The names of columns in a SavedModel's signatures."""

from collections.abc import Mapping
from pathlib import Path

from tensorflow.core.protobuf import saved_model_pb2


def rename_signatures(
    folder: str | Path,
    inputs: Mapping[str, str],
    methods: Mapping[str, str] | None = None,
) -> None:
    """Rename the inputs of a SavedModel's signatures, after it was written.

    Args:
        folder: The SavedModel.
        inputs: By the name that was written, the name of the column.
        methods: By signature, the method of TF Serving's API that it is for. Default: they stay.
    """
    file = Path(folder) / "saved_model.pb"
    saved_model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    for name, signature in saved_model.meta_graphs[0].signature_def.items():
        for written in [each for each in sorted(signature.inputs) if inputs.get(each, each) != each]:
            info = signature.inputs.pop(written)
            signature.inputs[inputs[written]].CopyFrom(info)
        if methods and name in methods:
            signature.method_name = methods[name]
    file.write_bytes(saved_model.SerializeToString(deterministic=True))
    # It is a hash of the file as it was.
    file.with_name("fingerprint.pb").unlink(missing_ok=True)
