"""Who is credited, what may be done, and in which words. Pure: values and a clock in, values out.

``names`` folding and placeholders · ``publishers`` the catalogue's, by name and address · ``provenance`` who wrote it
first, who carried it · ``licences`` Creative Commons · ``decide`` what one destination may have · ``lines`` the words
of a credit · ``excerpts`` less than the whole text · ``credit`` what leaves, dressed in both · ``notices`` reasons.
"""
