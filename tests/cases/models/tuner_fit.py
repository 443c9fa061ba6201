"""Keras Tuner: a HyperModel with a fit of its own, which asks for the batch size."""
import keras
import keras_tuner as kt
class MyHyperModel(kt.HyperModel):
    def build(self, hp):
        model = keras.Sequential([keras.layers.LSTM(hp.Int("units", 4, 8, step=4)), keras.layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        return model
    def fit(self, hp, model, *args, **kwargs):
        return model.fit(
            *args,
            batch_size=hp.Choice("batch_size", [8, 16]),
            shuffle=hp.Boolean("shuffle"),
            **kwargs,
        )
tuner = kt.RandomSearch(MyHyperModel(), objective="val_loss", max_trials=3)
tuner.search(x_train, y_train, epochs=2, validation_data=(x_val, y_val))
