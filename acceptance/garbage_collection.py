"""Python looks for garbage seldom in a run: what it imports and makes mostly stays.

Imported before all that is large, for a sixth of the time of these imports went into such searches.
"""

import gc

# How many new objects make a search worth its time; Python's own default is 700.
NEW_OBJECTS = 50_000

gc.set_threshold(NEW_OBJECTS)
