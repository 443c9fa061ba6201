"""Keras Tuner: hp in comprehensions, layers picked from dict(…), keyword arguments from a dictionary."""
import keras
CELLS = dict(lstm=keras.layers.LSTM, gru=keras.layers.GRU)
RANGE = dict(min_value=4, max_value=8, step=4)
def build(hp):
    units = [hp.Int(f"units{i}", **RANGE) for i in range(hp.Int("layers", 1, 2))]
    m = keras.Sequential([CELLS[hp.Choice("cell", sorted(CELLS))](u, return_sequences=n + 1 < len(units)) for n, u in enumerate(units)])
    m.add(keras.layers.Dense(1))
    bi = hp.Boolean("clip", default=True)
    clip = hp.Float("clipnorm", 0.5, 2.0, step=0.5) if bi else None
    m.compile(keras.optimizers.Adam(clipnorm=clip), "mse")
    return m
