"""Keras Tuner: everything inside main(), the shape taken from the data."""
import keras
import keras_tuner as kt
class HM(kt.HyperModel):
    def __init__(self, input_shape, n_layers):
        super().__init__()
        self.input_shape = input_shape
        self.n_layers = n_layers
    def build(self, hp):
        m = keras.Sequential()
        m.add(keras.layers.Input(self.input_shape))
        for i in range(self.n_layers):
            m.add(keras.layers.LSTM(hp.Int("u" + str(i), 4, 8, step=4), return_sequences=i != self.n_layers - 1))
        m.add(keras.layers.Dense(1))
        m.compile("adam", "mse")
        return m
def main():
    shape = (x_train.shape[1], x_train.shape[2])
    depth = 2
    hypermodel = HM(shape, n_layers=depth)
    tuner = kt.GridSearch(hypermodel, objective="val_loss")
    tuner.search(x_train, y_train, epochs=5)
if __name__ == "__main__":
    main()
