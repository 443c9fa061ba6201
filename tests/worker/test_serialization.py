"""Arrays as bytes and back, without pickles."""

import io

import numpy as np
import pytest

from worker.serialization import (
    BestEpoch,
    pack_checkpoint,
    pack_weights,
    unpack,
    unpack_checkpoint,
    unpack_weights,
)


def test_weights_come_back_in_order_bit_for_bit():
    generator = np.random.default_rng(0)
    weights = [generator.normal(size=(rows, 3)).astype("float32") for rows in range(1, 13)]

    unpacked = unpack_weights(pack_weights(weights))

    assert len(unpacked) == 12
    for before, after in zip(weights, unpacked, strict=True):
        np.testing.assert_array_equal(before, after)
        assert after.dtype == np.float32


def test_a_checkpoint_keeps_the_training_and_its_best_epoch():
    best = BestEpoch("rmse", 7, [np.arange(3.0), np.ones((2, 2))])

    training, unpacked = unpack_checkpoint(pack_checkpoint(b"state of the training", best))

    assert training == b"state of the training"
    assert unpacked is not None
    assert (unpacked.monitor, unpacked.epoch) == ("rmse", 7)
    np.testing.assert_array_equal(unpacked.weights[1], np.ones((2, 2)))


def test_a_checkpoint_without_a_best_epoch_says_so():
    assert unpack_checkpoint(pack_checkpoint(b"state", None)) == (b"state", None)


def test_a_pickle_is_refused():
    buffer = io.BytesIO()
    np.savez(buffer, evil=np.array([{"any": "object"}], dtype=object))

    with pytest.raises(ValueError, match="allow_pickle"):
        unpack(buffer.getvalue())
