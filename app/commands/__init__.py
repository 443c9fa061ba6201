"""The commands of `foretune`, a module for each group of them."""
