"""The charts of all pages: functions that compute numbers, and functions that draw them."""
