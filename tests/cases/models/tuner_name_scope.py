"""Keras Tuner: name scopes, helper functions and names with a width."""
import keras
def rnn(hp, x):
    with hp.name_scope("rnn"):
        n = hp.Int("layers", 1, 2)
        for i in range(n):
            x = keras.layers.GRU(hp.Int(f"units_{i:02d}", 4, 8, step=4), return_sequences=i + 1 < n)(x)
        assert hp.get("layers") == n
    return x
def build_model(hp):
    inputs = keras.Input((None, 1))
    x = rnn(hp, inputs)
    with hp.name_scope("head"):
        if hp.Boolean("dropout"):
            x = keras.layers.Dropout(hp.Float("rate", 0.1, 0.5, step=0.2))(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(hp.Choice("optimizer", ("adam", "rmsprop")), "mse")
    return model
