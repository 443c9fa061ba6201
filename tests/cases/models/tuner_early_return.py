"""Keras Tuner: a return in a branch, and lists that a choice picks from a dictionary."""
import keras
ARCH = {"small": [4], "deep": [8, 4]}
def build(hp):
    arch = hp.Choice("arch", list(ARCH))
    kind = hp.Choice("kind", ["dense", "rnn"])
    if kind == "dense":
        m = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(hp.Int("width", 4, 8, 4)), keras.layers.Dense(1)])
        m.compile("adam", "mse")
        return m
    sizes = ARCH[arch]
    m = keras.Sequential()
    for i, size in enumerate(sizes):
        m.add(keras.layers.GRU(size, recurrent_dropout=hp.Float(f"rd_{i}", 0, 0.2, step=0.1), return_sequences=i < len(sizes) - 1))
    m.add(keras.layers.Dense(1))
    lr = hp.Float("lr", 1e-4, 1e-2, sampling="reverse_log", step=10)
    m.compile(keras.optimizers.Adam(lr), "mse")
    return m
