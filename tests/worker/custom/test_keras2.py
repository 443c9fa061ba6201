"""Programs in the words of Keras 2."""

import ast

import pytest

from worker.custom.keras2 import Keras2Translator


def translate(source):
    tree = Keras2Translator(["optimize"]).visit(ast.parse(source))
    return ast.unparse(tree)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from keras.layers.core import Dense, Dropout", "from keras.layers import Dense, Dropout"),
        (
            "from tensorflow.python.keras.layers.recurrent import CuDNNLSTM",
            "from tensorflow.keras.layers import LSTM as CuDNNLSTM",
        ),
        ("from keras.optimizers import adam", "from keras.optimizers import Adam as adam"),
        ("from keras.layers.recurrent import LSTM as L", "from keras.layers import LSTM as L"),
        ("x = keras.layers.CuDNNGRU(3)", "x = keras.layers.GRU(3)"),
        ("Adam(lr=0.1, beta_1=0.9)", "Adam(learning_rate=0.1, beta_1=0.9)"),
        ("params['optimizer'](lr=f(1))", "params['optimizer'](learning_rate=f(1))"),
        ("OPTIMIZERS[params['o']](lr=1)", "OPTIMIZERS[params['o']](learning_rate=1)"),
        ("optimizers.sgd(lr=1)", "optimizers.SGD(learning_rate=1)"),
    ],
)
def test_what_has_another_name_in_keras_3_gets_it(old, new):
    assert translate(old) == new


@pytest.mark.parametrize(
    "source",
    [
        "optimize(lr=0.1)",
        "build(lr=0.1)",
        "from mine.layers.core import Dense",
        "from keras.models import Sequential",
        "self.adam = 3",
    ],
)
def test_all_else_stays(source):
    assert translate(source) == source
