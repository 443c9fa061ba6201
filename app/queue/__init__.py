"""All that server and worker say to each other, through the trials table."""
