"""A partner's first hour: a marked test article through the whole road, and a folder with all they need."""
