"""TensorFlow graphs with fused recurrent kernels."""
