"""Six arrays, a condition, a choice by a name at the top."""
from hyperas import optim
from hyperas.distributions import choice, conditional, randint
from hyperopt import STATUS_OK, tpe, Trials
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Input, GRU, Dense
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
UNITS = [4, 8]
def data():
    X_train, y_train, X_val, y_val, X_test, y_test = load_everything()
    return X_train, y_train, X_val, y_val, X_test, y_test
def build_lstm(X_train, y_train, X_val, y_val, X_test, y_test):
    inp = Input(shape=X_train.shape[1:])
    x = GRU({{choice(UNITS)}}, return_sequences=False)(inp)
    if conditional({{choice(['no', 'yes'])}}) == 'yes':
        x = Dense({{choice([2, 3])}})(x)
    out = Dense(1)(x)
    model = Model(inp, out)
    model.compile(loss={{choice(['mse', 'mae'])}}, optimizer='adam')
    model.fit(X_train, y_train, epochs=2, batch_size=2 ** {{randint(3)}} * 8, validation_data=(X_val, y_val), callbacks=[EarlyStopping(patience=2), ModelCheckpoint('/tmp/best.keras')])
    return {'loss': model.evaluate(X_test, y_test), 'status': STATUS_OK, 'model': model}
best = optim.minimize(model=build_lstm, data=data, algo=tpe.suggest, max_evals=2, trials=Trials())
