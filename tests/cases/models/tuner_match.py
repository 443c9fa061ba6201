"""Keras Tuner: a class that inherits a head, match, and hp kept as self.hp."""
import keras
from kerastuner import HyperModel
class Base(HyperModel):
    loss = "mae"
    def head(self, hp, m):
        for _ in range(hp.Int("dense", 0, 2)):
            m.add(keras.layers.Dense(hp.Int(f"dense_{_}", 4, 8, 4), activation=self.act))
        m.add(keras.layers.Dense(1))
class Net(Base):
    def __init__(self, act="relu", **kw):
        super().__init__(**kw)
        self.act = act
    def build(self, hp):
        self.hp = hp
        m = keras.Sequential()
        match hp.Choice("net", ["rnn", "cnn", "mlp"]):
            case "rnn":
                m.add(keras.layers.SimpleRNN(hp.Int("rnn_units", 4, 8, 4)))
            case "cnn":
                m.add(keras.layers.Conv1D(hp.Int("filters", 4, 8, 4), hp.Choice("kernel", [2, 3])))
                m.add(keras.layers.Flatten())
            case _:
                m.add(keras.layers.Flatten())
                self.mlp(m)
        self.head(hp, m)
        m.compile("adam", self.loss)
        return m
    def mlp(self, m):
        m.add(keras.layers.Dense(self.hp.Int("mlp_units", 4, 8, 4)))
