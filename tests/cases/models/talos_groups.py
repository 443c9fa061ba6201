"""Talos with dictionaries inside the dictionary, in groups."""
import keras
p = {'lstm': {'units': [4, 8], 'dropout': (0, 0.4, 2)}, 'fit': dict(batch_size=[8, 16], epochs=[1])}
def m(x, y, xv, yv, params):
    net = keras.Sequential([keras.layers.LSTM(params['lstm']['units'], dropout=params['lstm']['dropout']), keras.layers.Dense(1)])
    net.compile('adam', 'mse')
    return net.fit(x, y, **params['fit'], validation_data=(xv, yv)), net
