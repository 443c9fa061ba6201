"""Keras Tuner: a lambda around a function with a further argument."""
import keras, keras_tuner
def build_net(hp, dropout):
    model = keras.Sequential([keras.layers.GRU(hp.Choice("units", [4, 6])), keras.layers.Dropout(dropout), keras.layers.Dense(1)])
    model.compile(loss="mae", optimizer=hp.Choice("opt", values=["adam", "sgd"], default="sgd"))
    return model
tuner = keras_tuner.RandomSearch(lambda hp: build_net(hp, hp.Float("dropout", 0.0, 0.3, step=0.1)), max_trials=5, objective="val_loss")
