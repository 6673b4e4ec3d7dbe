"""Runs: checked parameters, notebooks by papermill, editions with their records, schedules."""
