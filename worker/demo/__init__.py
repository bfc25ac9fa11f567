"""The demonstration: sample publishers, a sample partner, and the story that plays between them.

``site`` a publisher's web site · ``partner`` a receiver that checks signatures · ``stories`` the texts ·
``publishers`` the three feeds made of them · ``stage`` folder, catalogue and processes · ``play`` the acts.
Everything is local and real: HTTP over sockets, processes of the kind that runs in production.
"""
