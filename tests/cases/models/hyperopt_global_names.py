"""Arrays under names of the author's own, a learning rate schedule, and a custom layer at the top."""
import keras
import numpy as np
from hyperopt import STATUS_FAIL, STATUS_OK, Trials, fmin, hp, tpe
from keras import layers

N_FEATURES = trn_seq.shape[2]


class Attention(layers.Layer):
    """Weights the time steps."""

    def __init__(self, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, x):
        weights = keras.ops.softmax(x * self.scale, axis=1)
        return keras.ops.sum(x * weights, axis=1)


def schedule(epoch, lr):
    return lr * 0.5 ** epoch


SPACE = {
    "lstm": {"units": hp.choice("units", [4, 8]), "bias": hp.choice("bias", [True, False])},
    "fit": {"batch": 2 ** hp.randint("batch_power", 3, 5), "lr": 10 ** hp.uniform("log_lr", -3, -2)},
    "head": hp.choice("head", [("attention", hp.uniform("scale", 0.5, 2)), ("last", None)]),
}


def loss_of(cfg):
    kind, scale = cfg["head"]
    inputs = layers.Input((None, N_FEATURES))
    x = layers.LSTM(return_sequences=kind == "attention", use_bias=cfg["lstm"]["bias"], units=cfg["lstm"]["units"])(inputs)
    if kind == "attention":
        x = Attention(scale)(x)
    net = keras.Model(inputs, layers.Dense(1)(x))
    net.compile(keras.optimizers.Adam(cfg["fit"]["lr"]), "mse")
    try:
        out = net.fit(trn_seq, trn_next, batch_size=int(cfg["fit"]["batch"]), epochs=2, verbose=0,
                      validation_data=(hold_seq, hold_next), callbacks=[keras.callbacks.LearningRateScheduler(schedule)])
    except ValueError:
        return {"loss": np.inf, "status": STATUS_FAIL}
    return {"loss": min(out.history["val_loss"]), "status": STATUS_OK, "attachments": {"cfg": cfg}}


trials = Trials()
winner = fmin(fn=lambda cfg: loss_of(cfg), space=SPACE, algo=tpe.suggest, max_evals=4, trials=trials, show_progressbar=False)
