from hyperopt import hp
USE_GRU = True
if USE_GRU:
    cells = ['lstm', 'gru']
else:
    cells = ['lstm']
space = {'cell': hp.choice('cell', cells), 'lookback': hp.choice('lookback', [*range(10, 40, 10), 60])}
