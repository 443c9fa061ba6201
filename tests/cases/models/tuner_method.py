"""Keras Tuner: a method of a class that also starts the search."""
import keras
import keras_tuner as kt
class Trainer:
    UNITS = [4, 8]
    def __init__(self, n_steps=4, max_layers=2, loss="mse"):
        self.n_steps = n_steps
        self.max_layers = max_layers
        self.loss = loss
    def _cell(self, hp):
        kind = hp.Choice("cell", ["LSTM", "GRU"])
        return getattr(keras.layers, kind)
    def build_model(self, hp):
        model = keras.Sequential()
        cell = self._cell(hp)
        for layer in range(1, self.max_layers + 1):
            model.add(cell(hp.Choice("units_{}".format(layer), self.UNITS), return_sequences=layer < self.max_layers))
        model.add(keras.layers.Dense(1))
        model.compile("adam", loss=self.loss)
        return model
    def tune(self, x, y):
        tuner = kt.RandomSearch(self.build_model, objective="val_loss", max_trials=3)
        tuner.search(x, y)
        return tuner.get_best_models()[0]
if __name__ == "__main__":
    trainer = Trainer(max_layers=3)
    trainer.tune(x_train, y_train)
