"""Small faults put into the code, one at a time: tests that pass with one prove too little."""
