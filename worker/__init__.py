"""Newsroad: takes news from publishers, credits it, pushes it downstream. Imports no Celery."""
