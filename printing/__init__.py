"""A leaf library from documents to pages to PDF, ZPL and paint."""
