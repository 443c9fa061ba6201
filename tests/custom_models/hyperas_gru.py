"""A Hyperas program: ranges in double braces inside the model."""

from hyperas import optim
from hyperas.distributions import choice, uniform
from hyperopt import STATUS_OK, Trials, tpe
from keras.layers import GRU, Dense, Dropout
from keras.models import Sequential


def data():
    """What Hyperas would call; here the windows of the dataset take its place."""
    raise RuntimeError("Foretune never calls this")


def create_model(x_train, y_train, x_test, y_test):
    """The network and its ranges."""
    model = Sequential()
    model.add(GRU({{choice([4, 8])}}, input_shape=x_train.shape[1:]))
    model.add(Dropout({{uniform(0, 0.5)}}))
    if {{choice(["shallow", "deep"])}} == "deep":
        model.add(Dense({{choice([4, 6])}}, activation="relu"))
    model.add(Dense(1))
    model.compile(loss="mse", optimizer={{choice(["rmsprop", "adam"])}})
    model.fit(
        x_train,
        y_train,
        batch_size={{choice([16, 32])}},
        epochs=4,
        verbose=2,
        validation_data=(x_test, y_test),
    )
    loss = model.evaluate(x_test, y_test, verbose=0)
    return {"loss": loss, "status": STATUS_OK, "model": model}


if __name__ == "__main__":
    optim.minimize(model=create_model, data=data, algo=tpe.suggest, max_evals=5, trials=Trials())
