"""The JSON API beside the pages: same services, same validation."""
