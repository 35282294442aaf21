"""Tests of the bench: what it makes and what it asks."""
