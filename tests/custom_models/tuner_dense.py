"""A Keras Tuner program: as many layers as hp says, each with units of its own."""

import keras
import keras_tuner as kt
from keras import layers


def build_model(hp: kt.HyperParameters) -> keras.Model:
    """A compiled model; who calls this fits it."""
    model = keras.Sequential()
    model.add(layers.Flatten())
    for i in range(hp.Int("num_layers", 1, 3)):
        model.add(
            layers.Dense(
                units=hp.Int(f"units_{i}", min_value=4, max_value=16, step=4), activation="relu"
            )
        )
        if hp.Boolean("dropout"):
            model.add(layers.Dropout(rate=0.25))
    model.add(layers.Dense(1))
    learning_rate = hp.Float("lr", min_value=1e-4, max_value=1e-2, sampling="log")
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=learning_rate), loss="mse")
    return model


tuner = kt.RandomSearch(hypermodel=build_model, objective="val_loss", max_trials=3)
tuner.search_space_summary()
