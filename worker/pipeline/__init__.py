"""Order and transactions: poll, ingest, settle, deliver, withdraw. What to do is decided elsewhere, in pure code."""
