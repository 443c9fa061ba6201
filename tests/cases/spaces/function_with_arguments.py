from hyperopt import hp, fmin
def make_space(max_units, steps=8):
    return {'units': hp.quniform('units', steps, max_units, steps), 'window': hp.choice('window', [7, 14, 28])}
def objective(p): return 1
best = fmin(objective, make_space(64), max_evals=3)
