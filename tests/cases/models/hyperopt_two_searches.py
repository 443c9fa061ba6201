"""Two models are searched, each with its own fmin: the file does not say which is meant."""
from hyperopt import fmin, hp, tpe
from keras import Sequential
from keras.layers import GRU, LSTM, Dense


def lstm(params):
    model = Sequential([LSTM(params["units"]), Dense(1)])
    model.compile("adam", "mse")
    return min(model.fit(x_train, y_train, epochs=2, validation_data=(x_val, y_val)).history["val_loss"])


def gru(params):
    model = Sequential([GRU(params["units"]), Dense(1)])
    model.compile("adam", "mse")
    return min(model.fit(x_train, y_train, epochs=2, validation_data=(x_val, y_val)).history["val_loss"])


best_lstm = fmin(lstm, {"units": hp.choice("units", [4, 8])}, algo=tpe.suggest, max_evals=3)
best_gru = fmin(gru, {"units": hp.choice("units", [2, 16])}, algo=tpe.suggest, max_evals=3)
