import numpy as np
from hyperopt import hp
space = {'units': hp.choice('units', np.linspace(16, 128, 8).astype(int)), 'dropout': hp.choice('d', np.round(np.arange(0.1, 0.6, 0.1), 1).tolist()), 'batch_size': hp.choice('bs', 2 ** np.arange(4, 8)), 'lr': hp.choice('lr', 10.0 ** np.arange(-4, -1))}
