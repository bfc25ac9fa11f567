"""The command line: one file per noun; each verb reads services, asks one question, prints."""
