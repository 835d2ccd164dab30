"""How much to order: demand from open sessions and a forecast, and the newsvendor's quantity."""
