from hyperopt import hp
from ray.tune.suggest.hyperopt import HyperOptSearch
config_space = {"lr": hp.loguniform("lr", -9.21, -4.6), "hidden_size": hp.choice("hidden_size", [32, 64])}
algo = HyperOptSearch(config_space, metric="loss", mode="min")
