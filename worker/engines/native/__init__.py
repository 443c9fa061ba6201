"""The recurrent network in native code, compiled by Numba: one compilation serves every size.

Numba keeps what it compiled beside the sources; precompile.py says by whom, and when it is compiled anew.
"""
