"""Compiles `loader.c` against the installed TensorFlow, and talks to it: serving without Python."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

_SOURCE = Path(__file__).with_name("loader.c")
_DTYPES = {1: np.dtype(np.float32), 3: np.dtype(np.int32), 9: np.dtype(np.int64), 10: np.dtype(bool)}
_STRING = 7


class CLoaderError(RuntimeError):
    """TensorFlow's message, from C++."""


def compile_loader(folder: Path) -> Path:
    """Compile the program into a folder and return it."""
    tensorflow, program = Path(tf.__file__).parent, folder / "loader"
    subprocess.run(
        [
            "gcc",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-o",
            program,
            _SOURCE,
            "-isystem",
            tensorflow / "include",
            "-L",
            tensorflow,
            "-l:libtensorflow_cc.so.2",
            "-l:libtensorflow_framework.so.2",
            f"-Wl,-rpath,{tensorflow}",
        ],
        check=True,
    )
    return program


class CLoader:
    """A SavedModel, loaded by the C++ loader in a process of its own.

    Args:
        program: What `compile_loader` returned.
        folder: The SavedModel.
        libraries: Op libraries that the process loads first.
        environment: The process's environment; None for this one's.

    Raises:
        CLoaderError: If the model cannot be loaded, or (by `run`) cannot be run.
    """

    def __init__(
        self,
        program: Path,
        folder: Path,
        libraries: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        saved_model = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
        self.signatures: Mapping[str, meta_graph_pb2.SignatureDef] = saved_model.meta_graphs[0].signature_def
        self._process = subprocess.Popen(
            [program, folder, *libraries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> CLoader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)

    def run(self, inputs: Mapping[str, Any], signature: str = "serving_default") -> dict[str, np.ndarray]:
        """Run a signature once."""
        return self.timed(inputs, signature, runs=1)[0]

    def timed(
        self, inputs: Mapping[str, Any], signature: str = "serving_default", *, runs: int
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Run a signature many times; returns the last outputs, and the seconds of each run."""
        definition = self.signatures[signature]
        request = [struct.pack("<ii", runs, len(inputs))]
        for name, value in inputs.items():
            request += [_string(definition.inputs[name].name.encode()), _tensor(np.asarray(value))]
        names = sorted(definition.outputs)
        request.append(struct.pack("<i", len(names)))
        request += [_string(definition.outputs[name].name.encode()) for name in names]
        self._process.stdin.write(b"".join(request))
        self._process.stdin.flush()
        self._check()
        seconds = np.frombuffer(self._read(8 * runs), np.float64)
        return {name: self._read_tensor() for name in names}, seconds

    def _check(self) -> None:
        status, message = self._read_int(), self._read(self._read_int()).decode()
        if status:
            raise CLoaderError(message)

    def _read(self, size: int) -> bytes:
        data = self._process.stdout.read(size)
        if len(data) < size:
            raise CLoaderError(f"the process ended with {self._process.wait(60)}")
        return data

    def _read_int(self) -> int:
        return int(struct.unpack("<i", self._read(4))[0])

    def _read_tensor(self) -> np.ndarray:
        dtype, rank = self._read_int(), self._read_int()
        shape = struct.unpack(f"<{rank}q", self._read(8 * rank))
        if dtype == _STRING:
            strings = [self._read(self._read_int()) for _ in range(int(np.prod(shape)))]
            return np.array(strings, object).reshape(shape)
        size = int(np.prod(shape)) * _DTYPES[dtype].itemsize
        return np.frombuffer(self._read(size), _DTYPES[dtype]).reshape(shape)


def _string(data: bytes) -> bytes:
    return struct.pack("<i", len(data)) + data


def _tensor(value: np.ndarray) -> bytes:
    header = struct.pack(f"<i{value.ndim}q", value.ndim, *value.shape)
    if value.dtype == object or value.dtype.kind in "SU":
        texts = (each if isinstance(each, bytes) else str(each).encode() for each in value.ravel())
        return struct.pack("<i", _STRING) + header + b"".join(map(_string, texts))
    code = next(code for code, dtype in _DTYPES.items() if dtype == value.dtype)
    return struct.pack("<i", code) + header + np.ascontiguousarray(value).tobytes()
