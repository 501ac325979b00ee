"""Effects: what shifts, tariffs, sanctions and the origin of an oil shock do to the paths of a scenario."""

from __future__ import annotations

from forecast.scenarios.effects.laying import NO_EFFECTS, Effects, lay_effects, log_effects

__all__ = ["NO_EFFECTS", "Effects", "lay_effects", "log_effects"]
