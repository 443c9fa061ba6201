import argparse
from functools import partial
import numpy as np
import pandas as pd
from hyperopt import fmin, tpe, hp, STATUS_OK, Trials
from tensorflow import keras

N_CALLS = 50

def load(path):
    df = pd.read_csv(path)
    return df.values

def objective(params, data):
    model = keras.Sequential()
    for i in range(params["n_layers"]):
        model.add(keras.layers.LSTM(int(params["units"])))
    space = 3
    return {"loss": 1, "status": STATUS_OK}

def run(data, max_evals=N_CALLS):
    params_grid = {
        "units": hp.quniform("units", 10, 100, 10),
        "n_layers": hp.choice("n_layers", [1, 2]),
        "learning_rate": hp.loguniform("learning_rate", -9, -4),
    }
    trials = Trials()
    best = fmin(fn=partial(objective, data=data), space=params_grid, algo=tpe.suggest,
                max_evals=max_evals, trials=trials, rstate=np.random.default_rng(0))
    return best, trials

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--path")
    args = parser.parse_args()
    best, trials = run(load(args.path))
    print(best)
