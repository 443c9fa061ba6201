"""LSTM networks on TensorFlow's fused CPU kernel, BlockLSTM, for machines without Numba."""
