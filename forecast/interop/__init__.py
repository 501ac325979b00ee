"""Between Tradewind and statsmodels: our fits as its results, its models as our forecasters, its tests on both."""
