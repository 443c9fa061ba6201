from hyperopt import hp, fmin, tpe
class Tuner:
    UNITS = [16, 32, 64]
    def __init__(self, n=10):
        self.n = n
        self.space = {'units': hp.choice('units', self.UNITS), 'lookback': hp.choice('lookback', range(10, 50, 10))}
    def objective(self, p):
        return 1
    def run(self):
        return fmin(self.objective, self.space, algo=tpe.suggest, max_evals=self.n)
Tuner().run()
