"""Finding goods by what a buyer types: words, single characters, pinyin and initials, typos, synonyms; in memory.

`index` keeps one tantivy index for each store in this process, built at start and fed by the event log; `find.find` answers a
search with facets, `suggest` and `hot` help typing, `history` remembers for the buyer, `settings` belong to the merchant.
A guest's history moves to the buyer at sign-in: it registers itself with customers when this package is imported, which every
process does that imports the tables.
"""

from zhanggui.customers.merge import ON_MERGE
from zhanggui.search.history import merge

ON_MERGE.append(merge)
