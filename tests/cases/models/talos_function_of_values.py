"""A function puts the dictionary together from dict(), update and items."""
import numpy as np
import talos as ta
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import GRU, Dense

BASE = {'epochs': [2], 'batch_size': [16]}

def get_params():
    params = dict(units=range(4, 9, 4), lr=list(np.logspace(-3, -2, 2)))
    params.update(BASE)
    params['shapes'] = ['brick', 'funnel']
    return params

def gru(X_train, Y_train, X_test, Y_test, params):
    m = Sequential([GRU(params['units']), Dense(4 if params['shapes'] == 'brick' else 2), Dense(1)])
    from tensorflow.keras.optimizers import Adam
    m.compile(loss='mse', optimizer=Adam(params['lr']))
    h = m.fit(X_train, Y_train, validation_data=(X_test, Y_test), epochs=params['epochs'], batch_size=params['batch_size'])
    return h, m

if __name__ == "__main__":
    scan = ta.Scan(x, y, get_params(), gru, 'exp')
