"""An Ensemble becomes bands, probabilities, scores and explanations."""
