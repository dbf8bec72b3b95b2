"""What Connect writes: recordings, transcripts and attachments by record class, and contact records by month."""
