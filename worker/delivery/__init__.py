"""What an experiment hands over: chosen, trained once more on all but the test rows, and packed."""
