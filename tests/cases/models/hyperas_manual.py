"""The example of Hyperas: np.power, a choice of layers that name local values."""
from __future__ import print_function
import numpy as np
from hyperopt import Trials, STATUS_OK, tpe
from keras.layers import Dense, Dropout, Activation, LSTM
from keras.models import Sequential
from hyperas import optim
from hyperas.distributions import choice, uniform, quniform, loguniform

def data():
    import pandas as pd
    df = pd.read_csv('x.csv')
    return x_train, x_test, y_train, y_test

def create_model(x_train, x_test, y_train, y_test):
    """Model providing function"""
    model = Sequential()
    model.add(LSTM({{choice([np.power(2, 2), np.power(2, 3)])}}, input_shape=(x_train.shape[1], x_train.shape[2])))
    model.add(Activation({{choice(['relu', 'sigmoid'])}}))
    model.add(Dropout({{uniform(0, 1)}}))
    if {{choice(['three', 'four'])}} == 'four':
        model.add(Dense(int({{quniform(4, 8, 4)}})))
        model.add({{choice([Dropout(0.5), Activation('linear')])}})
        model.add(Activation('relu'))
    n = 3
    model.add({{choice([Dense(n), Dense(2 * n)])}})
    model.add(Dense(1))
    from keras.optimizers import Adam
    adam = Adam({{loguniform(-8, -4)}})
    model.compile(loss='mse', metrics=['mae'], optimizer={{choice(['rmsprop', adam, 'sgd'])}})
    result = model.fit(x_train, y_train, batch_size={{choice([16, 32])}}, epochs=2, verbose=2, validation_split=0.1)
    validation_acc = np.amin(result.history['val_loss'])
    print('Best validation loss of epoch:', validation_acc)
    return {'loss': validation_acc, 'status': STATUS_OK, 'model': model}

if __name__ == '__main__':
    best_run, best_model = optim.minimize(model=create_model, data=data, algo=tpe.suggest, max_evals=5, trials=Trials())
    X_train, Y_train, X_test, Y_test = data()
    print(best_model.evaluate(X_test, Y_test))
