"""Applications of stores to become merchants below a platform (二级商户进件): the addresses, the book, the page that answers."""
