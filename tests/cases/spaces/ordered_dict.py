from collections import OrderedDict
from hyperopt import hp
space = OrderedDict([('lstm_units', hp.choice('lstm_units', [20, 40])), ('batch_size', hp.choice('bs', [32, 64]))])
