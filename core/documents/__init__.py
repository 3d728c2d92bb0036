"""Papers: how any document a plugin declares is shown, counted, printed and made into a PDF."""
