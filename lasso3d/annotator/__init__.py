"""The web annotator: a command core over an event log, the model in one worker, a server and a Python client."""
