"""Looks at every page of the real product: pictures, axe, widths, focus, and clicks for jobs."""
