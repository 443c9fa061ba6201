from hyperopt import hp
lr = hp.loguniform('lr', -8, -4)
units = hp.choice('units', [8, 16])
