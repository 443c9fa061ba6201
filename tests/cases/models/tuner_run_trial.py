"""Keras Tuner: a tuner of its own that asks for the batch size and the epochs."""
import keras
import kerastuner as kt
class MyTuner(kt.tuners.BayesianOptimization):
    def run_trial(self, trial, *args, **kwargs):
        kwargs['batch_size'] = trial.hyperparameters.Int('batch_size', 8, 32, step=8)
        kwargs['epochs'] = trial.hyperparameters.Int('epochs', 2, 4)
        return super(MyTuner, self).run_trial(trial, *args, **kwargs)
def model_builder(hp):
    model = keras.Sequential()
    hp_units = hp.Int('units', min_value=4, max_value=8, step=4)
    model.add(keras.layers.LSTM(hp_units))
    model.add(keras.layers.Dense(1))
    hp_learning_rate = hp.Choice('learning_rate', values=[1e-2, 1e-3, 1e-4])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=hp_learning_rate), loss='mse')
    return model
tuner = MyTuner(model_builder, objective='val_loss', max_trials=20)
