"""An object holds arrays and space; fmin is given its method, draws are options."""
from hyperopt import fmin, hp, tpe
import keras
class Tuner:
    def __init__(self, a, b, c, d):
        self.data = (a, b, c, d)
        self.space = self.make_space(2)
    def make_space(self, n):
        return {'units': hp.choice('units', [4 * (i + 1) for i in range(n)]), 'lr': hp.choice('lr', [hp.uniform('small', 0.001, 0.002), hp.loguniform('large', -4, -3)])}
    def loss(self, p):
        x, y, xv, yv = self.data
        m = keras.Sequential([keras.layers.LSTM(p['units']), keras.layers.Dense(1)])
        m.compile(keras.optimizers.Adam(p['lr']), 'mse')
        h = m.fit(x, y, epochs=1, validation_data=(xv, yv))
        return h.history['val_loss'][0]
t = Tuner(X_train, y_train, X_val, y_val)
fmin(t.loss, t.space, algo=tpe.suggest, max_evals=2)
