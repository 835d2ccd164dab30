"""What an export holds: signatures, core operations, weights once, warm-up and golden requests."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from intent_tf.columns.raw_columns import padded, raw_columns
from intent_tf.errors import InputError
from intent_tf.serving.export import SIGNATURES
from intent_tf.serving.graph_trust import untrusted_ops
from intent_tf.serving.rest_json import MISSING_NUMBER
from intent_tf.serving.served_model import ServedModel

PYTHON_OPS = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}


@pytest.fixture(scope="module")
def served(exported) -> ServedModel:
    return ServedModel(exported.folder)


def operations(folder) -> set[str]:
    saved_model = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    graph = saved_model.meta_graphs[0].graph_def
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    functions = {function.signature.name for function in graph.library.function}
    return {node.op for node in nodes} - functions


def test_only_core_operations_are_in_the_graph(exported) -> None:
    found = operations(exported.folder)
    assert "StatefulPartitionedCall" in found
    assert not found & PYTHON_OPS
    assert {name for name in found if not hasattr(tf.raw_ops, name)} == set()


def test_a_python_operation_would_be_found(tmp_path) -> None:
    module = tf.Module()
    module.serve = tf.function(
        lambda x: tf.numpy_function(np.sin, [x], tf.float32), input_signature=[tf.TensorSpec((), tf.float32)]
    )
    tf.saved_model.save(module, str(tmp_path))
    assert operations(tmp_path) & PYTHON_OPS


def test_the_weights_are_written_once(exported) -> None:
    written = sum(file.stat().st_size for file in (exported.folder / "variables").glob("*.data*"))
    weights = sum(weight.nbytes for weight in map(np.asarray, exported.model.weights))
    knots = sum(weight.nbytes for weight in map(np.asarray, exported.model.preprocessor.weights))
    assert weights <= written <= weights + knots + 20_000


def test_the_methods_are_those_of_tf_servings_apis(served) -> None:
    assert {name: each.method_name for name, each in served.signatures.items()} == SIGNATURES


def test_the_inputs_are_the_raw_columns(exported, served) -> None:
    specification = exported.model.preprocessor.specification
    columns = {each.name for each in specification.columns}
    assert set(served.signatures["serving_default"].inputs) == columns | set(specification.lengths)


def test_no_operation_needs_trust(exported) -> None:
    assert untrusted_ops(exported.folder) == []


def test_the_batch_dimension_is_free(served) -> None:
    signature = served.signatures["serving_default"]
    for info in (*signature.inputs.values(), *signature.outputs.values()):
        assert info.tensor_shape.dim[0].size == -1


def test_a_saved_model_gives_keras_strengths(exported, served) -> None:
    np.testing.assert_allclose(served.predict(exported.rows), exported.probabilities, rtol=0, atol=1e-6)


def test_a_table_in_batches_gives_the_same(exported, served) -> None:
    probabilities = served.predict(exported.rows, batch_size=7)
    np.testing.assert_allclose(probabilities, exported.probabilities, rtol=0, atol=1e-6)


def test_a_table_without_rows_is_told(exported, served) -> None:
    with pytest.raises(ValueError, match="the table has no rows"):
        served.predict(exported.rows.head(0))


def test_the_spread_is_the_deviation_of_the_members_calibrated_strengths(exported, served) -> None:
    model, columns = exported.model, exported.raw(slice(7))
    members = model.feature_model.said(model.feature_model(model.preprocessor(columns)))["members"].numpy()
    calibrated = np.stack([model.calibrator(member) for member in members.T])
    spread = served.run(columns)["intent_strength_spread"]
    np.testing.assert_allclose(spread, calibrated.std(axis=0), rtol=1e-4, atol=1e-6)


def test_a_feature_that_an_example_lacks_is_missing(exported, served) -> None:
    empty = np.array([tf.train.Example().SerializeToString()], object)
    specification = exported.model.preprocessor.specification
    nothing = {each.name: [[]] if each.kind == "sequence" else [None] for each in specification.columns}
    missing = padded(raw_columns(pd.DataFrame(nothing), specification))
    np.testing.assert_allclose(
        served.run({"inputs": empty}, "serving_examples_regress")["outputs"],
        served.run(missing)["intent_strength"],
        rtol=0,
        atol=1e-6,
    )


def test_columns_keep_names_that_no_operation_may_have(tiny) -> None:
    served = ServedModel(tiny.folder)
    assert set(served.signatures["serving_default"].inputs) == {"page views", "标题"}
    np.testing.assert_allclose(served.predict(tiny.rows), tiny.probabilities, rtol=0, atol=1e-6)


def test_tiny_work_in_c(tiny, load_in_c) -> None:
    probabilities = load_in_c(tiny.folder).run(tiny.raw())["intent_strength"]
    np.testing.assert_allclose(probabilities, tiny.probabilities, rtol=0, atol=1e-6)


def test_one_member_has_no_spread(tiny) -> None:
    assert set(ServedModel(tiny.folder).signatures["serving_default"].outputs) == {"intent_strength"}


def test_golden_answers_of_one_output_are_plain_numbers(tiny) -> None:
    extra = ServedModel(tiny.folder).folder / "assets.extra"
    answers = [
        json.loads((extra / f"golden_response_{form}.json").read_text()) for form in ("row", "columnar")
    ]
    assert answers[0]["predictions"] == answers[1]["outputs"]
    assert len(answers[0]["predictions"]) == 3


def test_golden_files_are_json_that_any_program_reads(exported) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for file in (exported.folder / "assets.extra").glob("*.json"):
        json.loads(file.read_text(), parse_constant=refuse)


def test_what_stands_for_a_missing_number_is_no_limit_of_float32() -> None:
    assert np.finfo(np.float32).min < np.float32(MISSING_NUMBER) < -1e38


def test_the_golden_requests_differ_in_their_rows(exported) -> None:
    request = json.loads((exported.folder / "assets.extra/golden_request_row.json").read_text())
    assert [row != request["instances"][0] for row in request["instances"]] == [False, True, True]


def test_no_training_row_is_in_the_golden_requests(exports) -> None:
    exported = exports("text")
    request = (exported.folder / "assets.extra/golden_request_row.json").read_text()
    assert not any(text in request for text in exported.rows["Review Text"] if len(text) > 20)


def test_the_page_names_every_input_and_output(exported, served) -> None:
    page = (exported.folder / "signature.md").read_text()
    for name, signature in served.signatures.items():
        for key in (name, *signature.inputs, *signature.outputs):
            assert f"`{key}`" in page


def test_a_folder_without_a_model_is_an_input_error(tmp_path) -> None:
    with pytest.raises(InputError, match="cannot be loaded as a SavedModel"):
        ServedModel(tmp_path)
