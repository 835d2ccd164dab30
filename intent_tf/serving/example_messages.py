"""The messages inside `tf.train.Example`, taken apart for all rows and columns at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet

# Two types stand for all messages of an example: fields 1 to 3 as bytes, each once or many times. The graph
# carries them, so that nothing is assumed of the server.
_ONE, _MANY = "One", "Many"


class Lists(NamedTuple):
    """Values of the lists of all features, one list behind the other, and where each is among them."""

    values: tf.Tensor
    """``(values,)``."""
    starts: tf.Tensor
    """int32 ``(features,)``."""
    lengths: tf.Tensor
    """int32 ``(features,)``: 0 where a feature has no list of this kind."""


def read_features(serialised: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Part examples into named features.

    Args:
        serialised: `tf.train.Example` messages, ``(batch,)``, one or more.

    Returns:
        Names and `tf.train.Feature` messages, both ``(batch, features)``, padded with empty ones; no others,
        where bytes are no example from their first to their last.
    """
    _, features = _decode(tf.where(_is_whole(serialised), serialised, ""), _ONE, 1)
    _, entries = _decode(features[:, 0], _MANY, 1)
    _, names, messages = _decode(entries, _ONE, 1, 2)
    return names[..., 0], messages[..., 0]


def find_features(names: tf.Tensor, wanted: Sequence[str]) -> tf.Tensor:
    """Find the features of some names.

    Args:
        names: Of all features, ``(batch, features)``.
        wanted: The names to find.

    Returns:
        Their indices in the flat ``names``, int32 ``(wanted, batch)``; of equal ones the last, and a negative
        one where there is none.
    """
    batch, width = tf.unstack(tf.shape(names))
    # A table of strings would be a resource, which whoever exports the function would have to track.
    with tf.init_scope():
        hashes = _hash(tf.constant(wanted)).numpy()
    order = np.argsort(hashes)
    place = tf.minimum(tf.searchsorted(hashes[order], tf.reshape(_hash(names), (-1,))), len(wanted) - 1)
    number = tf.gather(order.astype(np.int32), place)
    same = tf.gather(tf.constant(wanted), number) == tf.reshape(names, (-1,))
    index = tf.range(batch * width)
    cell = tf.where(same, number * batch + index // width, -1)
    last = tf.math.unsorted_segment_max(index, cell, len(wanted) * batch)
    return tf.reshape(last, (len(wanted), batch))


def read_numbers(features: tf.Tensor) -> Lists:
    """Read the float or else the int64 list of `tf.train.Feature` messages ``(features,)`` as float32."""
    _, floats, integers = _decode(features, _ONE, 2, 3)
    floats, integers = _only_content(floats[:, 0], 4), integers[:, 0]
    values = tf.io.decode_raw(tf.strings.reduce_join(floats), tf.float32)
    lengths = tf.strings.length(floats) // 4
    numbers, counts = tf.cond(
        tf.reduce_any(integers != ""),
        lambda: _varints(_only_content(integers, 1)),
        lambda: (tf.zeros(0), tf.zeros_like(lengths)),
    )
    starts = tf.where(
        lengths > 0, tf.cumsum(lengths, exclusive=True), tf.size(values) + tf.cumsum(counts, exclusive=True)
    )
    return Lists(tf.concat([values, numbers], 0), starts, tf.where(lengths > 0, lengths, counts))


def read_texts(features: tf.Tensor) -> Lists:
    """Read the bytes list of `tf.train.Feature` messages ``(features,)``."""
    _, lists = _decode(features, _ONE, 1)
    lists = lists[:, 0]
    sizes = tf.strings.length(lists)
    # Lists behind each other are one list, read without padding each to the longest. Where one ends in it is
    # known if all lengths are as short as can be, as every library writes them; any other shows in the sum.
    count, items = _decode(tf.strings.reduce_join(lists)[None], _MANY, 1)
    items = items[0, : count[0, 0]]
    lengths = tf.strings.length(items)
    item_sizes = lengths + _overhead(lengths)

    def in_one() -> tuple[tf.Tensor, tf.Tensor]:
        begun = tf.searchsorted(tf.cumsum(item_sizes, exclusive=True), tf.cumsum(sizes))
        return items, begun - tf.pad(begun, [[1, 0]])[:-1]

    def each() -> tuple[tf.Tensor, tf.Tensor]:
        counts, items = _decode(lists, _MANY, 1)
        return tf.boolean_mask(items, tf.sequence_mask(counts[:, 0], tf.shape(items)[1])), counts[:, 0]

    values, counts = tf.cond(tf.reduce_sum(item_sizes) == tf.reduce_sum(sizes), in_one, each)
    return Lists(values, tf.cumsum(counts, exclusive=True), counts)


def _decode(messages: tf.Tensor, kind: str, *fields: int) -> tuple[tf.Tensor, ...]:
    """Read fields of messages: how often each occurs, ``(..., fields)``, and contents ``(..., times)``."""
    names, types = [f"field_{number}" for number in fields], [tf.string] * len(fields)
    sizes, contents = tf.io.decode_proto(messages, kind, names, types, descriptor_source=_DESCRIPTOR)
    return sizes, *contents


def _descriptor() -> bytes:
    file = FileDescriptorProto(name="example_messages.proto")
    labels = {_ONE: FieldDescriptorProto.LABEL_OPTIONAL, _MANY: FieldDescriptorProto.LABEL_REPEATED}
    for kind, label in labels.items():
        message = file.message_type.add(name=kind)
        for number in (1, 2, 3):
            content = FieldDescriptorProto.TYPE_BYTES
            message.field.add(name=f"field_{number}", number=number, label=label, type=content)
    return b"bytes://" + FileDescriptorSet(file=[file]).SerializeToString()


_DESCRIPTOR = _descriptor()


def _hash(names: tf.Tensor) -> tf.Tensor:
    return tf.strings.to_hash_bucket_fast(names, np.iinfo(np.int64).max)


def _only_content(lists: tf.Tensor, multiple: int) -> tf.Tensor:
    """Take packed values out of list messages; nothing, if there is anything else or a part of a value."""
    _, contents = _decode(lists, _ONE, 1)
    contents = contents[:, 0]
    lengths = tf.strings.length(contents)
    whole = (tf.strings.length(lists) == lengths + _overhead(lengths)) & (lengths % multiple == 0)
    return tf.where(whole, contents, "")


def _is_whole(serialised: tf.Tensor) -> tf.Tensor:
    """Tell of messages ``(n,)`` whether they are one part with the number 1 and as long as it says."""
    head = tf.cast(tf.io.decode_raw(serialised, tf.uint8, fixed_length=6), tf.int32)
    digits, weights = head[:, 1:], tf.constant([1 << 7 * index for index in range(4)] + [0])
    used = tf.math.cumprod(tf.cast(digits >= 128, tf.int32), axis=1, exclusive=True)
    said = tf.reduce_sum(used * (digits % 128) * weights, axis=1)
    return (head[:, 0] == 0x0A) & (tf.strings.length(serialised) == 1 + tf.reduce_sum(used, axis=1) + said)


def _overhead(lengths: tf.Tensor) -> tf.Tensor:
    """Bytes before a content of so many bytes: its field's number, and its length by 7 bits a byte."""
    return 2 + tf.searchsorted([1 << bits for bits in (7, 14, 21, 28)], lengths, side="right")


def _varints(packed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Read whole numbers, 7 bits a byte: of all strings ``(n,)`` as float32, and how many each has."""
    codes = tf.cast(tf.io.decode_raw(tf.strings.reduce_join(packed), tf.uint8), tf.int64)
    index = tf.range(tf.size(codes))
    owner = tf.searchsorted(tf.cumsum(tf.strings.length(packed)), index, side="right")
    before, owner_before = tf.pad(codes, [[1, 0]])[:-1], tf.pad(owner, [[1, 0]], constant_values=-1)[:-1]
    first = (before < 128) | (owner != owner_before)
    number = tf.cumsum(tf.cast(first, tf.int32)) - 1
    position = tf.cast(index, tf.int64) - tf.gather(tf.where(first)[:, 0], number)
    bits = tf.bitwise.left_shift(tf.bitwise.bitwise_and(codes, 127), tf.minimum(7 * position, 63))
    counts = tf.math.unsorted_segment_sum(tf.cast(first, tf.int32), owner, tf.size(packed))
    return tf.cast(tf.math.segment_sum(bits, number), tf.float32), counts
