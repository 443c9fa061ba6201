"""A dictionary merged of two, and validation data in a list."""
import talos
from talos.model import hidden_layers, early_stopper
from keras.models import Sequential
from keras.layers import Dense, LSTM

p = {**{'first_neuron': [4, 8]}, 'hidden_layers': [0, 1], 'dropout': [0.0], 'activation': ['relu'], 'shapes': ['brick'], 'last': ['linear'], 'epochs': [2]}
def m(x_train, y_train, x_val, y_val, params):
    model = Sequential()
    model.add(LSTM(params['first_neuron'], return_sequences=params['hidden_layers'] > 0))
    for _ in range(params['hidden_layers']):
        model.add(LSTM(params['first_neuron']))
    model.add(Dense(1, activation=params['last']))
    model.compile('adam', 'mse')
    out = model.fit(x=x_train, y=y_train, validation_data=[x_val, y_val], epochs=params['epochs'], verbose=0)
    return out, model
scan = talos.Scan(x=X, y=Y, params=p, model=m, experiment_name='a')
