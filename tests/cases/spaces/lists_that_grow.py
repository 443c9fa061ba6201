from hyperopt import hp
sizes = []
for i in range(3, 7):
    sizes.append(2 ** i)
space = {}
space.setdefault('units', hp.choice('units', sizes))
space['batch_size'] = hp.choice('batch_size', sizes[1:])
space['optimizer'] = hp.choice('optimizer', ['adam'] + ['rmsprop'])
del space['units']
