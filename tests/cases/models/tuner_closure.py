"""Closure factory."""
import keras
import keras_tuner as kt
def make_builder(n_features, n_layers=2):
    def build(hp):
        model = keras.Sequential()
        for i in range(n_layers):
            model.add(keras.layers.LSTM(hp.Int("units_%d" % i, 4, 8, 4), return_sequences=(i < n_layers - 1)))
        model.add(keras.layers.Dense(1))
        model.compile("adam", "mse")
        return model
    return build
tuner = kt.Hyperband(make_builder(1), objective="val_loss", max_epochs=10)
tuner.search(x_train, y_train)
