"""Uploaded files: sniffed, stripped of what cameras write into them, stored by hash, a folder per company."""
