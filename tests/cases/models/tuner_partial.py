"""Keras Tuner: functools.partial around a function with further arguments."""
import functools
import keras
from keras_tuner.tuners import BayesianOptimization
def build(hp, cell, max_units=8):
    layer = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[cell]
    model = keras.Sequential([layer(hp.Int("units", 4, max_units, step=2)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(hp.Choice("learning_rate", [1e-2, 1e-3])), loss="mse")
    return model
if __name__ == "__main__":
    tuner = BayesianOptimization(functools.partial(build, cell="gru", max_units=6), objective="val_loss", max_trials=3)
    tuner.search(x_train, y_train, epochs=3)
