"""look_back is searched: the objective reads the file and cuts its windows itself."""
import numpy as np
import pandas as pd
from hyperopt import hp, fmin, tpe, Trials, STATUS_OK
from hyperopt.pyll.base import scope
from keras.models import Sequential
from keras.layers import LSTM, Dense
from keras.optimizers import Adam

SEARCH_SPACE = {
    'look_back': scope.int(hp.quniform('look_back', 4, 8, 2)),
    'units': scope.int(hp.quniform('units', 4, 8, 4)),
    'lr': hp.loguniform('lr', np.log(0.001), np.log(0.01)),
}

def make_windows(series, n):
    xs, ys = [], []
    for i in range(len(series) - n):
        xs.append(series[i:i + n])
        ys.append(series[i + n])
    return np.array(xs)[..., None], np.array(ys)

def train_model(params):
    df = pd.read_csv('data/stock.csv', index_col=0, parse_dates=True)
    df = df.dropna()
    prices = df['Close'].values
    train, test = prices[:-200], prices[-200:]
    X_train, y_train = make_windows(train, params['look_back'])
    X_test, y_test = make_windows(test, params['look_back'])
    model = Sequential([LSTM(params['units'], input_shape=(params['look_back'], X_train.shape[2])), Dense(1)])
    model.compile(loss='mae', optimizer=Adam(params['lr']))
    hist = model.fit(X_train, y_train, epochs=2, batch_size=32, validation_data=(X_test, y_test), verbose=0, shuffle=False)
    return {'loss': np.min(hist.history['val_loss']), 'status': STATUS_OK}

if __name__ == '__main__':
    trials = Trials()
    best = fmin(fn=train_model, space=SEARCH_SPACE, algo=tpe.suggest, max_evals=30, trials=trials, rstate=np.random.default_rng(42))
