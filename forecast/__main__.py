"""`python -m forecast`: the command line, wherever the checkout stands."""

from forecast.cli import main

raise SystemExit(main())
