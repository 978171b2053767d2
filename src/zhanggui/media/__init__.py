"""Pictures: taken in, made harmless and small, served for ever.

`upload.store_pictures` decodes and re-encodes uploads (WebP in three widths, no metadata, own names) and keeps equal
bytes once per store; `queries.pictures` looks them up; `public_api` serves the files from the data folder.
"""
