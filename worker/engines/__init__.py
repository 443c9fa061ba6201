"""Three ways to fit a network: native on Numba, fused TensorFlow kernels, stock Keras."""
