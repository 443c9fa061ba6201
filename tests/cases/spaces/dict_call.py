from hyperopt import hp
import numpy as np
space = dict(
    units=hp.quniform('units', 16, 128, 16),
    dropout_rate=hp.uniform('dropout_rate', 0.0, 0.5),
    lr=hp.loguniform('lr', np.log(1e-4), np.log(1e-2)),
    batch_size=hp.choice('batch_size', [2**i for i in range(4, 8)]),
)
