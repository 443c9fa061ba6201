"""The recurrent network in native code, compiled by Numba: one compilation serves every size.

Numba keeps compiled code beside the sources; precompile.py says which process compiles, and when.
"""
