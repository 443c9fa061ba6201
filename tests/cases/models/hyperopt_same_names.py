"""main() binds names that the top binds, too, and its objective keeps a nonlocal best."""
from hyperopt import hp, fmin, tpe, Trials
from keras.models import Sequential
from keras.layers import LSTM, Dense
epochs = 2
space = None
results = []
def create_model(units, optimizer):
    model = Sequential()
    model.add(LSTM(units))
    model.add(Dense(1))
    model.compile(loss='mse', optimizer=optimizer)
    return model
def main(args=None):
    import numpy as np
    epochs = 3
    train_x, train_y, val_x, val_y = np.load('train.npz').values()
    space = {'units': hp.choice('units', [4, 8]), 'optimizer': hp.choice('optimizer', ['adam', 'sgd'])}
    best_loss = None
    def objective(params):
        nonlocal best_loss
        model = create_model(**params)
        history = model.fit(train_x, train_y, epochs=epochs, batch_size=8, validation_data=(val_x, val_y))
        loss = history.history['val_loss'][-1]
        if best_loss is None or loss < best_loss:
            best_loss = loss
            model.save('best.keras')
        return loss
    best = fmin(objective, space, algo=tpe.suggest, max_evals=10)
    return best
if __name__ == '__main__':
    main()
