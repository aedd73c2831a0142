"""The estate: typed, frozen AWS nouns. Knows neither who fills it nor who reads it."""
