from hyperopt import hp
from hyperopt.pyll import scope
space = {
    'layers': hp.choice('layers', [
        {'n': 1, 'units_1': scope.int(hp.quniform('u11', 8, 64, 8))},
        {'n': 2, 'units_1': scope.int(hp.quniform('u21', 8, 64, 8)), 'units_2': scope.int(hp.quniform('u22', 8, 64, 8))},
    ]),
    'optimizer': hp.choice('optimizer', [{'type': 'adam', 'lr': hp.loguniform('lr_adam', -9, -5)}, {'type': 'sgd'}]),
}
