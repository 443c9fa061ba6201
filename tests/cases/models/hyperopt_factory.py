"""A function makes the objective, another the space, which is a list; a third runs fmin."""
import hyperopt
from hyperopt import hp
from tensorflow import keras
from tensorflow.keras import layers

def make_objective(x_train, y_train, x_valid, y_valid):
    def objective(args):
        units, lr, cell = args
        cells = {'lstm': layers.LSTM, 'gru': layers.GRU}
        model = keras.Sequential([cells[cell](units), layers.Dense(1)])
        model.compile(loss='mse', optimizer=keras.optimizers.Adam(learning_rate=lr))
        history = model.fit(x_train, y_train, validation_data=(x_valid, y_valid), epochs=2, verbose=0)
        return history.history['val_loss'][-1]
    return objective

def get_space():
    space = [
        hp.choice('units', range(4, 9, 4)),
        hp.loguniform('lr', -6, -4),
        hp.choice('cell', ['lstm', 'gru']),
    ]
    return space

def run():
    data = load()
    x_train, y_train, x_valid, y_valid = data
    return hyperopt.fmin(make_objective(x_train, y_train, x_valid, y_valid), get_space(), algo=hyperopt.tpe.suggest, max_evals=3)

run()
