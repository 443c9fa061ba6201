"""The language of filters: `objective < 0.46 and (cell = lstm or tag = wide) smoke`."""
