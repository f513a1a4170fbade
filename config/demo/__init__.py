"""The demo's post room: what went out, and a way to answer. Never part of production."""
