"""The recurrent network in native code, compiled by Numba: one compilation serves every size.

Numba keeps what it compiled beside the sources and looks only at the file of a function itself to see whether that is
stale: whoever changes cells.py removes the `__pycache__` folder here.
"""
