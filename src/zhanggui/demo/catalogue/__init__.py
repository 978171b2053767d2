"""The demo stores' goods as they are written (TOML) and the spreadsheets made of them for the importer.

`sheets.py` turns a store's TOML into the same .zip (one .xlsx and pictures) that a merchant would upload.
"""
