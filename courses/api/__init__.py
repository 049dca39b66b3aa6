"""REST under `/stepwise/api/v1`: a route registry over the views, and a module a resource.

`routes.api_handlers` is what the server adds. Everything below it is the wire: what is read from a
request, which use case runs, and how its result or its error is written.
"""
