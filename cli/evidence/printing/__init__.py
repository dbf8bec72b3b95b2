"""A statement as a PDF: its page, read into parts, set by typst, with one command."""
