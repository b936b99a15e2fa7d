"""The desk: one folder a page, each with its routes, its view, its template and its parts."""
