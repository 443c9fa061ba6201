"""hyperopt and hp under other names, lists in dictionaries as options."""
import hyperopt as ho
from hyperopt import hp as h
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Bidirectional, LSTM, Dense
from tensorflow.keras.optimizers import Adam, SGD
params_space = {"bi": h.choice("bi", [True, False]), "cfg": h.choice("cfg", [{"layers": [4]}, {"layers": [4, 2]}]), "opt": h.choice("opt", [Adam, SGD])}
def score(params):
    model = Sequential()
    n = params["cfg"]["layers"]
    for i, u in enumerate(n):
        cell = LSTM(u, return_sequences=i + 1 < len(n))
        model.add(Bidirectional(cell) if params["bi"] else cell)
    model.add(Dense(1))
    model.compile(loss="mse", optimizer=params["opt"]())
    model.fit(X_train, Y_train, epochs=2, batch_size=32, verbose=2, validation_data=(X_valid, Y_valid))
    return {"loss": model.evaluate(X_valid, Y_valid, verbose=0), "status": ho.STATUS_OK}
best = ho.fmin(score, params_space, algo=ho.rand.suggest, max_evals=3)
