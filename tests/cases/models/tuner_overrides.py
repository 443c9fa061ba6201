"""Keras Tuner: hyperparameters given to the tuner, and no others tuned."""
import keras
import keras_tuner
def build_model(hp):
    model = keras.Sequential([keras.layers.LSTM(hp.Int("units", 4, 32, step=4)), keras.layers.Dense(1)])
    model.compile(
        optimizer=keras.optimizers.Adam(hp.Float("learning_rate", 1e-4, 1e-2, sampling="log")),
        loss=hp.Choice("loss", ["mse", "mae"]),
    )
    return model
hp = keras_tuner.HyperParameters()
hp.Fixed("learning_rate", value=1e-3)
hp.Choice("units", [4, 6])
tuner = keras_tuner.RandomSearch(hypermodel=build_model, hyperparameters=hp, tune_new_entries=False, objective="val_loss", max_trials=3)
