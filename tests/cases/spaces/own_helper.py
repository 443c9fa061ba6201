from hyperopt import hp
from hyperopt.pyll.base import scope
def qint(name, lo, hi, q=1):
    return scope.int(hp.quniform(name, lo, hi, q))
space = {'units': qint('units', 16, 64, 16), 'patience': qint('patience', 3, 6), 'dropout': hp.uniform('dropout', 0, .3)}
