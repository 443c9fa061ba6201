"""Every query and every write: functions that take a session."""
