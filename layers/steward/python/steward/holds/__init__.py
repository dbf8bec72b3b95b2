"""Legal hold: what a complaint, claim or request keeps beyond its retention period, and for how long.

``requests`` and ``signals`` are the way in, ``cases`` and ``register`` the facts, ``discovery`` and ``keeping`` the
protection of a contact's artefacts, ``placing``, ``sweep`` and ``release`` what the functions do. The ports are in
``ports``; everything that knows AWS is in ``adapters``.
"""
