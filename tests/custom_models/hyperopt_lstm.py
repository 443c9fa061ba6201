"""A hyperopt program: an objective with its space, as one would start it with fmin."""

import numpy as np
from hyperopt import STATUS_OK, Trials, fmin, hp, tpe
from hyperopt.pyll import scope
from keras.callbacks import EarlyStopping
from keras.layers import LSTM, Dense
from keras.models import Sequential
from keras.optimizers import SGD, RMSprop


def windows(path):
    """Reads and cuts a series; the windows of the dataset replace what it returns."""
    series = np.loadtxt(path)
    return series[:80], series[1:81], series[80:-1], series[81:]


x_train, y_train, x_val, y_val = windows("not-on-this-machine.txt")
OPTIMIZERS = {"sgd": SGD, "rmsprop": RMSprop}

space = {
    "units": scope.int(hp.quniform("units", 4, 12, 4)),
    "layers": hp.choice(
        "layers", [{"count": 1}, {"count": 2, "second": hp.choice("second", [2, 4])}]
    ),
    "lr": hp.loguniform("lr", -7, -4),
    "optimizer": hp.choice("optimizer", ["sgd", "rmsprop"]),
    "batch_size": hp.choice("batch_size", [16, 32]),
}


def objective(params):
    """Trains one model and returns its loss."""
    layers = params["layers"]
    model = Sequential()
    model.add(LSTM(params["units"], return_sequences=layers["count"] == 2))
    if layers["count"] == 2:
        model.add(LSTM(layers["second"]))
    model.add(Dense(1))
    model.compile(loss="mse", optimizer=OPTIMIZERS[params["optimizer"]](learning_rate=params["lr"]))
    stop = EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)
    history = model.fit(
        x_train,
        y_train,
        batch_size=params["batch_size"],
        epochs=5,
        callbacks=[stop],
        validation_data=(x_val, y_val),
        verbose=0,
    )
    return {"loss": min(history.history["val_loss"]), "status": STATUS_OK, "model": model}


best = fmin(objective, space, algo=tpe.suggest, max_evals=10, trials=Trials())
