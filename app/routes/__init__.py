"""Thin handlers: check, call one service, answer."""
