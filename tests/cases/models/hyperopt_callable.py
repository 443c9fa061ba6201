"""A project with argparse, types, a callable object as objective and a function of data."""
import argparse
from typing import Any, Dict
import numpy as np
import tensorflow as tf
from hyperopt import STATUS_OK, Trials, fmin, hp, tpe
from hyperopt.pyll import scope

def load_data(path: str, window: int):
    series = np.load(path)
    x_train, y_train, x_test, y_test = split(series, window)
    return x_train, y_train, x_test, y_test

def build_model(hparams: Dict[str, Any], n_features: int) -> tf.keras.Model:
    model = tf.keras.models.Sequential([tf.keras.layers.Input(shape=(None, n_features))])
    for units in hparams["lstm_units"]:
        model.add(tf.keras.layers.LSTM(units, return_sequences=True))
    model.add(tf.keras.layers.GlobalAveragePooling1D())
    model.add(tf.keras.layers.Dense(1))
    opt = {"adam": tf.keras.optimizers.Adam, "rmsprop": tf.keras.optimizers.RMSprop}[hparams["opt"]["name"]](**hparams["opt"]["args"])
    model.compile(optimizer=opt, loss="mse")
    return model

class Objective:
    def __init__(self, path: str, epochs: int = 2):
        self.path = path
        self.epochs = epochs

    def __call__(self, hparams):
        x_train, y_train, x_test, y_test = load_data(self.path, hparams["window"])
        model = build_model(hparams, x_train.shape[-1])
        history = model.fit(x_train, y_train, epochs=self.epochs, batch_size=hparams["batch_size"], validation_data=(x_test, y_test), verbose=0)
        return {"loss": min(history.history["val_loss"]), "status": STATUS_OK}

def get_space():
    return {
        "window": scope.int(hp.quniform("window_size", 4, 6, 1)),
        "lstm_units": hp.choice("lstm_units", [(4,), (8, 4), (8, 8, 4)]),
        "batch_size": scope.int(hp.qloguniform("batch_size", np.log(8), np.log(32), 8)),
        "opt": hp.choice("opt", [
            {"name": "adam", "args": {"learning_rate": hp.loguniform("adam_lr", np.log(1e-3), np.log(1e-2))}},
            {"name": "rmsprop", "args": {"learning_rate": hp.loguniform("rms_lr", np.log(1e-3), np.log(1e-2)), "momentum": hp.uniform("rms_momentum", 0, 0.9)}},
        ]),
    }

def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--path", default="prices.npy")
    parser.add_argument("--max-evals", type=int, default=20)
    return parser.parse_args()

def main():
    args = parse_args()
    trials = Trials()
    best = fmin(fn=Objective(args.path), space=get_space(), algo=tpe.suggest, max_evals=args.max_evals, trials=trials)
    print(best)

if __name__ == "__main__":
    main()
