from hyperopt import hp
net = {"units": hp.choice("units", (32, 64)), "cell": hp.choice("cell", ["LSTM", "GRU"])}
fit = {"lr": 10 ** hp.uniform("lr", -4, -2), "epochs": 30}
space = {**net, **fit, "batch": 2 ** hp.quniform("batch", 4, 7, 1)}
