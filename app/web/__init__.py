"""What pages are made of: templates, forms, charts, views, and checks on requests."""
