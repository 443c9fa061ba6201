"""A Kaggle notebook on stock prices: files read, scaled and cut at the top, nested layers."""
# Stock price prediction with LSTM and hyperopt (Kaggle notebook style)
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, Dropout
from tensorflow.keras.callbacks import EarlyStopping
from hyperopt import fmin, tpe, hp, STATUS_OK, Trials, space_eval

df = pd.read_csv('../input/AAPL.csv')
scaler = MinMaxScaler(feature_range=(0, 1))
scaled = scaler.fit_transform(df['Close'].values.reshape(-1, 1))
look_back = 60

def create_dataset(data, look_back=60):
    X, y = [], []
    for i in range(look_back, len(data)):
        X.append(data[i - look_back:i, 0])
        y.append(data[i, 0])
    return np.array(X), np.array(y)

train_size = int(len(scaled) * 0.8)
X_train, y_train = create_dataset(scaled[:train_size], look_back)
X_test, y_test = create_dataset(scaled[train_size:], look_back)
X_train = np.reshape(X_train, (X_train.shape[0], X_train.shape[1], 1))
X_test = np.reshape(X_test, (X_test.shape[0], X_test.shape[1], 1))

space = {
    'units1': hp.choice('units1', [4, 8]),
    'layers': hp.choice('layers', [
        {'n_layers': 'one'},
        {'n_layers': 'two', 'units2': hp.choice('units2', [2, 4]), 'dropout2': hp.uniform('dropout2', 0, 0.5)},
    ]),
    'dropout': hp.uniform('dropout', 0.0, 0.5),
    'batch_size': hp.choice('batch_size', [16, 32]),
    'optimizer': hp.choice('optimizer', ['adam', 'rmsprop']),
}

def objective(space):
    model = Sequential()
    two = space['layers']['n_layers'] == 'two'
    model.add(LSTM(units=space['units1'], return_sequences=two, input_shape=(X_train.shape[1], X_train.shape[2])))
    model.add(Dropout(space['dropout']))
    if two:
        model.add(LSTM(units=space['layers']['units2']))
        model.add(Dropout(space['layers']['dropout2']))
    model.add(Dense(1))
    model.compile(optimizer=space['optimizer'], loss='mean_squared_error')
    es = EarlyStopping(monitor='val_loss', patience=5, restore_best_weights=True)
    model.fit(X_train, y_train, epochs=3, batch_size=space['batch_size'],
              validation_data=(X_test, y_test), callbacks=[es], verbose=0)
    pred = scaler.inverse_transform(model.predict(X_test))
    true = scaler.inverse_transform(y_test.reshape(-1, 1))
    rmse = np.sqrt(np.mean((pred - true) ** 2))
    print('RMSE', rmse)
    return {'loss': rmse, 'status': STATUS_OK, 'model': model}

trials = Trials()
best = fmin(objective, space, algo=tpe.suggest, max_evals=20, trials=trials)
print(space_eval(space, best))
plt.plot(trials.losses())
plt.show()
