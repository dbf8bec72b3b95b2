"""What acts: rules, queues, functions and schedules, a file for each capability. Nothing here keeps data."""
