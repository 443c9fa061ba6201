"""Branches with probabilities that share their named draws."""
from hyperopt import hp, fmin, tpe, STATUS_OK
from hyperopt.pyll import scope
import keras
units = scope.int(hp.quniform('units', 4, 8, 4))
rec = hp.uniform('recurrent_dropout', 0, 0.3)
one = {'type': 'lstm', 'units': units, 'recurrent_dropout': rec}
two = {'type': 'gru', 'units': units, 'recurrent_dropout': rec}
three = {'type': 'dense', 'units': units}
space = hp.pchoice('model', [(0.5, one), (0.3, two), (0.2, three)])

def objective(p):
    m = keras.Sequential()
    if p['type'] == 'dense':
        m.add(keras.layers.Flatten()); m.add(keras.layers.Dense(p['units']))
    else:
        layer = keras.layers.LSTM if p['type'] == 'lstm' else keras.layers.GRU
        m.add(layer(p['units'], recurrent_dropout=p['recurrent_dropout']))
    m.add(keras.layers.Dense(1))
    m.compile('adam', 'mse')
    m.fit(x_train, y_train, epochs=2, verbose=0, validation_data=(x_val, y_val))
    return {'loss': m.evaluate(x_val, y_val), 'status': STATUS_OK}

fmin(objective, space=space, algo=tpe.suggest, max_evals=3)
