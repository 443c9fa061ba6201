"""A class holds the arrays, the space and the objective."""
from hyperopt import fmin, hp, tpe, Trials, STATUS_OK
from keras.models import Sequential
from keras.layers import LSTM, Dense

class LSTMTuner:
    """Tunes an LSTM."""
    def __init__(self, X_train, y_train, X_val, y_val, max_evals=10):
        self.X_train = X_train
        self.y_train = y_train
        self.X_val = X_val
        self.y_val = y_val
        self.max_evals = max_evals
        self.space = {
            'units': hp.choice('units', [4, 8]),
            'dense': hp.choice('dense', [2, 3]),
        }

    def build_model(self, params):
        model = Sequential()
        model.add(LSTM(params['units'], input_shape=(self.X_train.shape[1], self.X_train.shape[2])))
        model.add(Dense(params['dense']))
        model.add(Dense(1))
        model.compile(optimizer='adam', loss='mse')
        return model

    def objective(self, params):
        model = self.build_model(params)
        history = model.fit(self.X_train, self.y_train, validation_data=(self.X_val, self.y_val), epochs=2, batch_size=32, verbose=0)
        return {'loss': min(history.history['val_loss']), 'status': STATUS_OK}

    def optimize(self):
        trials = Trials()
        return fmin(fn=self.objective, space=self.space, algo=tpe.suggest, max_evals=self.max_evals, trials=trials)

X_train, y_train, X_val, y_val = prepare('IBM.csv')
tuner = LSTMTuner(X_train, y_train, X_val, y_val)
best = tuner.optimize()
