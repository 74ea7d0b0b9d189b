"""A local page to accept, reject or correct each edit (the only room that names Starlette and uvicorn)."""
