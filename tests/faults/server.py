"""`python -m tests.faults.server`: the product's server on FORETUNE_PORT, with its mutants."""

from app.commands.running import serve
from tests.faults.mutants import MUTANTS_IN_SERVERS, mutate

if __name__ == "__main__":
    mutate(MUTANTS_IN_SERVERS)
    serve()
