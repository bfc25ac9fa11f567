"""The database, one file per noun. Everything here speaks SQLAlchemy Core; nothing here decides anything."""
