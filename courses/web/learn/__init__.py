"""The chapter page: Voilà's renderer and front end behind our own routes, cut to what is unlocked."""
