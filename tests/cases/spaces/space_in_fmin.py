from hyperopt import fmin, tpe, hp
best = fmin(
    fn=lambda x: x ** 2,
    space={'time_steps': hp.uniformint('ts', 10, 60), 'units': hp.quniform('units', 10, 50, 10)},
    algo=tpe.suggest,
    max_evals=100)
print(best)
