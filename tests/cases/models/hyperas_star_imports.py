"""Hyperas with star imports, data() that reads files, values kept in a dictionary."""
from hyperas import optim
from hyperas.distributions import choice, uniform
from hyperopt import Trials, STATUS_OK, tpe
import keras
from keras.layers import *
from keras.models import *
def data():
    import numpy as np
    x = np.load('x.npy'); y = np.load('y.npy')
    n = int(len(x) * .8)
    x_train, y_train, x_test, y_test = x[:n], y[:n], x[n:], y[n:]
    return x_train, y_train, x_test, y_test
def model(x_train, y_train, x_test, y_test):
    model = Sequential()
    layer_1_size = {{quniform(4, 8, 4)}}
    l1_dropout = {{uniform(0.001, 0.7)}}
    params = {'l1_size': layer_1_size, 'l1_dropout': l1_dropout}
    num_layers1 = {{choice(['one', 'two'])}}
    model.add(LSTM(int(params['l1_size']), return_sequences={{choice([True])}}, dropout=params['l1_dropout']))
    if (num_layers1 == 'two'):
        model.add(LSTM(int({{choice([4, 8])}}), return_sequences=True))
    model.add(Flatten())
    model.add(Dense(1))
    model.compile(loss='mse', optimizer=keras.optimizers.RMSprop(lr={{choice([10**-4, 10**-3, 10**-2])}}))
    early_stopping = keras.callbacks.EarlyStopping(monitor='val_loss', patience=4)
    checkpointer = keras.callbacks.ModelCheckpoint(filepath='keras_weights.keras', verbose=1, save_best_only=True)
    hist = model.fit(x_train, y_train, batch_size={{choice([16, 32])}}, epochs=1, validation_data=(x_test, y_test), callbacks=[early_stopping])
    h1 = hist.history
    loss_ = np.mean(h1['val_loss'])
    return {'loss': loss_, 'status': STATUS_OK, 'model': model}
if __name__ == '__main__':
    best_run, best_model = optim.minimize(model=model, data=data, algo=tpe.suggest, max_evals=4, trials=Trials(), eval_space=True, notebook_name='x')
