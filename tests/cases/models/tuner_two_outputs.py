"""Keras Tuner: a model with two outputs, which is no forecast."""
import keras
def build(hp):
    i = keras.Input((None, 1))
    x = keras.layers.LSTM(hp.Int("u", 4, 8, 4))(i)
    m = keras.Model(i, [keras.layers.Dense(1, name="price")(x), keras.layers.Dense(1, name="direction")(x)])
    m.compile("adam", loss=["mse", "binary_crossentropy"])
    return m
