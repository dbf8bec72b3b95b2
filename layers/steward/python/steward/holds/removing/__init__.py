"""The removal of what had to go before its time: card data that was recorded all the same."""
