"""Entries, tiers, protected terms, candidate tables: everything known about words beforehand."""
