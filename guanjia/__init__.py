"""The composition root: the processes, the command, the embedded servers, the demo."""
