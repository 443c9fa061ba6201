from hyperopt import hp
space = hp.choice('model', [
  {'cell': 'lstm', 'units': hp.choice('u1', [8, 16])},
  {'cell': 'gru', 'units': hp.choice('u2', [8, 16]), 'dropout': hp.uniform('d', 0, .5)},
])
