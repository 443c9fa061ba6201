"""The objective is a partial under a name, and its loss a plain number."""
from functools import partial
import keras
from hyperopt import fmin, hp, tpe

def build(n, rate, shape):
    inputs = keras.Input(shape=shape)
    x = keras.layers.LSTM(n)(inputs)
    x = keras.layers.Dropout(rate)(x)
    out = keras.layers.Dense(1)(x)
    m = keras.Model(inputs, out)
    m.compile('adam', 'mse')
    return m

def objective(params, train_X, train_y, test_X, test_y, epochs=2):
    model = build(int(params['n']), params['rate'], train_X.shape[1:])
    model.fit(train_X, train_y, epochs=epochs, batch_size=16, validation_data=(test_X, test_y), verbose=0)
    return model.evaluate(test_X, test_y, verbose=0)

fmin_objective = partial(objective, train_X=train_X, train_y=train_y, test_X=test_X, test_y=test_y)
best = fmin(fmin_objective, {'n': hp.quniform('n', 4, 12, 4), 'rate': hp.choice('rate', [0.0, 0.25])}, algo=tpe.suggest, max_evals=5)
