import hyperopt
from hyperopt import hp
MAX_LAYERS = 3
search_space = {'n_layers': hp.choice('n_layers', list(range(1, MAX_LAYERS + 1)))}
for i in range(1, MAX_LAYERS + 1):
    search_space[f'units_{i}'] = hp.quniform(f'units_{i}', 8, 64, 8)
    search_space['dropout_%d' % i] = hp.uniform('dropout_%d' % i, 0, .5)
