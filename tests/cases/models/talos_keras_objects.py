"""Talos as in its manual: tuples of steps, classes, losses, regularizers."""
import talos
from talos.utils import lr_normalizer
from keras.models import Sequential
from keras.layers import LSTM, Dense, Dropout
from keras.optimizers import Adam, Nadam
from keras.activations import relu, elu
from keras.losses import mean_squared_error, log_cosh
from keras.regularizers import l1, l2

def stock_model(x_train, y_train, x_val, y_val, params):
    model = Sequential()
    model.add(LSTM(params['neurons'], input_shape=x_train.shape[1:], kernel_regularizer=params['reg']))
    model.add(Dropout(params['dropout']))
    model.add(Dense(params['hidden'], activation=params['activation']))
    model.add(Dense(1))
    model.compile(optimizer=params['optimizer'](learning_rate=lr_normalizer(params['lr'], params['optimizer'])), loss=params['losses'])
    out = model.fit(x_train, y_train, batch_size=params['batch_size'], epochs=params['epochs'], verbose=0, validation_data=[x_val, y_val])
    return out, model

p = {'lr': (0.5, 5, 10),
     'neurons': [4, 8],
     'hidden': (2, 8, 3),
     'reg': [None, l1(0.01), l2(0.001)],
     'batch_size': (8, 32, 3),
     'epochs': [2],
     'dropout': (0, 0.5, 5),
     'optimizer': [Adam, Nadam],
     'losses': [mean_squared_error, log_cosh],
     'activation': [relu, elu]}

t = talos.Scan(x=x, y=y, params=p, model=stock_model, experiment_name='stock', fraction_limit=0.1)
