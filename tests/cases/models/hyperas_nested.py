"""The model is inside another function."""
from hyperas.distributions import choice, uniform
import tensorflow as tf
def experiment():
    def model(X_train, Y_train, X_test, Y_test):
        m = tf.keras.Sequential()
        m.add(tf.keras.layers.LSTM({{choice([4, 8])}}))
        m.add(tf.keras.layers.Dense(1))
        m.compile(loss='mse', optimizer=tf.keras.optimizers.Adam(learning_rate={{choice([10**-3, 10**-2])}}))
        m.fit(X_train, Y_train, epochs=2, batch_size={{choice([8, 16])}}, validation_data=(X_test, Y_test))
        return {'loss': 1, 'status': 'ok', 'model': m}
    from hyperas import optim
    return optim.minimize(model=model, data=None, max_evals=2)
