"""Figures for Plotly."""
