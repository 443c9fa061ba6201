"""Tests of the language of filters."""
