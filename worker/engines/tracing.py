"""How often this process traced a TensorFlow function, which takes seconds each time."""

_trace_count = 0


def trace_count() -> int:
    """How often this process traced a function."""
    return _trace_count


def count_trace() -> None:
    """Note that a function is being traced."""
    global _trace_count
    _trace_count += 1
