"""Patients who were really measured: tables, fetched cases, collections, and a folder of one's own."""
