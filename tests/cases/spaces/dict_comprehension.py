from hyperopt import hp
space = {f"units_{i}": hp.choice(f"units_{i}", [16, 32, 64]) for i in (1, 2)}
space.update({"recurrent_layers": 2, "lookback": hp.randint("lookback", 10, 60)})
