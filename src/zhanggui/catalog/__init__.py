"""What is sold: category tree, products, their specs and SKUs, modifiers.

`cache.catalogue` is what other domains read: the whole catalogue of a store in memory, kept fresh by events.
`save_product.save_products` is the one way in, for the console and for `import_sheet` (spreadsheets) alike; stock of new
SKUs goes to whoever is registered in `save_product.ON_INITIAL_STOCK`. `shelf`, `categories` change the rest.
Every change appends `catalog.changed` with {"entity": "product" | "category" | "all"}.
"""
