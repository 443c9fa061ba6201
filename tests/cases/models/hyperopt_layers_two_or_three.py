"""The well-known example for Keras, with layers, callbacks at the top and a draw as batch size."""
import numpy as np
from hyperopt import fmin, hp, tpe, Trials, STATUS_OK, STATUS_FAIL
from sklearn.metrics import mean_squared_error
from keras.models import Sequential
from keras.layers import LSTM, Dense, Bidirectional, BatchNormalization
from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

n_steps_in, n_features = X_train.shape[1], X_train.shape[2]
callbacks = [EarlyStopping(monitor='val_loss', patience=3), ReduceLROnPlateau(factor=0.5, patience=2)]

space = {'choice': hp.choice('num_layers',
                    [ {'layers':'two', },
                    {'layers':'three',
                    'units3': hp.choice('units3', [2, 4]),
                    'dropout3': hp.uniform('dropout3', .25,.75)}
                    ]),
            'units1': hp.choice('units1', [4, 8]),
            'units2': hp.choice('units2', [4, 8]),
            'dropout1': hp.uniform('dropout1', .25,.75),
            'batch_size' : hp.uniform('batch_size', 8, 16),
            'nb_epochs' :  2,
            'optimizer': hp.choice('optimizer',['adadelta','adam','rmsprop']),
            'activation': 'relu'
        }

def f_nn(params):
    print ('Params testing: ', params)
    model = Sequential()
    model.add(LSTM(params['units1'], input_shape = (n_steps_in, n_features), return_sequences=True))
    model.add(BatchNormalization())
    model.add(Bidirectional(LSTM(params['units2'], dropout=params['dropout1'])))
    if params['choice']['layers']== 'three':
        model.add(Dense(params['choice']['units3'], activation=params['activation']))
    model.add(Dense(1))
    model.compile(loss='mse', optimizer=params['optimizer'])
    model.fit(X_train, y_train, epochs=params['nb_epochs'], batch_size=int(params['batch_size']), verbose = 0, validation_data=(X_val, y_val), callbacks=callbacks)
    pred = model.predict(X_val, batch_size = 128, verbose = 0)
    mse = mean_squared_error(y_val, pred)
    return {'loss': mse, 'status': STATUS_OK}

trials = Trials()
best = fmin(f_nn, space, algo=tpe.suggest, max_evals=50, trials=trials)
print('best: ', best)
