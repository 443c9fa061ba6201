from hyperopt import hp, fmin
def add(space):
    space['dropout'] = hp.uniform('dropout', 0, 0.5)
def main():
    s = {'units': hp.choice('units', [8, 16])}
    add(s)
    fmin(None, s)
main()
