"""A Talos program from a notebook: model, values, and a scan that Foretune leaves out."""

import pandas as pd
import talos
from tensorflow.keras.layers import LSTM, Dense, Dropout
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import SGD, RMSprop

prices = pd.read_csv("not-on-this-machine.csv")


def lstm_model(x_train, y_train, x_val, y_val, params):
    """What Talos calls for each set of values."""
    model = Sequential()
    model.add(LSTM(params["lstm1_nodes"], input_shape=(x_train.shape[1], x_train.shape[2])))
    model.add(Dropout(params["dropout"]))
    if params["dense_layers"] == 2:
        model.add(Dense(params["dense2_nodes"], activation="relu"))
    model.add(Dense(1, activation="linear"))
    model.compile(
        loss="mean_squared_error", optimizer=params["optimizer"](learning_rate=params["lr"])
    )
    history = model.fit(
        x_train,
        y_train,
        validation_data=(x_val, y_val),
        batch_size=params["batch_size"],
        epochs=params["epochs"],
        shuffle=False,
        verbose=0,
    )
    return history, model


p = {
    "lstm1_nodes": [4, 8],
    "dropout": (0, 0.4, 2),
    "dense_layers": [1, 2],
    "dense2_nodes": [4],
    "optimizer": [SGD, RMSprop],
    "lr": [0.01, 0.001],
    "batch_size": [20, 30],
    "time_steps": [5, 10],
    "epochs": [3],
}

scan = talos.Scan(x=prices, y=prices, params=p, model=lstm_model, experiment_name="lstm")
