"""The schemas of the JSON API, one noun each."""
