"""A space made by a comprehension, a loop, update and dict()."""
from hyperopt import fmin, hp, tpe, STATUS_OK
from keras import Sequential
from keras.layers import LSTM, Dense, Dropout, Input

MAX_LAYERS = 2
space = {f'units_{i}': hp.choice(f'units_{i}', [4, 8]) for i in range(MAX_LAYERS)}
for i in range(MAX_LAYERS):
    space['dropout_%d' % i] = hp.quniform('dropout_%d' % i, 0, 0.4, 0.1)
space['lr'] = hp.choice('lr', [10 ** -k for k in (2, 3)])
space.update({'batch_size': hp.choice('batch_size', list(range(16, 33, 16)))})
space.update(dict(n_layers=hp.choice('n_layers', (1, 2))))

def objective(hps):
    net = Sequential([Input(x_tr.shape[1:])])
    for k in range(hps['n_layers']):
        net.add(LSTM(hps[f'units_{k}'], return_sequences=k < hps['n_layers'] - 1))
        net.add(Dropout(hps[f'dropout_{k}']))
    net.add(Dense(1))
    from keras.optimizers import RMSprop
    net.compile(loss='mse', optimizer=RMSprop(hps['lr']))
    h = net.fit(x_tr, y_tr, validation_split=0.2, epochs=2, batch_size=hps['batch_size'], verbose=0)
    return {'loss': h.history['val_loss'][-1], 'status': STATUS_OK}

best = fmin(objective, space, algo=tpe.suggest, max_evals=5)
