"""A Talos model whose scan is in another file; values by names, a lambda, a long list."""
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import GRU, LSTM, Dense, Lambda

CELLS = [LSTM, GRU]
BATCHES = [16, 32]
heads = [lambda x: x, lambda x: x * 2.0]

parameters = {
    "cell": CELLS,
    "batch_size": BATCHES,
    "units": list(range(4, 9, 4)),
    "scale": heads,
    "layers": [[8, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 2], [8, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3]],
    "activation": "tanh",
    "epochs": [2],
}


def build(x_train, y_train, x_val, y_val, params, verbose=0):
    inputs = Input(x_train.shape[1:])
    x = params["cell"](params["units"], activation=params["activation"])(inputs)
    x = Dense(params["layers"][-1])(x)
    x = Lambda(params["scale"])(Dense(1)(x))
    model = Model(inputs, x)
    model.compile(optimizer="adam", loss="mse")
    history = model.fit(x_train, y_train, params["batch_size"], params["epochs"], verbose, validation_data=(x_val, y_val))
    return history, model
