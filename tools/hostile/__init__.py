"""Hostile notebooks: any text in any field, and a class that has many of them."""
