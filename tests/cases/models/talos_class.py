"""Model and dictionary are parts of a class."""
import talos
import keras
class Experiment:
    p = {'units': [4, 8], 'batch': [16]}
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def model(self, x_train, y_train, x_val, y_val, params):
        m = keras.Sequential([keras.layers.LSTM(params['units']), keras.layers.Dense(1)])
        m.compile('adam', 'mse')
        h = m.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=2, batch_size=params['batch'])
        return h, m
    def run(self):
        return talos.Scan(self.x, self.y, params=self.p, model=self.model, experiment_name='x')
Experiment(x_train, y_train).run()
